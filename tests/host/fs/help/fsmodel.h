// SPDX-License-Identifier: MIT
// fsmodel.h - a model of the expected tree of files, in plain C.
#pragma once

#include "abi/stat.h"
#include "lib/types.h"

#define NODES   160
#define ENTRIES 60
#define OPEN    8

struct entry {
    char name[DIRSIZ + 1]; // "": free
    int node;
};

struct node {
    int type; // 0: free
    int nlink, parent, depth;
    bool opened;
    uint64 size;
    uint8 *data;
    struct entry e[ENTRIES];
};

extern struct node nodes[NODES]; // 0 is the root

// The expected result of rename for node s in d1, and t (or -1) in d2.
long rename_expected(int d1, int d2, int s, int t);
void apply_write(int n, uint64 off, const void *data, size_t len);
int lookup(int dir, const char *name);
struct entry *slot(int dir, const char *name);
void enter(int dir, const char *name, int node);
bool dots(const char *name);
bool is_empty(int dir);
bool is_below(int dir, int above);
int new_node(int type, int parent);
void drop_node(int n);
int random_dir(void);
const char *random_name(void);
const char *path_of(int dir, const char *name);
int random_file(int *dir, const char **name);
void set_depth(int dir, int depth);

void check_tree(int dir); // fscheck.c: all below it is on the mounted file system
