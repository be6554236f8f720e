// SPDX-License-Identifier: MIT
// pool.c - memory that lives as long as one command line does.
//
// Theory    Pieces are allocated from blocks in order and never freed singly. The first block is
//           kept for the next line, so that an ordinary line asks for no memory at all.
#include "pool.h"

#include "user/user.h"

#define BLOCK 2048UL

struct block {
    struct block *next;
    unsigned long used, size;
    char data[];
};

static struct block *blocks; // the newest first

static struct block *
add_block(unsigned long n)
{
    unsigned long size = n > BLOCK ? n : BLOCK;
    struct block *b = malloc(sizeof(*b) + size);

    if (!b)
        return 0;
    b->next = blocks;
    b->used = 0;
    b->size = size;
    blocks = b;
    return b;
}

void *
pool_get(unsigned long n)
{
    struct block *b = blocks;
    void *p;

    n = (n + 7) & ~7UL;
    if (!b || b->size - b->used < n)
        b = add_block(n);
    if (!b)
        return 0;
    p = b->data + b->used;
    b->used += n;
    return memset(p, 0, n);
}

char *
pool_string(const char *s, unsigned long n)
{
    char *p = pool_get(n + 1);

    return p ? memmove(p, s, n) : 0;
}

void
pool_reset(void)
{
    struct block *b;

    while (blocks && blocks->next) {
        b = blocks;
        blocks = b->next;
        free(b);
    }
    if (blocks)
        blocks->used = 0;
}
