// SPDX-License-Identifier: MIT
// buddy.c - free blocks of 2^k frames, halved on demand and joined again when both halves are free.
//
// Theory    A block of order k starts at a ledger index that is a multiple of 2^k. Its buddy, the
//           other half of the block of order k + 1, starts at the index with bit k flipped. The
//           entry at a buddy's index is always the first of a block: a larger block around it
//           would contain both. So one comparison of its `order` tells whether the buddy is free
//           and not divided.
// Promises  frame-once: a frame is in one block, and a block is on one list or handed out.
// Locks     none here: the caller holds the lock that guards the struct buddy.
// Next      mm/frame/frame.c
#include "mm/frame/buddy.h"

#include "mm/frame/ledger.h"

// Makes all lists empty.
void
buddy_init(struct buddy *b)
{
    b->nfree = 0;
    b->kept = 0;
    for (int k = 0; k <= FRAME_MAX_ORDER; k++)
        list_init(&b->free[k]);
}

static void
push_block(struct buddy *b, struct frame *f, int order)
{
    f->order = order | BUDDY_FREE;
    list_push_front(&b->free[order], &f->link);
}

// Adds a free block of 2^order frames, and joins it with its buddies as far as they are free.
void
buddy_put(struct buddy *b, struct frame *f, int order)
{
    uint64 i = f - frame_map.ledger;
    b->nfree += 1UL << order;
    for (; order < FRAME_MAX_ORDER; order++) {
        struct frame *half = &frame_map.ledger[i ^ (1UL << order)];
        if (half->order != (order | BUDDY_FREE))
            break;
        list_remove(&half->link);
        half->order = 0;
        frame_map.ledger[i].order = 0;
        i &= ~(1UL << order);
    }
    push_block(b, &frame_map.ledger[i], order);
}

// Takes the first block on the lists [lowest, FRAME_MAX_ORDER] and halves it down to `order`.
// Returns   the block, off the lists, with f->order its order; NULL if those lists are empty.
static struct frame *
take_block(struct buddy *b, int lowest, int order)
{
    int k = lowest;
    while (k <= FRAME_MAX_ORDER && list_empty(&b->free[k]))
        k++;
    if (k > FRAME_MAX_ORDER)
        return NULL;
    struct frame *f = list_entry(list_pop_front(&b->free[k]), struct frame, link);
    if (unlikely(!f->mem)) // only a whole block that was never taken
        ledger_name_block(f);
    while (k > order) {
        k--;
        push_block(b, f + (1UL << k), k);
    }
    f->order = k;
    b->nfree -= 1UL << k;
    return f;
}

// Hands out a block of exactly `order`, halving a larger one if need be.
// Returns   NULL: there is none, or too few frames beside the kept ones.
struct frame *
buddy_take(struct buddy *b, int order)
{
    return buddy_spare(b) >= 1L << order ? take_block(b, order, order) : NULL;
}

// Hands out a block of at most `order`: the smallest there is, so that large ones stay whole. Its
// order is f->order.
// Returns   NULL: there is none, or too few frames beside the kept ones.
struct frame *
buddy_take_upto(struct buddy *b, int order)
{
    int64 spare = buddy_spare(b);
    while (order > 0 && spare < 1L << order)
        order--;
    return spare > 0 ? take_block(b, 0, order) : NULL;
}

// Hands out one frame, one of the kept ones if no others are left.
// Returns   NULL: no frame is free.
struct frame *
buddy_take_kept(struct buddy *b)
{
    return take_block(b, 0, 0);
}

// Adds the n free frames from `f` on, in the largest blocks that alignment allows.
void
buddy_put_run(struct buddy *b, struct frame *f, uint64 n)
{
    while (n > 0) {
        uint64 i = f - frame_map.ledger;
        int order = 0;
        while (order < FRAME_MAX_ORDER && !(i & (1UL << order)) && (2UL << order) <= n)
            order++;
        buddy_put(b, f, order);
        f += 1UL << order;
        n -= 1UL << order;
    }
}
