// SPDX-License-Identifier: MIT
// pager.h - where the pages of a mapped object come from. The file system provides it for files.
#pragma once

#include "lib/types.h"

struct pager;
struct frame;

struct pager_ops {
    // The frame of page `index`, read in if necessary, with a reference for the caller. May sleep;
    // takes no lock that a copy to or from user memory may be made under. 0 or -EIO, -ENOMEM.
    int (*get)(struct pager *p, uint64 index, struct frame **out);
    struct frame *(*peek)(struct pager *p,
                          uint64 index); // only if resident; never sleeps; else NULL
    // As many of the `count` pages from `index` on as are resident, up to the first that is not,
    // with a reference to each for the caller; their number. Never sleeps, and reads nothing.
    uint32 (*ready)(struct pager *p, uint64 index, uint32 count, struct frame **out);
    void (*dirty)(struct pager *p, struct frame *f); // a shared mapping wrote to it
    uint64 (*size)(struct pager *p);                 // bytes
    void (*ref)(struct pager *p);
    void (*unref)(struct pager *p); // may sleep
};

struct pager {
    const struct pager_ops *ops;
    uint32 sharers; // [a] regions in which it is shared memory
};
