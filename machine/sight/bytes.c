// SPDX-License-Identifier: MIT
// bytes.c - reads numbers and strings of debug information.
#include "sight/bytes.h"

#include "board/elf.h"

bool
bytes_more(const struct bytes *b)
{
    return !b->bad && b->at < b->of.size;
}

static uint8
next(struct bytes *b)
{
    if (!bytes_more(b)) {
        b->bad = true;
        return 0;
    }
    return b->of.bytes[b->at++];
}

uint64
bytes_number(struct bytes *b, unsigned n)
{
    uint64 value = 0;
    for (unsigned i = 0; i < n; i++)
        value |= (uint64)next(b) << (8 * i);
    return value;
}

// Reads a LEB128 number. Bits above the 64th are dropped. *shift gets the number of its bits, *last
// its last byte.
static uint64
leb(struct bytes *b, unsigned *shift, uint8 *last)
{
    uint64 value = 0;
    *shift = 0;
    do {
        *last = next(b);
        if (*shift < 64)
            value |= (uint64)(*last & 0x7f) << *shift;
        *shift += *shift < 64 ? 7 : 0;
    } while (*last & 0x80);
    return value;
}

uint64
bytes_uleb(struct bytes *b)
{
    unsigned shift;
    uint8 last;
    return leb(b, &shift, &last);
}

int64
bytes_sleb(struct bytes *b)
{
    unsigned shift;
    uint8 last;
    uint64 value = leb(b, &shift, &last);
    if ((last & 0x40) && shift < 64)
        value |= ~0ULL << shift;
    return (int64)value;
}

const char *
bytes_string(struct bytes *b)
{
    const char *s = b->bad ? NULL : elf_string(b->of, b->at);
    if (s == NULL) {
        b->bad = true;
        return "";
    }
    while (next(b) != '\0')
        ;
    return s;
}

void
bytes_skip(struct bytes *b, uint64 n)
{
    if (b->bad || n > b->of.size - b->at)
        b->bad = true;
    else
        b->at += n;
}

struct bytes
bytes_part(struct bytes *b, uint64 n)
{
    uint64 start = b->at;
    bytes_skip(b, n);
    if (b->bad)
        return (struct bytes){.bad = true};
    return (struct bytes){.of = {b->of.bytes + start, n}};
}
