// SPDX-License-Identifier: MIT
// user.h - the processes of the model: their actions (user.c), and the kernel's calls (calls.c).
#pragma once

#include "mmu/flat.h"

enum call {
    CALL_FORK,    // 0, role of the child -> pid
    CALL_EXEC,    // program
    CALL_EXIT,    //
    CALL_WAIT,    // -> pid
    CALL_KILL,    // pid
    CALL_SBRK,    // bytes -> old break
    CALL_LAZY,    // bytes -> old break
    CALL_OUT,     // va, bytes: the kernel stores
    CALL_IN,      // va, bytes: it reads
    CALL_MAP,     // kind, protection and a distance << 8 -> va of OBJECT_PAGES pages, so far apart
    CALL_UNMAP,   // va, bytes
    CALL_PROTECT, // va, protection and n << 8: of 2^n pages
    CALL_SYNC,    // va
    CALL_TOUCHED, // va: was the page there touched?
    CALL_LOOK,    // pid, wait: at its memory, for a while, or until it waits for that to end
};

enum role { ROLE_ANY, ROLE_ENDS };

// States of an ending process and of its viewer (ending.c).
enum meeting { MEET_NOT_YET, MEET_READY, MEET_LOOKING };

enum map_kind {
    KIND_FRESH,
    KIND_FAMILY,
    KIND_FILE,
    KIND_COPY
}; // shared among parents and children: the second

extern int users;       // processes that are alive, process 1 included
extern bool users_stop; // all of them shall come to an end
extern bool users_done; // only process 1 is left, and memory is at rest
extern enum meeting users_meet;

struct user *user_me(void);
void ending_watched(void);          // process 1 makes one that has to sleep while it ends ...
void noreturn ending_process(void); // ... and the work of that one
void user_ends(void);               // the running process is exiting
void user_expect(const char *what, const struct page *p, uint64 i,
                 uint64 found); // fails unless it is right
