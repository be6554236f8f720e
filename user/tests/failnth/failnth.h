// SPDX-License-Identifier: MIT
// failnth.h - a workload, what it may use, and what is measured around it.
#pragma once

#include "kernel/types.h"

#include "abi/fcntl.h"
#include "abi/mman.h"
#include "ulib/cmd.h"
#include "user/user.h"

#define PAGE   4096L
#define FAILED ((char *)-1)

#define WORK_QUICK 1 // is in the short run (-q)
#define WORK_LOOSE 2 // a part of it may be killed while the rest ends well: the output can be short

// Runs with failing allocations, in a process of its own, in an empty directory but for what `prepare`
// puts there. Returns its exit status: 0, MET or BROKEN.
struct work {
    const char *name;
    int (*run)(void);
    void (*prepare)(void); // NULL: nothing
    const char *output;    // of a run without a failure
    int flags;
};

#define MET    1  // met a failure, said so, and did it again with success
#define BROKEN 99 // a failure had consequences that it must not have

extern const struct work memory_works[], file_works[], name_works[], proc_works[]; // name NULL: end

extern int onward; // all allocations from the n-th on fail: trying again is of no use

// steps.c: for workloads
typedef long step_fn(void);                // below 0: failed, errno() says why
void step(const char *what, step_fn *act); // does it, once more if it failed with a good reason
int met(void);                             // the status: has a step failed on the way?
void want(int ok, const char *what);       // ends the workload with BROKEN otherwise
void prepared(int ok, const char *what);   // ends the program: the machine is not fit to test
int ended(int pid);                        // waits for a child; its status

// facility.c: the call itself
void facility_check(void); // ends the program if it is not there, or wrong

// touch.c: memory that is counted must not grow
void touch_program(void); // every page of the caller is there, and its own

// rest.c: what has to be as it was
void rest_take(void);
int rest_lost(void); // prints what differs; 0: nothing
long pages_free(void);

// watch.c: a process that ends the program when it stands still
extern volatile struct beat {
    int ready; // the watcher has its memory
    int count; // grows with each run
    int pid;   // of the run
    int n;
    char name[16];
} * beat;
void watch_start(void);
void watch_end(void);
