// layout.c - is a planned address space free of overlaps?
#include "lab.h"

// Bytes [start, end) of addresses, whole pages. An end of 0 is the end of all addresses.
struct part {
    const char *name;
    uint64 start, end;
};

// With the last byte instead of the end nothing wraps around.
static int
two_overlap(const struct part *x, const struct part *y)
{
    if (x->start == x->end || y->start == y->end)
        return 0;
    return x->start <= y->end - 1 && y->start <= x->end - 1;
}

// Finds two parts that have a page in common: sets *a and *b to their indices, a < b, the pair with
// the lowest a and then the lowest b. Returns 1, or 0 if all are apart. Empty parts overlap nothing.
int
overlap(const struct part *part, int n, int *a, int *b)
{
    for (*a = 0; *a < n; ++*a)
        for (*b = *a + 1; *b < n; ++*b)
            if (two_overlap(&part[*a], &part[*b]))
                return 1;
    return 0;
}
