// SPDX-License-Identifier: MIT
// ptworld.h - a small machine for page-table tests: physical frames with a ledger, a batch that
// frees after its fence, and a TLB that keeps every translation it has seen until a fence removes
// it.
#pragma once

#include "pt/batch.h"
#include "pt/pt.h"

#define WORLD_BASE   0x80000000UL // physical address of the first frame
#define WORLD_FRAMES 1024

void world_reset(int levels); // all frames free, the TLB empty
const struct pt_env *world_env(void);
void world_fail_after(int n); // the nth allocation from now fails, 0 the next; -1: none does
int world_tables(void);       // table frames handed out
uint64 world_hash(const struct pt *t); // of every entry of the tree and its place
void world_check(const struct pt *t, uint64 start, uint64 end); // well-formed, and no frame twice
int world_reachable(void);                                      // table frames the last check met

struct wbatch {
    struct tlb_batch b;
    struct pt *t;
    uint64 pages;       // mapped by the leaves it was told of
    int leaves, tables; // how many it was told of
    int queued;         // tables that wait for the fence
    uint64 queue[WORLD_FRAMES];
};

void wbatch_init(struct wbatch *w, struct pt *t);
void wbatch_fence(struct wbatch *w); // removes the batch from the TLB, then frees

void tlb_load(const struct pt *t, uint64 va); // caches the leaf and the pointers
void tlb_verify(const struct pt *t);          // nothing cached grants more than the tree
