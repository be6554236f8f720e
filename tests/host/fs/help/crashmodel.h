// SPDX-License-Identifier: MIT
// crashmodel.h - the expected files after each operation of a workload, and the comparison of a
// disk after a power cut with these states.
#pragma once

#include "lib/types.h"

#define CM_NODES   28
#define CM_NAMES   40
#define CM_SECTORS 160 // of 512 bytes, in a file

struct cm_node {
    int type; // 0: free
    int nlink;
    bool opened;
    uint32 size;              // a multiple of 512
    uint32 stamp[CM_SECTORS]; // for each sector, the write that filled it
    uint32 id;                // no two nodes of a workload have the same
};

struct cm_name {
    int dir, node; // node 0: free; node 0 is the root
    char name[12];
};

struct cm_state {
    struct cm_node nodes[CM_NODES];
    struct cm_name names[CM_NAMES];
};

extern struct cm_state cm; // now
extern uint32 cm_count;    // states that were noted

void cm_start(void); // an empty root
void cm_note(void);  // another operation has ended: remembers the state
uint32 cm_stamp(void);
void cm_fill(void *buf, uint32 stamp, uint32 sector, uint32 n); // the data of a write

// The state that the mounted file system shows, from `first` to `last`, or -1. Contents may be newer than the rest,
// unless `exact`.
long cm_match(uint32 first, uint32 last, bool exact);
const char *cm_why(void); // the difference that was found
const char *cm_path(int dir, const char *name);
int cm_find(int dir, const char *name);
