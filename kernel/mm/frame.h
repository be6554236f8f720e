// SPDX-License-Identifier: MIT
// frame.h - physical memory: 4 KiB frames, each with a kind, an owner and a count of references.
#pragma once

#include "lib/list.h"
#include "lib/types.h"

enum frame_kind {
    FRAME_FREE,
    FRAME_RESERVED, // firmware, kernel image, the ledger itself
    FRAME_PGTABLE,
    FRAME_USER,      // anonymous user memory
    FRAME_CACHE,     // a page of a file or of the disk; obj and index say which
    FRAME_KSTACK,
    FRAME_TRAPFRAME,
    FRAME_USYSCALL,
    FRAME_SLAB, // small kernel objects; obj is the cache
    FRAME_DMA,  // queues shared with a device
    FRAME_KINDS
};

#define FRAME_MAX_ORDER 9 // 2 MiB

// Protection: [o] the frame's owner's lock  [a] atomic  [f] the allocator
struct frame {
    uint32 refs;      // [a] users of an allocated frame; 0 when free
    uint8 kind;       // [f] enum frame_kind
    uint8 order;      // [f] of the block that starts here: 2^order frames
    uint16 flags;     // [o] for the owner
    uint32 owner;     // [f] pid, inode number ...: what the ledger shows
    uint32 mapcount;  // [a] leaves of user tables that map it
    struct list link; // [f] free list; else [o]
    void *obj;        // [o]
    uint64 index;     // [o]
};

// Hands the RAM [start, end) to the allocator; `ledger` has room for frames_ledger_size() bytes.
size_t frames_ledger_size(uint64 start, uint64 end);
void frames_init(uint64 start, uint64 end, void *ledger);
void frames_reserve(uint64 start, uint64 end); // before the first allocation: never hand these out
void frames_ready(void);                       // all else is free now

void *kalloc(enum frame_kind kind, uint32 owner);  // one frame, contents undefined; NULL: none left
void *kzalloc(enum frame_kind kind, uint32 owner); // one frame of zeroes
void *kalloc_order(enum frame_kind kind, uint32 owner, int order); // 2^order frames, aligned to that
void kfree(void *frame); // drops a reference; the last one frees the block

struct frame *frame_of(uint64 pa); // the ledger's entry
uint64 frame_pa(const struct frame *f);
bool frame_managed(uint64 pa); // is pa RAM that the ledger describes?
void frame_get(struct frame *f);
void frame_put(struct frame *f);
uint64 frames_free(void);  // frames that can be allocated now
uint64 frames_total(void); // frames under management
uint64 frames_of_kind(enum frame_kind kind);
const char *frame_kind_name(enum frame_kind kind);

// Called when an allocation finds nothing: frees up to `want` frames, returns how many. It takes only
// locks that it can have at once.
void frames_set_reclaim(uint64 (*reclaim)(uint64 want));
