// layout.c - is a planned address space free of overlaps?
#include "lab.h"

// Bytes [start, end) of addresses, whole pages. An end of 0 is the end of all addresses.
struct part {
    const char *name;
    uint64 start, end;
};

// Finds two parts that have a page in common: sets *a and *b to their indices, a < b, the pair with
// the lowest a and then the lowest b. Returns 1, or 0 if all are apart. Empty parts overlap nothing.
int
overlap(const struct part *part, int n, int *a, int *b)
{
    for (*a = 0; *a < n; ++*a)
        for (*b = *a + 1; *b < n; ++*b)
            if (part[*a].start == part[*b].start)
                return 1;
    return 0;
}
