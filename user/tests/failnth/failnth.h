// SPDX-License-Identifier: MIT
// failnth.h - a workload, its helper functions, and the measurements around it.
#pragma once

#include "kernel/types.h"

#include "abi/fcntl.h"
#include "abi/mman.h"
#include "ulib/cmd.h"
#include "user/user.h"

#define PAGE   4096L
#define FAILED ((char *)-1)

#define WORK_QUICK 1 // is in the short run (-q)
#define WORK_LOOSE 2 // the kernel may kill one of its processes: output may be missing

// A workload runs with failing allocations, in a process of its own, in a directory that holds only
// the files of `prepare`. It returns its exit status: 0, MET or BROKEN.
struct work {
    const char *name;
    int (*run)(void);
    void (*prepare)(void); // NULL: nothing
    const char *output;    // of a run without a failure
    int flags;
};

#define MET    1  // a step failed, reported it, and succeeded when repeated
#define BROKEN 99 // a failure had consequences that it must not have

extern const struct work memory_works[], file_works[], name_works[], proc_works[]; // name NULL: end

extern int onward; // all allocations from the n-th on fail: repeating a step is useless

// steps.c: for workloads
typedef long step_fn(void);                // below 0: failed, errno() says why
void step(const char *what, step_fn *act); // runs a step; once more if memory was short
int met(void);                             // the exit status: MET if a step has failed, else 0
void want(int ok, const char *what);       // ends the workload with BROKEN otherwise
void prepared(int ok, const char *what);   // ends the program: the machine is not fit to test
int ended(int pid);                        // waits for a child; its status

// facility.c: the call itself
void facility_check(void); // ends the program if it is not there, or wrong

// touch.c: the counted memory must not grow
void touch_program(void); // makes every page of the caller present and private

// rest.c: the state that must be restored
void rest_take(void);
int rest_lost(void); // prints the differences; 0: there are none
long pages_free(void);

// watch.c: a process that ends the program when it hangs
extern volatile struct beat {
    int ready; // the watchdog has its memory
    int count; // grows with each run
    int pid;   // of the run
    int n;
    char name[16];
} * beat;
void watch_start(void);
void watch_end(void);
