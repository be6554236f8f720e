// SPDX-License-Identifier: MIT
// dcache.h - the name cache: (directory, name) -> inode number.
#pragma once

#include "lib/types.h"

// A path component, truncated to DIRSIZ bytes and padded with zeroes, so that names compare as two
// words.
struct name {
    union {
        char s[16]; // s[15] is the length
        uint64 w[2];
    };
};

struct inode;

void dcache_setup(void);
void dcache_clear(void);
struct inode *dcache_get(uint32 dir, const struct name *n);     // a reference, if all is in memory
uint32 dcache_find(uint32 dir, const struct name *n);           // the number or 0; directory locked
void dcache_set(uint32 dir, const struct name *n, uint32 inum); // inum 0: forget; directory locked
