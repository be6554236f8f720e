// SPDX-License-Identifier: MIT
// facts.h - offsets, sizes and addresses of a kernel's data, from debug information; reads of guest
// structures with their help.
//
// Theory    The front door asks a debugger once and keeps the answer: lines of a name and a number.
//           Checks that need a missing fact report nothing.
#pragma once

#include "board/loader.h"
#include "hart/hart.h"

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
    uint64 number[HARTS_MAX]; // that the kernel gives to the hart, plus 1; 0: that of the machine
};

#define PROCESS_NAME 16

// Reads a file of facts: "PROC_PID 0x30". Lines that it does not know are skipped.
void facts_read(struct facts *f, struct file text);
// Returns whether all of these are known. `mask` has FACT_BIT() of each.
bool facts_have(const struct machine *m, uint64 mask);
uint64 fact(const struct machine *m, enum fact_id id);

// Notes that the hart has another number in the kernel: its struct cpu is that of `number`.
void facts_number(struct machine *m, unsigned hart, uint64 number);
// Returns the kernel's address of the hart's struct cpu; 0: not known.
uint64 facts_cpu(const struct machine *m, unsigned hart);
// Returns the kernel's address of the struct proc that the hart runs; 0: none, or not known.
uint64 facts_current(const struct machine *m, unsigned hart);
// Returns the root of the page table of the process that the hart runs; 0: not known.
uint64 facts_root(const struct machine *m, unsigned hart);
// Returns the pid of the process that the hart runs; 0: none; -1: not known.
int facts_pid(const struct machine *m, unsigned hart);
// Returns the struct proc with that pid; 0: there is none.
uint64 facts_process(const struct machine *m, int pid);
// Returns struct proc number `i` of the table; 0: the table is shorter.
uint64 facts_slot(const struct machine *m, unsigned i);
// Reads the root of the process's tree. Returns false if the process cannot run: an unused struct
// proc may still have the root of a process that is gone.
bool facts_tree(const struct machine *m, uint64 proc, uint64 *root);
// Reads a field of `bytes` bytes of the structure at `at`; the fact is the field's offset. Returns
// false: the fact is not known, or memory cannot be read.
bool facts_field(const struct machine *m, uint64 at, enum fact_id field, unsigned bytes,
                 uint64 *value);
// Copies the name of a process; "" if it is not known.
void facts_name(const struct machine *m, uint64 proc, char name[PROCESS_NAME + 1]);
// Reads kernel memory at `va`: where the loader has put that part of the kernel, or else in RAM at
// the physical address `va`, as xv6 maps RAM. Returns false if there is no RAM.
bool facts_memory(const struct machine *m, uint64 va, unsigned bytes, uint64 *value);
// Copies a string of kernel memory, cut to `size` - 1 bytes. Returns false: it cannot be read.
bool facts_string(const struct machine *m, uint64 va, char *to, unsigned size);
