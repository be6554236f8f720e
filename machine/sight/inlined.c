// SPDX-License-Identifier: MIT
// inlined.c - names of functions that the compiler has put into others.
//
// Theory    The table of symbols has only the function into which the others were put. The debugger
//           knows the others; the front door asks it with the other facts (tools/inlined.py).
// Promises  any-bytes: a line of another form is skipped; parts that are out of order may not be
//           found.
#include "sight/inlined.h"

static const char head[] = "INLINE ";

// Returns the length of the line that begins at `at`.
static uint64
line_length(struct file f, uint64 at)
{
    uint64 n = 0;
    while (at + n < f.size && f.bytes[at + n] != '\n')
        n++;
    return n;
}

// Reads " 0x" and digits, and moves on. Returns false if the text is something else.
static bool
number(const uint8 **at, const uint8 *end, uint64 *value)
{
    *value = 0;
    if (end - *at < 3 || (*at)[0] != '0' || (*at)[1] != 'x')
        return false;
    for (*at += 2; *at < end && **at != ' '; ++*at) {
        unsigned digit = **at >= 'a' ? **at - 'a' + 10u : **at - '0' + 0u;
        if (digit > 15)
            return false;
        *value = *value << 4 | digit;
    }
    return *at < end && *(*at)++ == ' ';
}

static bool
read_part(const uint8 *at, const uint8 *end, struct inlined_part *out)
{
    unsigned n = 0;
    for (; head[n] != '\0'; n++, at++)
        if (at == end || *at != (uint8)head[n])
            return false;
    if (!number(&at, end, &out->start) || !number(&at, end, &out->end))
        return false;
    for (n = 0; at < end && n + 1 < INLINED_NAME; n++)
        out->name[n] = (char)*at++;
    out->name[n] = '\0';
    return n > 0;
}

// Reads all parts, into `to` unless that is NULL. Returns how many there are.
static uint64
read_parts(struct file f, struct inlined_part *to)
{
    struct inlined_part part;
    uint64 count = 0;
    for (uint64 at = 0, n; at < f.size; at += n + 1) {
        n = line_length(f, at);
        if (!read_part(f.bytes + at, f.bytes + at + n, &part))
            continue;
        if (to != NULL)
            to[count] = part;
        count++;
    }
    return count;
}

void
inlined_read(struct inlined *in, struct file facts, void *(*alloc)(size_t))
{
    uint64 count = read_parts(facts, NULL);
    *in = (struct inlined){0};
    if (count == 0 || (in->part = alloc((size_t)(count * sizeof(in->part[0])))) == NULL)
        return;
    in->count = read_parts(facts, in->part);
}

const char *
inlined_find(const struct inlined *in, uint64 pc)
{
    uint64 low = 0, high = in->count; // the last part that starts at pc or before is below high
    while (low < high) {
        uint64 middle = low + (high - low) / 2;
        if (in->part[middle].start <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && pc < in->part[low - 1].end ? in->part[low - 1].name : NULL;
}
