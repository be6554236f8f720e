// SPDX-License-Identifier: MIT
// stash.h - a hart's private stack of free things, from which other harts may steal in need.
//
// Theory    Only the owning hart pushes, always into the slot at `top`; every removal, by the owner
//           or a thief, exchanges a slot with NULL, so exactly one of them gets what was in it. No
//           lock, no retry. After a theft `top` is too high; the owner's pops skip empty slots.
// Promises  the lowest slot is always NULL, so that a pop from an empty stash needs no test of its
//           own; slots at `top` and above are NULL, so that a push overwrites nothing.
// Fences    a push releases, an exchange acquires: the taker sees what the giver wrote before.
#pragma once

#include "lib/types.h"

// Protection: [h] the owning hart  [c] constant
struct stash {
    void **top;    // [h] the slots in use are below
    void **bottom; // [c] the lowest slot that is used
    void **end;    // [c]
};

// `slots` has room for count + 1 pointers.
static inline void
stash_init(struct stash *s, void **slots, size_t count)
{
    s->top = s->bottom = slots + 1;
    s->end = s->bottom + count;
    for (void **slot = slots; slot < s->end; slot++)
        *slot = NULL;
}

// False: it is full.
static inline bool
stash_push(struct stash *s, void *p)
{
    if (unlikely(s->top == s->end))
        return false;
    __atomic_store_n(s->top++, p, __ATOMIC_RELEASE); // pairs with stash_grab() by a thief
    return true;
}

// Whoever gets the thing in a slot, gets it alone; NULL: it is empty.
static inline void *
stash_grab(void **slot)
{
    return __atomic_exchange_n(slot, NULL, __ATOMIC_ACQUIRE); // pairs with stash_push()
}

// stash_pop() after somebody stole.
static inline void *
stash_pop_robbed(struct stash *s)
{
    void *p = NULL;
    while (s->top != s->bottom && !p)
        p = stash_grab(--s->top);
    return p;
}

// NULL: it is empty, or somebody stole, which stash_pop_robbed() sorts out.
static inline void *
stash_pop(struct stash *s)
{
    void **slot = s->top - 1;
    void *p = stash_grab(slot);
    s->top = p ? slot : s->top;
    return p;
}

// For the owner: the things it can push.
static inline size_t
stash_space(const struct stash *s)
{
    return s->end - s->top;
}

// Any hart: how many things are in it.
static inline size_t
stash_count(const struct stash *s)
{
    size_t count = 0;
    for (void **slot = s->bottom; slot < s->end; slot++)
        count += __atomic_load_n(slot, __ATOMIC_RELAXED) != NULL; // a snapshot, no order
    return count;
}
