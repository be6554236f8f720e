// SPDX-License-Identifier: MIT
// check.h - what the check of an exercise uses besides lab.h. Sentences are in English and Chinese.
#pragma once

#include "lab.h"

// Ends the check: the answer does not pass, and this is why. Both sentences have the same values.
void fail(const char *en, const char *zh, ...) __attribute__((noreturn));

// The one of the two that is in the language of this run.
const char *either(const char *en, const char *zh);

#define DEMAND(condition, ...) ((condition) ? (void)0 : fail(__VA_ARGS__))

// Calls the function; returns the words of its panic, or 0 if it came back.
const char *panics(void (*function)(void));
// The nth kalloc from now returns 0, 0 is the next one; -1: none does.
void kalloc_fails(int n);
// Frames that are not free.
int frames_used(void);
// Calls of sfence_vma.
int fences(void);
// The entry for va at the level, in tables that are there; 0: there is none. Reads, nothing else.
pte_t entry_at(pagetable_t root, uint64 va, int level);
// Puts an entry there, making the tables above. For checks that need a tree before your code runs.
void entry_put(pagetable_t root, uint64 va, int level, pte_t pte);
// The walk() of answers that are not about walk(): returns the slot for va in the last table; 0: a
// table is missing, and `alloc` is 0 or kalloc() returned 0.
pte_t *lab_walk(pagetable_t table, uint64 va, int alloc);
// A frame of zeroes.
void *zeroes(void);
// Collects what is printed from now on; printed() returns it and ends that.
void collect(void);
const char *printed(void);

// Each check has this.
void check(void);
