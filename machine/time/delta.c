// SPDX-License-Identifier: MIT
// delta.c - stores the contents of pages, and differences between contents, in few bytes.
#include "time/delta.h"

#include "base/mem.h"
#include "base/numbers.h"

#define WORDS 512

// The words that differ from the word before (from 0, for the first), as bits, and in their order.
struct packed {
    uint64 map[WORDS / 64];
    uint64 word[WORDS + 1]; // the last has no meaning
};

// Returns whether the next eight words are all equal to the one before. Most of the time of a
// snapshot is spent here: a loop is four times as slow.
static bool
goes_on(const uint64 *w, uint64 before)
{
    return ((w[0] ^ before) | (w[1] ^ before) | (w[2] ^ before) | (w[3] ^ before) |
            (w[4] ^ before) | (w[5] ^ before) | (w[6] ^ before) | (w[7] ^ before)) == 0;
}

// Packs the contents of a page. Returns how many bytes of *to are used.
static uint64
pack(const struct delta_page *from, struct packed *to)
{
    uint64 before = 0, n = 0;
    mem_set(to->map, 0, sizeof(to->map));
    for (unsigned i = 0; i < WORDS; i += 8) {
        if (goes_on(&from->word[i], before))
            continue;
        for (unsigned k = i; k < i + 8; k++) {
            uint64 word = from->word[k];
            to->word[n] = word;
            to->map[k / 64] |= (uint64)(word != before) << (k % 64);
            n += word != before;
            before = word;
        }
    }
    return sizeof(to->map) + n * sizeof(to->word[0]);
}

struct delta_head *
delta_head(const struct pool *p, uint32 record)
{
    return (struct delta_head *)(void *)pool_bytes(p, record);
}

bool
delta_change(struct pool *p, uint32 record, const struct delta_page *from)
{
    struct packed packed;
    struct pool_place at = pool_start(p, record);
    at.at = sizeof(struct delta_head);
    if (!pool_put(&at, &packed, pack(from, &packed)))
        return false;
    pool_cut(&at);
    return true;
}

uint32
delta_keep(struct pool *p, uint32 next, uint32 page, const struct delta_page *from)
{
    struct pool_place at;
    if (!pool_begin(p, &at))
        return 0;
    uint32 record = at.cell;
    *delta_head(p, record) = (struct delta_head){.next = next, .page = page};
    if (delta_change(p, record, from))
        return record;
    pool_give(p, record);
    return 0;
}

// As delta_apply(), for the 64 words that one word of the map describes. Returns the last word.
static uint64
apply_part(uint64 *to, uint64 map, uint64 word, struct pool_place *at)
{
    uint64 differ[64], count = count_bits(map), n = 0;
    pool_get(at, differ, count * sizeof(differ[0]));
    for (unsigned i = 0; map != 0 && i < 64; i++) {
        if (map >> i & 1)
            word = differ[n++];
        to[i] ^= word;
    }
    for (unsigned i = 0; n == 0 && i < 64; i++)
        to[i] ^= word;
    return word;
}

void
delta_apply(struct pool *p, uint32 record, struct delta_page *to)
{
    struct pool_place at = pool_start(p, record);
    uint64 map[WORDS / 64], word = 0;
    at.at = sizeof(struct delta_head);
    pool_get(&at, map, sizeof(map));
    for (unsigned i = 0; i < NELEM(map); i++)
        word = apply_part(&to->word[64 * i], map[i], word, &at);
}

void
delta_read(struct pool *p, uint32 record, struct delta_page *to)
{
    mem_set(to, 0, sizeof(*to));
    delta_apply(p, record, to);
}

void
delta_give(struct pool *p, uint32 first)
{
    while (first != 0) {
        uint32 next = delta_head(p, first)->next;
        pool_give(p, first);
        first = next;
    }
}
