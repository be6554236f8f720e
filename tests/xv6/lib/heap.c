// SPDX-License-Identifier: MIT
// heap.c - malloc and free on top of sbrk: power-of-two classes, 64 KiB asked for at a time.
#include "lib/lib.h"

#define CLASSES 20
#define STEP    65536

struct block {
    uint64 class; // while in use and while free
    struct block *next;
};

static struct block *free_blocks[CLASSES];
static char *fresh, *fresh_end;

// Takes n bytes from the unused part of the heap.
static void *
take_fresh(uint64 n)
{
    char *p;

    if ((uint64)(fresh_end - fresh) < n) {
        uint64 ask = n > STEP ? n : STEP;
        p = sbrk(ask);
        if (p == (char *)-1)
            return 0;
        if (p != fresh_end)
            fresh = p;
        fresh_end = p + ask;
    }
    p = fresh;
    fresh += n;
    return p;
}

void *
malloc(uint n)
{
    uint class = 5;

    while (class < CLASSES && (1u << class) < n + sizeof(struct block))
        class ++;
    if (class == CLASSES)
        return 0;
    struct block *b = free_blocks[class];
    if (b)
        free_blocks[class] = b->next;
    else
        b = take_fresh(1u << class);
    if (!b)
        return 0;
    b->class = class;
    return b + 1;
}

void
free(void *p)
{
    struct block *b = (struct block *)p - 1;

    if (!p)
        return;
    b->next = free_blocks[b->class];
    free_blocks[b->class] = b;
}
