// SPDX-License-Identifier: MIT
// deferred.h - what the sub-tests of deferred.c and deferredcut.c share.
#pragma once

#include "t.h"
#include "abi/pgmap.h"

#define LARGE  (2 * MIB)
#define SIZE   (2 * LARGE)
#define PAGES  (SIZE / PAGE)
#define FAMILY 3
#define FAILED ((char *)-1)

extern char *p_mem;                 // PAGES of it, two leaf tables of its own
extern int p_told[2], p_allowed[2]; // pipes: somebody has done his part; somebody may go on

void p_begin(void);                           // makes them, the memory touched in no order
void p_touch_all(void);                       // each page its number
char *p_map(char *at, long size, int flags);  // mmap of anonymous memory that must work
volatile int *p_word(int i);                  // the one of page i that is looked at
void p_write(int end, int me);                // what member `me` has to write below page `end`
void p_expect(int first, int end, int me);    // what it, and nobody else, must see; -1: nobody's
void p_tell(const int *pipe);                 // a word
void p_await(const int *pipe);                // waits for one
void p_led_to_by(uint n);                     // so many lead to the tables; 0: not deferred
struct pgentry p_pointer(const void *va);     // the entry that leads to its leaf table
struct meminfo p_taken(void);                 // what of memory processes have
void p_same_taken(const struct meminfo *was); // must be the same
