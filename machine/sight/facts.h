// SPDX-License-Identifier: MIT
// facts.h - offsets, sizes and addresses of a kernel's data from debug information, and reads of
// guest memory by them.
//
// Theory    The front door asks a debugger once and keeps the answer: lines of a name and a number.
//           Checks that need a missing fact report nothing.
#pragma once

#include "board/loader.h"

struct machine;

enum fact_id {
#define FACT(id, question) FACT_##id,
#include "sight/facts.def"
#undef FACT
    FACTS
};

#define FACT_BIT(id) (1ULL << FACT_##id)

struct facts {
    uint64 known; // as bits
    uint64 value[FACTS];
};

#define PROCESS_NAME 16

// Reads a file of facts: "PROC_PID 0x30". Lines that it does not know are skipped.
void facts_read(struct facts *f, struct file text);
// Returns whether all of these are known. `mask` has FACT_BIT() of each.
bool facts_have(const struct machine *m, uint64 mask);
uint64 fact(const struct machine *m, enum fact_id id);

// The struct proc that the hart runs, a kernel address; 0: none, or not known.
uint64 facts_current(const struct machine *m, unsigned hart);
// The root of the page table of that process; 0: not known.
uint64 facts_root(const struct machine *m, unsigned hart);
// Its pid; 0: none runs; -1: not known.
int facts_pid(const struct machine *m, unsigned hart);
// The struct proc with that pid; 0: there is none.
uint64 facts_process(const struct machine *m, int pid);
// The struct proc number `i` of the table; 0: there are not so many.
uint64 facts_slot(const struct machine *m, unsigned i);
// Reads a field of `bytes` bytes of the structure at `at`, as the fact says where.
bool facts_field(const struct machine *m, uint64 at, enum fact_id field, unsigned bytes,
                 uint64 *value);
// The name of a process; "" if it is not known.
void facts_name(const struct machine *m, uint64 proc, char name[PROCESS_NAME + 1]);
// Reads kernel memory at `va`, by any tree that the harts have: the program's own, or RAM where
// addresses are physical ones.
bool facts_memory(const struct machine *m, uint64 va, unsigned bytes, uint64 *value);
// Copies a string of kernel memory, cut to `size` - 1 bytes. Returns false: it cannot be read.
bool facts_string(const struct machine *m, uint64 va, char *to, unsigned size);
