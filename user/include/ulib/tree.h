// SPDX-License-Identifier: MIT
// tree.h - a walk through all that is below a path, as deep as it goes.
#pragma once

#include "ulib/line.h"

#include "abi/stat.h"

#include <stdbool.h>

enum tree_event {
    TREE_END,    // the end; the current directory is that of the beginning
    TREE_FILE,   // anything but a directory
    TREE_DIR,    // a directory, before its contents
    TREE_LEFT,   // a directory, after its contents; not if the caller has skipped it
    TREE_FAILED, // stat() of the entry or reading it failed; errno() says why
    TREE_LOST,   // a directory was moved meanwhile, and the walk has no way up: the last entry
};

struct level;

struct tree {
    const char *name;  // of the entry in the current directory; the path itself at first
    struct text path;  // of the entry, from the beginning
    struct stat st;    // TREE_FILE and TREE_DIR: of the entry
    bool skip;         // set at TREE_DIR: do not look into the directory
    unsigned int note; // the caller's: set at TREE_DIR, found again at the directory's TREE_LEFT
    // Private to tree.c.
    int start, here; // the directory of the beginning and the current one, open
    struct level *level;
    enum tree_event last;
    bool begun;
};

void tree_begin(struct tree *t, const char *path);
enum tree_event tree_next(struct tree *t); // the next entry; it is in the current directory
bool tree_inside(const struct tree *t);    // is the entry below the path, not the path itself?
void tree_return(const struct tree *t);    // the current directory is that of the entry again
