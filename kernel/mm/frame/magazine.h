// SPDX-License-Identifier: MIT
// magazine.h - a hart's cache of free frames or objects, which other harts may drain.
//
// Theory    A stack of pointers. Only the owning hart pushes, always into the slot at `top`. Every
//           removal, by the owner or by another hart that steals, exchanges a slot with NULL, so
//           exactly one hart gets the pointer. There is no lock and no retry. After another hart
//           has stolen, `top` is too high, and the owner's pops skip empty slots.
// Promises  The lowest slot is always NULL, so a pop from an empty magazine needs no test. Slots at
//           `top` and above are NULL, so a push overwrites nothing.
// Fences    A push releases and an exchange acquires: the hart that takes a pointer sees what the
//           hart that pushed it has written before.
#pragma once

#include "lib/types.h"

// Protection: [h] the owning hart  [c] constant
struct magazine {
    void **top;    // [h] the slots in use are below
    void **bottom; // [c] the lowest slot that is used
    void **end;    // [c]
};

// Makes an empty magazine; `slots` has room for count + 1 pointers.
static inline void
magazine_init(struct magazine *s, void **slots, size_t count)
{
    s->top = s->bottom = slots + 1;
    s->end = s->bottom + count;
    for (void **slot = slots; slot < s->end; slot++)
        *slot = NULL;
}

// Pushes a pointer; for the owner.
// Returns   false: the magazine is full.
static inline bool
magazine_push(struct magazine *s, void *p)
{
    if (unlikely(s->top == s->end))
        return false;
    __atomic_store_n(s->top++, p, __ATOMIC_RELEASE); // pairs with magazine_take() by another hart
    return true;
}

// Takes the pointer out of a slot; any hart.
// Returns   NULL: the slot is empty.
static inline void *
magazine_take(void **slot)
{
    return __atomic_exchange_n(slot, NULL, __ATOMIC_ACQUIRE); // pairs with magazine_push()
}

// As magazine_pop(), after another hart has stolen: skips empty slots.
// Returns   NULL: the magazine is empty.
static inline void *
magazine_pop_stolen(struct magazine *s)
{
    void *p = NULL;
    while (s->top != s->bottom && !p)
        p = magazine_take(--s->top);
    return p;
}

// Pops a pointer; for the owner.
// Returns   NULL: the magazine is empty, or another hart has stolen: try magazine_pop_stolen().
static inline void *
magazine_pop(struct magazine *s)
{
    void **slot = s->top - 1;
    void *p = magazine_take(slot);
    s->top = p ? slot : s->top;
    return p;
}

// Returns   how many pointers the owner can push.
static inline size_t
magazine_space(const struct magazine *s)
{
    return s->end - s->top;
}

// Returns   how many pointers are in the magazine; any hart.
static inline size_t
magazine_count(const struct magazine *s)
{
    size_t count = 0;
    for (void **slot = s->bottom; slot < s->end; slot++)
        count += __atomic_load_n(slot, __ATOMIC_RELAXED) != NULL; // a snapshot, no order
    return count;
}
