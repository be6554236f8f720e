// SPDX-License-Identifier: MIT
// block.c - see block.h.
//
// Promises  Whoever has a leaf of level 1 need not know whether its block is whole: each call does
//           to one count or to 512 what the leaf stands for.
// Locks     lock (RANK_BLOCK) orders changes between whole and single, and the counts of whole
//           blocks. Who has found single frames goes on without it: only block_sole() makes a
//           block of them, and it does not while another leaf refers to them.
// Next      mm/super.c
#include "mm/block.h"

#include "mm/frame.h"
#include "mm/userpage.h"
#include "sync/spinlock.h"

#define BLOCK_FRAMES (1U << FRAME_MAX_ORDER)

static struct spinlock lock;

void
block_init(void)
{
    initlock(&lock, "blocks", RANK_BLOCK);
}

// Is it one block of the ledger, with one count?
static bool
whole(const struct frame *f)
{
    return f->order == FRAME_MAX_ORDER;
}

void
block_get(struct frame *f)
{
    acquire(&lock);
    bool one = whole(f);
    if (one) {
        f->refs++;
        f->mapcount++;
    }
    release(&lock);
    for (uint32 i = 0; !one && i < BLOCK_FRAMES; i++) {
        frame_get(&f[i]);
        userpage_mapped(&f[i]);
    }
}

uint32
block_put(struct frame *f)
{
    acquire(&lock);
    bool one = whole(f), shared = one && f->refs > 1;
    if (shared) {
        f->refs--;
        f->mapcount--;
    }
    release(&lock);
    uint32 left = shared ? BLOCK_FRAMES : 0;
    for (uint32 i = 0; !shared && i < (one ? 1 : BLOCK_FRAMES); i++) {
        userpage_unmapped(&f[i]);
        left += frame_put(&f[i]);
    }
    return left;
}

void
block_split(struct frame *f)
{
    acquire(&lock);
    if (whole(f))
        frame_split(f);
    release(&lock);
}

bool
block_sole(struct frame *f)
{
    acquire(&lock);
    uint32 i = 0, n = whole(f) ? 1 : BLOCK_FRAMES;
    while (i < n && __atomic_load_n(&f[i].refs, __ATOMIC_ACQUIRE) == 1) // pairs with frame_put()
        i++;
    if (i == BLOCK_FRAMES)
        frame_join(f);
    release(&lock);
    return i == n;
}
