// SPDX-License-Identifier: MIT
// ram.h - guest memory: RAM and disk images as arrays of pages, each with marks.
//
// Theory    A store reaches memory in one of two ways. The fast way is a shortcut (mmu/shortcut.h),
//           which exists only for a page without RAM_SLOW_STORE marks. The slow way is
//           store_slow(), which looks at the marks. So a mark costs nothing where it is not set.
//           Snapshots (time/snapshot.h) work the same way: RAM_CLEAN keeps shortcuts for stores
//           away from a page until its contents have been saved.
// Promises  marks-first: a mark that slows accesses is set, and the shortcuts to the page are
//           dropped, before the mark's owner relies on it.
#pragma once

#include "base/types.h"

#define RAM_BASE   0x80000000ULL
#define PAGE_BITS  12
#define PAGE_BYTES 4096ULL

// Marks of a page.
enum {
    RAM_CLEAN = 1 << 0,       // the page is as the newest snapshot has it: save it before a store
    RAM_CODE = 1 << 1,        // instructions of it are decoded (hart/code.h): a store drops them
    RAM_TABLE = 1 << 2,       // a known tree of page tables leads here (mmu/trees.h)
    RAM_WATCH_STORE = 1 << 3, // a check or the debugger wants to hear of stores
    RAM_WATCH_LOAD = 1 << 4,  // ... and of loads
    // Loads count here because an AMO reads memory by a shortcut for stores.
    RAM_SLOW_STORE = RAM_CLEAN | RAM_CODE | RAM_TABLE | RAM_WATCH_STORE | RAM_WATCH_LOAD,
    RAM_SLOW_LOAD = RAM_WATCH_LOAD,
};

struct ram {
    uint64 base;  // guest-physical address of the first byte
    uint64 size;  // bytes, a multiple of PAGE_BYTES
    uint8 *bytes; // host memory
    uint8 *marks; // one byte of RAM_... for each page
};

// Returns whether [pa, pa + n) is in this memory; n is at most PAGE_BYTES.
static inline bool
ram_has(const struct ram *r, uint64 pa, uint64 n)
{
    return pa - r->base < r->size && r->size - (pa - r->base) >= n;
}

// Where the byte at `pa` is; the caller has asked ram_has().
static inline uint8 *
ram_at(const struct ram *r, uint64 pa)
{
    return r->bytes + (size_t)(pa - r->base);
}

// The marks of the page that holds `pa`.
static inline uint8 *
ram_marks(const struct ram *r, uint64 pa)
{
    return r->marks + (size_t)((pa - r->base) >> PAGE_BITS);
}
