// SPDX-License-Identifier: MIT
// sight.h - the machine's events and the data about the kernel, for the checks.
//
// Theory    The functions here are called only for accesses to pages with a watch mark, for hooked
//           instructions, for traps, and for what changes translation. All else costs nothing. Each
//           event goes to the checks that want it (sight/check.h).
//           The memory of the checks follows from the run up to the position `reached`. When the
//           run is taken back (time/back.c), no event is told until it has come to `reached` again.
// Promises  same-run: the run is the same with and without checks.
#pragma once

#include "base/types.h"
#include "pt/read/translate.h"
#include "sight/facts.h"
#include "sight/inlined.h"
#include "sight/known.h"
#include "sight/lines.h"
#include "sight/report.h"
#include "sight/symbols.h"

struct machine;
struct stale;

#define CHECKS_MAX 64

// Of each kind of event: the working checks that hear of it, as bits (struct check has the kinds).
struct hearers {
    uint64 trap, trap_return, enabled, satp, fence, table, walk, stale, printed, examine, ended;
};

struct sight {
    struct symbols symbols; // of the kernel
    struct lines lines;
    struct inlined inlined;
    struct facts facts;
    struct knowing known;
    struct frames *frames; // NULL: there is no memory for it
    struct outbox outbox;
    uint64 now;                       // inside an event: the position just before it
    bool inside;                      // an event is being told
    bool returning;                   // ... which is a return: the pc is behind a call
    uint64 reached;                   // the checks have seen the run up to here
    uint64 hooked;                    // position and hart of the last hook, so that it is told once
    uint64 *load_watch, *store_watch; // of each page: the checks that watch it, as bits
    uint32 *load_cut, *store_cut;     // ... the epoch in which a shortcut was last made to it
    uint64 on;                        // the checks that work, as bits
    struct hearers hearers;
    void *state[CHECKS_MAX]; // the memory of each check
    void *(*alloc)(size_t bytes);
};

// Events that are told to the host (struct host_calls).
enum sight_event_kind { SIGHT_TRAP, SIGHT_RETURN, SIGHT_SATP, SIGHT_FENCE, SIGHT_TABLE };

struct sight_event {
    enum sight_event_kind kind;
    unsigned hart;
    uint64 was, is; // SIGHT_SATP, SIGHT_TABLE
    uint64 pa;      // SIGHT_TABLE: of the entry
};

// Starts the checks, before the first instruction. `facts` may be empty. Returns NULL if memory is
// short.
struct sight *sight_new(struct machine *m, const struct symbols *symbols, const struct lines *lines,
                        struct file facts, void *(*alloc)(size_t));

// Notes, before the run is taken back, that the checks have heard of all events up to here.
void sight_reached(struct machine *m);

// A shortcut for loads, or for stores, has been made to the page at `pa` in RAM.
void sight_shortcut(struct machine *m, bool store, uint64 pa);
void sight_load(struct machine *m, unsigned hart, uint64 pa, int bytes);
// Before the store.
void sight_store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value);
// Before a device or the host changes memory.
void sight_dma(struct machine *m, uint64 pa, uint64 bytes);
// The hart is about to execute the hooked instruction at its pc.
void sight_hook(struct machine *m, unsigned hart, uint64 pa);
// The hart has taken a trap: its CSRs say which.
void sight_trap(struct machine *m, unsigned hart);
// The hart leaves a handler, by sret (`supervisor`) or by mret.
void sight_trap_return(struct machine *m, unsigned hart, bool supervisor);
// The hart has turned interrupts of S-mode on.
void sight_enabled(struct machine *m, unsigned hart);
// The hart has written satp, which was `old`.
void sight_satp(struct machine *m, unsigned hart, uint64 old);
// The hart has executed sfence.vma.
void sight_fence(struct machine *m, unsigned hart, bool by_va, uint64 va, bool by_asid,
                 uint32 asid);
// The hart has stored to the eight bytes at `pa` of a known tree.
void sight_table(struct machine *m, unsigned hart, uint64 pa, uint64 was, uint64 is);
// The hart has walked its present tree.
void sight_walk(struct machine *m, unsigned hart, uint64 va, enum pt_access access,
                const struct pt_trace *t);
// An access met a stale translation.
void sight_stale(struct machine *m, const struct stale *s);
// The console prints a byte. The host calls this.
void sight_printed(struct machine *m, uint8 byte);
// The machine stands, and the host is about to print reports.
void sight_examine(struct machine *m);
// The run is over, or all harts wait and nothing will wake them.
void sight_ended(struct machine *m);
