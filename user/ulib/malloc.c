// SPDX-License-Identifier: MIT
// malloc.c - memory for programs.
//
// Theory    The heap is a row of chunks, each beginning with its size; a free chunk repeats
//           the size in its last word, so that a chunk being freed finds both neighbours and joins
//           them.
//           Free chunks stand in bins: one for each multiple of 16 bytes up to 1 KiB, then four for
//           each power of two. A bitmap tells which bins hold something. A request is rounded up to
//           a bin whose every chunk is large enough, so that nothing is ever searched.
// Promises  malloc() and free() take a bounded number of steps. Addresses are multiples of 16. A
//           program may call sbrk() itself in between. Failure leaves the heap as it was.
#include "ulib/alloc.h"
#include "user/user.h"

#include <stdbool.h>

#define ALIGN     16UL
#define USED      1UL // this chunk is in use
#define PREV_USED 2UL // the chunk before is in use: it has no size in its last word
#define FLAGS     15UL

#define SMALL     1024UL // below it each bin holds chunks of one size
#define SMALLBINS (SMALL / ALIGN)
#define BINS      (SMALLBINS + 4 * 30)
#define WORDBITS  64UL

#define GROW_MIN (16UL * 1024)
#define GROW_MAX (1024UL * 1024)
#define MAX_SIZE (1UL << 30)

struct chunk {
    unsigned long head;        // size of the whole chunk | flags
    struct chunk *next, *prev; // in its bin, when free; the caller's memory starts here otherwise
};

#define HEAD      sizeof(unsigned long)
#define MIN_CHUNK 32UL

static struct chunk *bin[BINS];
static unsigned long filled[(BINS + WORDBITS - 1) / WORDBITS];
static char *heap_end; // where the last region ends, 0 without one
static unsigned long heap_size;

static unsigned long
size_of(const struct chunk *c)
{
    return c->head & ~FLAGS;
}

static struct chunk *
at(const void *p, unsigned long offset)
{
    return (struct chunk *)((char *)p + offset);
}

static struct chunk *
before(const void *p, unsigned long offset)
{
    return (struct chunk *)((char *)p - offset);
}

// The bin in which a chunk of this size stands.
static unsigned long
bin_of(unsigned long size)
{
    unsigned long top;

    if (size < SMALL)
        return size / ALIGN;
    top = 63 - (unsigned long)__builtin_clzl(size);
    return SMALLBINS + 4 * (top - 10) + ((size >> (top - 2)) & 3);
}

static void
bin_insert(struct chunk *c)
{
    unsigned long b = bin_of(size_of(c));

    c->prev = 0;
    c->next = bin[b];
    if (c->next)
        c->next->prev = c;
    bin[b] = c;
    filled[b / WORDBITS] |= 1UL << b % WORDBITS;
}

static void
bin_remove(struct chunk *c)
{
    unsigned long b = bin_of(size_of(c));

    if (c->next)
        c->next->prev = c->prev;
    if (c->prev)
        c->prev->next = c->next;
    else
        bin[b] = c->next;
    if (!bin[b])
        filled[b / WORDBITS] &= ~(1UL << b % WORDBITS);
}

// Takes any chunk out of the first bin, from b on, that has one.
static struct chunk *
bin_take(unsigned long b)
{
    unsigned long w = b / WORDBITS;
    unsigned long bits = filled[w] & (~0UL << b % WORDBITS);
    struct chunk *c;

    while (!bits) {
        if (++w >= sizeof(filled) / sizeof(filled[0]))
            return 0;
        bits = filled[w];
    }
    c = bin[w * WORDBITS + (unsigned long)__builtin_ctzl(bits)];
    bin_remove(c);
    return c;
}

// Makes size bytes at c a free chunk, joined with free neighbours.
static void
release(struct chunk *c, unsigned long size)
{
    struct chunk *next = at(c, size);

    if (!(c->head & PREV_USED)) {
        c = before(c, ((unsigned long *)c)[-1]);
        bin_remove(c);
        size += size_of(c);
    }
    if (!(next->head & USED)) {
        bin_remove(next);
        size += size_of(next);
        next = at(c, size);
    }
    c->head = size | PREV_USED;
    ((unsigned long *)next)[-1] = size;
    next->head &= ~PREV_USED;
    bin_insert(c);
}

// Frees the part of a chunk behind `need` bytes, if that part is large enough for a chunk.
static void
trim(struct chunk *c, unsigned long need)
{
    unsigned long spare = size_of(c) - need;

    if (spare < MIN_CHUNK)
        return;
    c->head = need | (c->head & FLAGS);
    at(c, need)->head = spare | USED | PREV_USED;
    release(at(c, need), spare);
}

// Opens a region, the first one or one behind memory that another caller of sbrk() took: a chunk
// starts 8 bytes below a multiple of 16, and a chunk marked as in use ends the region.
static struct chunk *
region_start(char *p, unsigned long *size)
{
    unsigned long skip = (HEAD - (unsigned long)p) & (ALIGN - 1);
    struct chunk *c = at(p, skip);

    *size = (*size - skip - HEAD) & ~(ALIGN - 1);
    c->head = PREV_USED;
    return c;
}

// Lets the heap grow by at least need bytes of free chunk.
static bool
grow(unsigned long need)
{
    unsigned long size = heap_size / 4;
    struct chunk *c;
    char *p;

    if (size < GROW_MIN)
        size = GROW_MIN;
    if (size > GROW_MAX)
        size = GROW_MAX;
    if (size < need + 2 * ALIGN)
        size = need + 2 * ALIGN;
    size = (size + 4095) & ~4095UL;
    p = sbrk((int)size);
    if (p == (char *)-1)
        return false;
    heap_size += size;
    if (heap_end && p == heap_end) {
        // The chunk that ended the region becomes the head of the new part.
        c = before(heap_end, HEAD);
    } else {
        c = region_start(p, &size);
    }
    heap_end = (char *)c + size + HEAD;
    at(c, size)->head = USED | PREV_USED;
    release(c, size);
    return true;
}

// The size of the chunk for n bytes, rounded up until every chunk in its bin is that large.
static unsigned long
chunk_size(unsigned long n)
{
    unsigned long size = (n + HEAD + ALIGN - 1) & ~(ALIGN - 1);

    return size < MIN_CHUNK ? MIN_CHUNK : size;
}

static unsigned long
bin_for(unsigned long size)
{
    unsigned long step;

    if (size < SMALL)
        return bin_of(size);
    step = 1UL << (61 - __builtin_clzl(size));
    return bin_of(size + step - ALIGN);
}

// Gets n bytes.
// Returns   NULL when there is no memory.
void *
malloc(unsigned long n)
{
    unsigned long need;
    struct chunk *c;

    if (n > MAX_SIZE)
        return 0;
    need = chunk_size(n);
    c = bin_take(bin_for(need));
    if (!c) {
        // A quarter more, so that the new chunk belongs to the bin that was found empty.
        if (!grow(need + need / 4 + ALIGN))
            return 0;
        c = bin_take(bin_for(need));
    }
    c->head |= USED;
    at(c, size_of(c))->head |= PREV_USED;
    trim(c, need);
    return (char *)c + HEAD;
}

void
free(void *p)
{
    struct chunk *c;

    if (!p)
        return;
    c = before(p, HEAD);
    release(c, size_of(c));
}
