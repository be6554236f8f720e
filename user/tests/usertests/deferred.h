// SPDX-License-Identifier: MIT
// deferred.h - memory whose leaf tables a fork shares, for the sub-tests of deferred.c and deferredchange.c.
#pragma once

#include "t.h"
#include "abi/pgmap.h"

#define LARGE  (2 * MIB)
#define SIZE   (2 * LARGE)
#define PAGES  (SIZE / PAGE)
#define FAMILY 3
#define FAILED ((char *)-1)

extern char *p_mem;                 // PAGES pages, in two leaf tables of their own
extern int p_told[2], p_allowed[2]; // pipes: a process has done its part; a process may go on

void p_begin(void);                           // makes memory and pipes, touches the pages
void p_touch_all(void);                       // writes its number to each page
char *p_map(char *at, long size, int flags);  // mmap of anonymous memory that must work
volatile int *p_word(int i);                  // the word of page i that is checked
void p_write(int end, int me);                // does the writes of member `me` below page `end`
void p_expect(int first, int end, int me);    // the writes of `me` alone must show; -1: none
void p_tell(const int *pipe);                 // writes a byte
void p_await(const int *pipe);                // waits for a byte
void p_led_to_by(uint n);                     // n processes share the tables; 0: not deferred
struct pgentry p_pointer(const void *va);     // the entry that points to va's leaf table
struct meminfo p_taken(void);                 // the memory of processes
void p_same_taken(const struct meminfo *was); // p_taken() must equal it
