#include "lab.h"

struct part {
    const char *name;
    uint64 start, end;
};

int
overlap(const struct part *part, int n, int *a, int *b)
{
    for (*a = 0; *a < n; ++*a)
        for (*b = *a + 1; *b < n; ++*b)
            if (part[*b].start >= part[*a].start && part[*b].start < part[*a].end)
                return 1;
    return 0;
}
