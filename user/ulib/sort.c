// SPDX-License-Identifier: MIT
// sort.c - heapsort: in place, and n log n whatever the input.
#include "ulib/sort.h"

// Lets v[i] sink until both of its children are smaller.
static void
sink(void **v, unsigned long i, unsigned long n, compare_fn *compare)
{
    void *x = v[i];
    unsigned long child;

    while ((child = 2 * i + 1) < n) {
        if (child + 1 < n && compare(v[child], v[child + 1]) < 0)
            child++;
        if (compare(x, v[child]) >= 0)
            break;
        v[i] = v[child];
        i = child;
    }
    v[i] = x;
}

void
sort_pointers(void **v, unsigned long n, compare_fn *compare)
{
    unsigned long i;
    void *top;

    for (i = n / 2; i-- > 0;)
        sink(v, i, n, compare);
    for (i = n; i-- > 1;) {
        top = v[0];
        v[0] = v[i];
        v[i] = top;
        sink(v, 0, i, compare);
    }
}
