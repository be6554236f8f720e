// SPDX-License-Identifier: MIT
// frame_promise.c - frames that are set aside for those who were promised them.
//
// Theory    Fork lets two processes share pages that each may write to. Each such page that is
//           shared may need one more frame for every sharer but one. So many frames stay on the
//           buddy lists, which give them only to those who come for them with
//           kalloc_promised(): a write to shared memory finds its frame, whatever else wants memory
//           meanwhile. The promise is settled when a sharer has got its copy, or goes.
// Promises  promise-kept: lists and stashes hold what is promised.
// Locks     pool.lock.
#include "abi/errno.h"
#include "mm/pool.h"

#define AMPLE 16

// Frees frames until all promises can be kept.
static bool
cover(void)
{
    int64 spare;
    do {
        acquire(&pool.lock);
        pool_gather();
        spare = buddy_spare(&pool.lists);
        release(&pool.lock);
    } while (spare < 0 && frames_reclaim((uint64)-spare));
    return spare >= 0;
}

// Promises `n` frames more.
// On error  -ENOMEM: there are too few, even without the page cache. The promise counts all the
//           same: the caller ends what it was for, which settles it.
// Locks     as kalloc().
int
frames_promise(uint64 n)
{
    acquire(&pool.lock);
    pool.lists.promised += (int64)n;
    bool kept = buddy_spare(&pool.lists) >= 0;
    release(&pool.lock);
    return likely(kept) || cover() ? 0 : -ENOMEM;
}

void
frames_settle(uint64 n)
{
    acquire(&pool.lock);
    pool.lists.promised -= (int64)n;
    release(&pool.lock);
}

uint64
frames_promised(void)
{
    return (uint64)__atomic_load_n(&pool.lists.promised, __ATOMIC_RELAXED); // a statistic
}

uint64
frames_spare(void)
{
    uint64 free = frames_free(), promised = frames_promised();
    return free > promised ? free - promised : 0;
}

bool
frames_ample(uint64 n)
{
    return buddy_spare(&pool.lists) / AMPLE >= (int64)n; // read without the lock
}
