// SPDX-License-Identifier: MIT
// grind.h - shared declarations of grind.
//
// Theory    Every worker draws its operations from a sequence that its seed alone decides. It keeps
//           a model of its own directory, so each result there is known; in the shared directory
//           any result is allowed, and only the system must survive.
// Next      main.c, files.c, procs.c
#pragma once

#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/user.h"

struct worker {
    uint random; // state of the sequence
    int number;
    int op; // operations done
};

#define check(w, cond, ...)                                                                        \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            printf("grind: worker %d, operation %d: ", (w)->number, (w)->op);                      \
            printf(__VA_ARGS__);                                                                   \
            printf("\n");                                                                          \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

uint draw(struct worker *w, uint n);   // a number below n
void files_step(struct worker *w);     // one operation on the worker's own files
void files_end(struct worker *w);      // check all of them, then remove them
void shared_step(struct worker *w);    // one operation in the directory that all share
void procs_step(struct worker *w);     // one operation with processes, pipes or memory
char content_byte(uint seed, uint at); // the byte that belongs at this offset
