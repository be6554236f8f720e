// SPDX-License-Identifier: MIT
// flat.h - the expected contents of a process's memory, as an array: no tables, no faults, and only
// the sharing that the process asked for.
#pragma once

#include "lib/types.h"
#include "pt/sv.h"

#define WORDS        8UL   // so many words of each page are looked at,
#define STRIDE       512UL // this far apart
#define MAX_PAGES    256
#define MAX_USERS    40
#define OBJECT_PAGES 12

// Memory that several processes see: a file, or shared anonymous memory.
struct object {
    uint64 word[OBJECT_PAGES][WORDS];
    int refs; // pages that map it; 0: not in use. The file's is never 0.
};

struct page {
    uint64 va, prot;
    uint64 word[WORDS];
    struct object
        *object; // it shows page `index` of that, until it is written to if `mine_if_written`
    uint64 index;
    bool mapped; // by mmap
    bool mine_if_written;
    bool touched; // since the kernel was last asked
    bool used;    // at any time since it has been mapped
};

struct user {
    struct page page[MAX_PAGES];
    uint64 guard, heap, brk;
    int n, children, last_child;
    bool used;
};

extern struct object flat_file; // contents of the mapped file

struct user *flat_new(void);
void flat_fork(struct user *child, const struct user *parent);
void flat_drop(struct user *u);

struct page *flat_add(struct user *u, uint64 va, uint64 prot); // zeroes
void flat_remove(struct user *u, uint64 start, uint64 end);
void flat_protect(struct user *u, uint64 start, uint64 end, uint64 prot);
struct page *flat_find(struct user *u, uint64 va); // the page that starts there, if it is looked at
void flat_exec(struct user *u, int program);
void flat_break(struct user *u, uint64 to);
struct object *flat_object(void);                                  // a new one, of zeroes
bool flat_objects(const struct user *u, uint64 start, uint64 end); // do pages there show any?

uint64 flat_read(const struct page *p, uint64 i);
void flat_write(struct page *p, uint64 i, uint64 value);
void flat_own(struct page *p, const uint64 *memory); // it is written to, and there is its memory
bool flat_code(const struct page *p, uint64 i);      // is that word an instruction?
