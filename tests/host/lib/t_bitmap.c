// SPDX-License-Identifier: MIT
// t_bitmap.c - bitmaps against an array of bytes.
//
// SOURCES: kernel/lib/bitmap.c
#include "test.h"

#include "lib/bitmap.h"

#define MOST 700

static uint8 model[MOST];

static uint64
model_find(uint64 bits, uint64 hint)
{
    if (hint >= bits)
        hint = 0;
    for (uint64 i = 0; i < bits; i++)
        if (!model[(hint + i) % bits])
            return (hint + i) % bits;
    return bits;
}

// One bitmap of exactly the words it needs, dense, sparse or full.
static void
round_of(uint64 bits, uint64 percent)
{
    uint64 *map = calloc(BITMAP_WORDS(bits), sizeof *map);
    // Bits past the end must not matter.
    memset(map, (int)rnd_below(2) * 0xff, BITMAP_WORDS(bits) * sizeof *map);
    for (uint64 i = 0; i < bits; i++) {
        model[i] = rnd_below(100) < percent;
        if (model[i])
            bitmap_set(map, i);
        else
            bitmap_clear(map, i);
    }
    for (uint64 i = 0; i < bits; i++)
        CHECK_EQ(bitmap_test(map, i), model[i]);
    for (int i = 0; i < 40; i++) {
        uint64 hint = rnd_below(bits + 10);
        CHECK_EQ(bitmap_find_zero(map, bits, hint), model_find(bits, hint));
    }
    memset(map, 0, BITMAP_WORDS(bits) * sizeof *map);
    memset(model, 0, sizeof model);
    CHECK_EQ(bitmap_find_zero(map, bits, bits - 1), bits - 1);
    free(map);
}

int
main(void)
{
    static const uint64 densities[] = {0, 50, 97, 99, 100};
    for (uint64 bits = 1; bits < MOST; bits += 1 + rnd_below(9))
        for (size_t d = 0; d < NELEM(densities); d++)
            round_of(bits, densities[d]);
    CHECK_EQ(bitmap_find_zero(NULL, 0, 0), 0);
    return test_done();
}
