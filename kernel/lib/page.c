// SPDX-License-Identifier: MIT
// page.c - copy and zero whole pages.
//
// Theory    512 bytes a turn: two instructions per word copied and one per word zeroed, and the
//           loop itself costs next to nothing. Loads come in groups before the stores that use
//           them.
#include "lib/page.h"

#include "lib/types.h"

typedef uint64 __attribute__((may_alias)) word;

#define PAGE_WORDS 512
#define TURN       64

static inline void
copy8(word *restrict d, const word *restrict s)
{
    word a = s[0], b = s[1], c = s[2], e = s[3], f = s[4], g = s[5], h = s[6], i = s[7];
    d[0] = a, d[1] = b, d[2] = c, d[3] = e, d[4] = f, d[5] = g, d[6] = h, d[7] = i;
}

static inline void
zero8(word *d)
{
    d[0] = 0, d[1] = 0, d[2] = 0, d[3] = 0, d[4] = 0, d[5] = 0, d[6] = 0, d[7] = 0;
}

// Copies a page of 4096 bytes. Both addresses are aligned to that, and the pages do not overlap.
void
page_copy(void *dst, const void *src)
{
    word *d = dst;
    const word *s = src;
    for (const word *end = s + PAGE_WORDS; s != end; s += TURN, d += TURN) {
        copy8(d, s);
        copy8(d + 8, s + 8);
        copy8(d + 16, s + 16);
        copy8(d + 24, s + 24);
        copy8(d + 32, s + 32);
        copy8(d + 40, s + 40);
        copy8(d + 48, s + 48);
        copy8(d + 56, s + 56);
    }
}

// Zeroes the page of 4096 bytes at dst, which is aligned to that.
void
page_zero(void *dst)
{
    word *d = dst;
    for (const word *end = d + PAGE_WORDS; d != end; d += TURN) {
        zero8(d);
        zero8(d + 8);
        zero8(d + 16);
        zero8(d + 24);
        zero8(d + 32);
        zero8(d + 40);
        zero8(d + 48);
        zero8(d + 56);
    }
}
