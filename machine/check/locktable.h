// SPDX-License-Identifier: MIT
// locktable.h - the kernel's spinlocks: which hart holds which, since when, which it waits for.
//
// Theory    A call of acquire() makes the hart wait for the lock, the return from it makes the hart
//           the holder, and a call of release() ends that. A lock that is held in the table is
//           really held. A lock that is taken in another way is not in the table, and no check
//           reports it. If locks are released in another way, such as by inlined code, memory and
//           table disagree: then no check looks at the table any more.
#pragma once

#include "hart/hart.h"
#include "sight/known.h"
#include "sight/moment.h"

struct machine;

#define HELD_MAX  16
#define LOCKS_MAX 4096 // a power of two

struct held {
    uint64 lock;
    struct moment since; // acquire() was called
    bool open;           // interrupts were on when it returned
    bool left;           // the hart has left a process with it, and may still release it
    struct moment leave; // when sched() or swtch() was called then
};

struct hart_locks {
    struct held held[HELD_MAX]; // in the order in which they were taken
    uint32 count;
    uint64 wants;         // acquire() was called for it and has not returned; 0: none
    struct moment wanted; // since when
    bool in_sched;        // sched() was called, and not swtch() yet
    bool interrupt;       // in a handler that interrupted the kernel
};

struct lock {
    uint64 at;          // its address; 0: an empty slot
    uint64 kind;        // where initlock() was called for it: locks of one kind; 0: not known
    uint64 name;        // address of the string that initlock() was given; 0: not known
    bool renewed;       // the last initlock() made it one of another kind
    bool in_interrupt;  // a handler that interrupted the kernel has taken it
    uint64 releases;    // how often release() was called
    struct moment free; // the last release()
};

struct locktable {
    struct hart_locks hart[HARTS_MAX];
    struct lock lock[LOCKS_MAX];
    uint32 locks;
    uint32 switches;    // calls of swtch() with a single lock held
    bool other_switch;  // ... and one with more or none, at an early time: another discipline
    uint64 switch_kind; // the kind of the lock that was held
    bool over; // the kernel has panicked, or the table is wrong: no check looks at it any more
};

// Takes the moment of a call as if its caller had got there: the called function is not among its
// calls.
void caller_now(const struct machine *m, const struct call *c, struct moment *out);
// The table of the machine's checks; NULL: the kernel has no such locks.
struct locktable *locktable(const struct machine *m);
// The entry of a lock, made if there is none. NULL: there is no room.
struct lock *locktable_lock(struct locktable *t, uint64 at);
// Returns the record of a lock that the hart holds; NULL: it does not hold the lock.
struct held *locktable_held(struct locktable *t, unsigned hart, uint64 at);
// Returns the hart that holds the lock, or -1.
int locktable_holder(struct locktable *t, uint64 at);
// Returns whether both locks are of one kind: made at the same place.
bool locktable_alike(struct locktable *t, uint64 a, uint64 b);
// The address of the name that initlock() or initsleeplock() gave a lock; 0: not known.
uint64 locktable_name(const struct machine *m, uint64 at);
// Returns the function that has to release the lock taken at that moment: the innermost that is no
// helper such as ilock(). `spin`: a spinlock.
uint64 locktable_taker(const struct machine *m, const struct moment *since, bool spin);
// Reads four bytes of kernel memory: by facts_memory(), or else by the hart's present tree.
bool kernel_word(const struct machine *m, unsigned hart, uint64 va, uint64 *value);
// Returns whether the text contains the words.
bool text_has(const char *text, const char *words);
// Returns whether the two strings are the same.
bool text_same(const char *a, const char *b);
// Returns whether memory says, too, that the hart holds the lock: it is taken, and its `cpu` is the
// hart's.
bool locktable_owns(const struct machine *m, unsigned hart, uint64 at);
// Returns whether memory says that the lock is taken. The table may say something else.
bool locktable_taken(const struct machine *m, unsigned hart, uint64 at);
