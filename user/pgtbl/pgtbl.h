// SPDX-License-Identifier: MIT
// pgtbl.h - shared declarations of the command pgtbl.
//
// Theory    A table is loaded whole by pgmap() (abi/pgmap.h), and the views print this copy. text.c
//           and range.c make no system call, so host tests can run them.
#pragma once

#include <stdbool.h>

#include "abi/pgmap.h"
#include "abi/sysinfo.h"
#include "kernel/riscv.h"

#include "ulib/tr.h"

#define TEXT 40 // room for any of the short texts below

struct table {
    int pid;
    struct pgquery q;  // state after the last entry: root, levels, break
    struct pgentry *e; // ascending; pointers before the entries that they lead to
    int n, room;
};

// text.c
char *flags_text(unsigned long pte, char *buf);                       // rwxugadc, - for 0
char *flags_of_many(unsigned long all, unsigned long any, char *buf); // ~ where they differ
char *size_text(unsigned long bytes, char *buf);                      // 4K, 2M, 1G
char *span_text(unsigned long start, unsigned long end, char *buf);   // two addresses
const char *span_head(void);                                          // the heading above them
const char *kind_id(int kind);                                        // its name in English
const char *kind_name(int kind);             // its name in the language of the system
const char *region_id(int region, int prot); // a region's name in English
const char *region_name(int region, int prot);
const char *rule_text(const char *rule, int levels); // the manual's rule, in words
bool address(const char *s, unsigned long *value);

static inline bool
is_leaf(const struct pgentry *e)
{
    return e->pte & (PTE_R | PTE_W | PTE_X);
}

static inline bool
is_deferred(unsigned long pte)
{
    return (pte & (PTE_V | PGE_DEFERRED)) == PGE_DEFERRED;
}

// range.c
struct range {                       // neighbouring leaves that are alike
    unsigned long start, size, leaf; // bytes, bytes of one leaf
    unsigned long pa;                // of the first leaf; `straight`: the others follow it
    unsigned long all, any;          // flags of all leaves; flags of at least one
    int kind, region, prot;
    unsigned int owner, refs;
    bool straight; // physical memory in one piece
    bool deferred; // in a deferred table, which fork left shared
};

struct change { // neighbouring pages where two tables differ in one way
    enum { ONLY_A, ONLY_B, OTHER_FRAME, OTHER_FLAGS, SAME } how;
    unsigned long start, size;
    unsigned long a, b; // flags
    int region, prot;   // of b, if it maps the page
};

typedef void range_fn(const struct range *r);
typedef void change_fn(const struct change *c);

int ranges(const struct pgentry *e, int n, range_fn *fn);                  // returns their number
void changes(const struct table *a, const struct table *b, change_fn *fn); // SAME ones too

// load.c
int table_load(struct table *t, int pid, unsigned int what, unsigned long first,
               unsigned long last); // 0, or 1 after a message
void table_free(struct table *t);
struct procinfo *processes(int *n);           // allocated
const char *process_name(int pid);            // "ended" if there is none
const char *table_id(int pid, bool kernel);   // "process", "kernel", "process-kernel"
const char *table_name(int pid, bool kernel); // "process 1 (init)'s table"; valid until the next
int no_process(const char *pid);              // prints the message, returns 1
bool parse_pid(const char *s, int *pid);

extern const struct phrase pgtbl_words[]; // words.c: both languages

// main.c
extern bool json; // -j
extern bool colours;
extern bool wide;                                       // -w: lines may be wider than 80 columns
const char *colour_of(int region, unsigned long flags); // "" without colours
const char *plain(void);                                // ends it

// views.c: as JSON
void json_view(const char *view, int pid, bool kernel);
void json_map(const struct table *t);
void json_tree(const struct table *t);
void json_walk(const struct ptwalk *w);
void json_change(const struct change *c);

// the commands: the exit status
int cmd_map(char **args, bool kernel);
int cmd_tree(char **args, bool kernel, const char *style);
int cmd_walk(char **args, bool kernel);
int cmd_explain(char **args);
int cmd_diff(char **args);
int cmd_kernel(void);
int cmd_ledger(void);
int cmd_stats(void);
int cmd_watch(char **args);
int cmd_quiz(char **args);

void map_head(void);
void map_line(const struct range *r);
