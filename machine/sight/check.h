// SPDX-License-Identifier: MIT
// check.h - the interface of a check: the events that it wants, and its own memory.
//
// Theory    A check is one file with one `const struct check NAME_check`, and a row of
//           sight/checks.def. An event whose function is NULL costs nothing. The check's memory is
//           zero at the start, and is not part of a snapshot. When the run goes back and is
//           repeated, no event is told again: a check hears of each position once.
//           In an event, m->sight->now is the position just before the event, and moment_now()
//           returns its moment. A check changes nothing in the machine.
#pragma once

#include "pt/read/translate.h"
#include "sight/known.h"
#include "sight/sight.h"

struct machine;
struct stale;

struct check {
    const char *name;
    uint64 bytes;          // of its memory, or 0; start() may ask for more
    uint64 calls, returns; // masks of KNOWN_BIT: the functions of `called` and `returned`
    // Before the first instruction. It may ask for memory by sight_alloc(). Returns false if the
    // check cannot work: the kernel lacks what it needs, or memory is short. It hears of nothing
    // then.
    bool (*start)(struct machine *m);
    void (*called)(struct machine *m, const struct call *c);
    // `result` is a0. c->hart is the hart that returns.
    void (*returned)(struct machine *m, const struct call *c, uint64 result);
    // Before a load or a store of a page that the check watches: sight_watch().
    void (*load)(struct machine *m, unsigned hart, uint64 pa, int bytes);
    void (*store)(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value);
    // Before a device changes a page whose stores the check watches.
    void (*device)(struct machine *m, uint64 pa, uint64 bytes);
    // A trap was taken: the hart's CSRs say which, pc and mode are those of the handler.
    void (*trap)(struct machine *m, unsigned hart);
    // sret (`supervisor`) or mret was executed: pc and mode are where it goes.
    void (*trap_return)(struct machine *m, unsigned hart, bool supervisor);
    // The kernel has set SIE in S-mode, other than by sret.
    void (*enabled)(struct machine *m, unsigned hart);
    void (*satp)(struct machine *m, unsigned hart, uint64 old);
    void (*fence)(struct machine *m, unsigned hart, bool by_va, uint64 va, bool by_asid,
                  uint32 asid);
    // A hart has stored to the eight bytes at `pa` of a page table that satp has led to.
    void (*table)(struct machine *m, unsigned hart, uint64 pa, uint64 was, uint64 is);
    // The hart has walked for an access that no shortcut served.
    void (*walk)(struct machine *m, unsigned hart, uint64 va, enum pt_access access,
                 const struct pt_trace *t);
    void (*stale)(struct machine *m, const struct stale *s);
    // The kernel has printed a byte.
    void (*printed)(struct machine *m, uint8 byte);
    // The host has stopped the run for a moment: a check may run the machine on trial
    // (check/trial.h).
    void (*examine)(struct machine *m);
    // All harts wait, and nothing will wake them, or the run is over.
    void (*ended)(struct machine *m);
};

enum {
    WATCH_LOADS = 1 << 0,
    WATCH_STORES = 1 << 1,
};

// The number of each check, by name: CHECK_tables.
enum {
#define SIGHT_CHECK(name) CHECK_##name,
#include "sight/checks.def"
#undef SIGHT_CHECK
    CHECKS
};

// The memory of a check, of type `type`.
#define SIGHT_STATE(m, name, type) ((type *)(m)->sight->state[CHECK_##name])

// Returns zeroed memory; NULL: there is none. Only start() may call it.
void *sight_alloc(struct machine *m, uint64 bytes);
// Sets which accesses of the page at `pa`, in RAM, check `who` (CHECK_...) hears of: `what` has
// bits WATCH_...; 0: none any more.
void sight_watch(struct machine *m, unsigned who, uint64 pa, unsigned what);

// For sight/known.c.
void sight_called(struct machine *m, const struct call *c);
void sight_returned(struct machine *m, const struct call *c, uint64 result);
