// SPDX-License-Identifier: MIT
// kmem.h - small kernel objects.
#pragma once

#include "lib/list.h"
#include "lib/types.h"
#include "mm/frame/magazine.h"
#include "rv/cpu.h"
#include "sync/spinlock.h"

#define KMEM_MAX      2048 // largest object that shares a frame with others
#define KMEM_MAGAZINE 12   // free objects in a hart's magazine, per cache

// Protection: [c] constant after kmem_cache_init()  [l] lock  [h] see mm/frame/magazine.h
//             [x] becomes true under lock, read at any time
struct kmem_cache {
    const char *name; // [c]
    uint32 size;      // [c] of an object, rounded up to a multiple of 16
    uint32 per_slab;  // [c] objects in a frame
    bool packed;      // [x] no magazines; set when memory was short
    struct spinlock lock;
    struct list partial; // [l] slabs with free objects, through frame.link
    uint32 empty;        // [l] slabs on `partial` whose objects are all free
    struct list link;    // [c] all caches
    struct kmem_hart {
        struct magazine free;
        void *slots[1 + KMEM_MAGAZINE];
    } harts[MAXHART]; // [h] magazines
};

void kmem_cache_init(struct kmem_cache *c, const char *name, size_t size);
void *kmem_cache_alloc(struct kmem_cache *c); // contents undefined; NULL: no memory
void kmem_cache_free(struct kmem_cache *c, void *obj);

void kmem_init(void);
// size <= KMEM_MAX: from the cache of the next size up; else whole frames.
void *kmem_alloc(size_t size);
void *kmem_zalloc(size_t size);
void kmem_free(void *obj); // NULL is allowed

uint64 kmem_drain(void);     // frees every frame without an object in use; how many
uint64 kmem_contended(void); // how often a hart waited for a cache's lock
