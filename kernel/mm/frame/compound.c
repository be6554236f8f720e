// SPDX-License-Identifier: MIT
// compound.c - counts compound allocations: one count for 2^order frames.
//
// Promises  A caller that knows the order of an allocation need not know whether it is still whole:
//           each call changes the one count, or the counts of all its frames.
// Locks     lock (RANK_COMPOUND) orders splits and joins, and the counts of whole allocations.
//           Single frames are counted without it: they are not joined while another space refers
//           to them.
// Next      mm/aspace/super.c
#include "mm/frame/compound.h"

#include "mm/frame/userpage.h"
#include "sync/spinlock.h"

static struct spinlock lock;

// Prepares the lock; once at boot.
void
compound_init(void)
{
    initlock(&lock, "compound", RANK_COMPOUND);
}

static bool
whole(const struct frame *f)
{
    return f->order > 0;
}

// Returns whether the caller is the only user of all 2^order frames; joins 2 MiB of such single
// frames.
// Locks     lock held.
static bool
sole(struct frame *f, int order)
{
    uint32 i = 0, n = whole(f) ? 1 : 1U << order;
    while (i < n && __atomic_load_n(&f[i].refs, __ATOMIC_ACQUIRE) == 1) // pairs with put()
        i++;
    if (i == 1U << FRAME_MAX_ORDER)
        frame_join(f);
    return i == n;
}

// Counts that another space maps the 2^order frames from f on, as the caller does. For single
// frames it counts each.
// Locks     as->lock of the space that maps them; takes RANK_COMPOUND.
void
compound_get(struct frame *f, int order)
{
    acquire(&lock);
    bool one = whole(f) || (order == FRAME_MAX_ORDER && sole(f, order));
    if (one)
        f->users += FRAME_LEAF;
    release(&lock);
    for (uint32 i = 0; !one && i < 1U << order; i++)
        userpage_share(&f[i]);
}

// Drops the references of the caller's leaves, which are gone, to the 2^order frames from f on. The
// last reference frees the frames.
// Locks     takes RANK_COMPOUND. The caller holds none of rank RANK_FRAME or above.
// Fences    none: the caller has fenced the leaves.
void
compound_put(struct frame *f, int order)
{
    acquire(&lock);
    bool one = whole(f), shared = one && f->refs > 1;
    if (shared)
        f->users -= FRAME_LEAF;
    release(&lock);
    userpage_release();
    for (uint32 i = 0; !shared && i < (one ? 1U : 1U << order); i++)
        userpage_drop(&f[i]);
}

// Splits the allocation that begins at f into single frames, unless another space has done so.
// Locks     as->lock of a space that maps it; takes RANK_COMPOUND.
void
compound_split(struct frame *f)
{
    acquire(&lock);
    if (whole(f))
        frame_split(f);
    release(&lock);
}

// Splits the allocation that contains f, unless it begins there.
// Locks     as->lock of a space that maps it; takes RANK_COMPOUND.
void
compound_cut(struct frame *f)
{
    acquire(&lock);
    struct frame *first = frame_head(frame_pa(f));
    if (first != f)
        frame_split(first);
    release(&lock);
}

// Returns whether the caller's leaves are the only references to the 2^order frames from f on.
// Joins 2 MiB of such single frames.
// Locks     as->lock of the space that maps them; takes RANK_COMPOUND.
bool
compound_sole(struct frame *f, int order)
{
    acquire(&lock);
    bool answer = sole(f, order);
    release(&lock);
    return answer;
}

// Returns whether the caller's leaf is the only reference to f. If it is not, or if others map the
// allocation that f is a part of, f is a single frame afterwards.
// Locks     as->lock of the space that maps it; takes RANK_COMPOUND.
bool
compound_page_sole(struct frame *f)
{
    acquire(&lock);
    struct frame *first = frame_head(frame_pa(f));
    bool answer = sole(first, 0);
    if (!answer && whole(first))
        frame_split(first);
    release(&lock);
    return answer;
}
