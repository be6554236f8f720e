// SPDX-License-Identifier: MIT
// image.h - a program's address space, before anything runs in it.
#pragma once

#include "lib/types.h"

struct aspace;
struct inode;

struct image {
    struct aspace *as;
    uint64 entry;
    uint64 stack_base, stack_top; // [stack_base, stack_top), guard page below
};

// Loads a program; -EACCES, -ENOEXEC, -ENOMEM, -EIO, -ETXTBSY: nothing is left.
int image_load(struct inode *ip, const struct aspace *model, struct image *image) must_check;
