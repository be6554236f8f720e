// SPDX-License-Identifier: MIT
// code.h - decoded instructions, by physical page.
//
// Theory    A page of guest memory that was executed has a code page: one slot for each two bytes,
//           decoded when a hart first comes there. A slot holds the handler of hart/interpret.inc,
//           so that going on is one jump. All harts share code pages. A store to such a page takes
//           the slow way (RAM_CODE) and empties the slots that it touches. The number of code pages
//           is fixed; the one used longest ago gives way.
// Manual    unpriv: zifencei. Stores to code are seen at once.
#pragma once

#include "base/types.h"
#include "hart/hooks.h"
#include "hart/ops.h"

struct machine;

#define CODE_SLOTS 2048
#define NO_PAGE    0 // no address of RAM: a code page of fresh memory is unused

// A decoded instruction, 16 bytes.
struct insn {
    const void *go; // its handler, or the operation's number (hart/dispatch.h)
    int32 imm; // the immediate; of a near branch, the distance in bytes of the slot array; or raw
    uint8 rd, rs1, rs2; // rd is 32 for x0
    uint8 step;         // slots that it takes: 1 or 2
};

struct code_page {
    uint64 pa;     // of the guest page, or NO_PAGE
    uint32 stores; // to this page since it was last looked up
    struct insn slot[CODE_SLOTS + 1];
};

// An instruction that is executed outside its page: one with a hook, or over the end of a page.
struct decoded {
    uint32 raw;
    struct insn insn; // go is NULL: nothing is kept
};

struct code {
    const void *const *go;                         // of each operation: the value for insn.go
    void (*run)(struct machine *m, unsigned hart); // the interpreter that `go` is of
    uint32 pages;                                  // how many there are
    uint32 hand;                                   // where the search for one to give up goes on
    bool stale; // some page looks like data: code_tidy() between turns
    struct hooks hooks;
    uint32 breaks;             // how many places in each page are hooked
    uint16 break_at[32];       // they are hooked wherever a page is: the address is virtual
    struct decoded apart[256]; // those that were executed last, by their bits
    uint16 *index;             // of each page of RAM: its code page + 1, or 0
    struct code_page *page;
};

// The code page of the guest page that holds `pa`, made if there is none.
struct code_page *code_at(struct machine *m, uint64 pa);
// Empties the slots that a store to [pa, pa + n) makes stale. The page has RAM_CODE.
void code_stored(struct machine *m, uint64 pa, uint64 n);
// Decodes the instruction of an empty slot of the page.
void code_decode(struct machine *m, struct code_page *page, const struct insn *slot);
// Sets out[0] to the decoded instruction `raw`, for a place that is in no page, and the two slots
// behind it to the end of the page.
void code_apart(struct code *c, uint32 raw, struct insn out[3]);
// Forgets all code pages: memory was replaced.
void code_forget(struct machine *m);
// Gives up pages that have become data. Between turns only: no hart executes.
void code_tidy(struct machine *m);
// Sets or removes a hook of HOOK_... at a physical address in RAM. Setting returns false if there
// are too many.
bool code_hook(struct machine *m, uint64 pa, uint8 owner);
void code_unhook(struct machine *m, uint64 pa, uint8 owner);
// Hooks the instructions at these virtual addresses, which the caller compares with the pc: any
// place with the same offset in its page is hooked. Replaces those of the call before; at most 32.
void code_break(struct machine *m, const uint64 *va, unsigned n);
// Returns whether a place with this offset in its page is hooked so.
bool code_broken(const struct code *c, uint64 va);
// Empties the slot at `pa`, so that it is decoded anew.
void code_empty(struct machine *m, uint64 pa);
