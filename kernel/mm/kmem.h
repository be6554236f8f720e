// SPDX-License-Identifier: MIT
// kmem.h - small kernel objects.
#pragma once

#include "lib/list.h"
#include "lib/types.h"
#include "sync/spinlock.h"

#define KMEM_MAX 2048 // largest object

struct kmem_cache {
    const char *name;
    uint32 size;            // of an object, rounded up
    struct spinlock lock;   // guards the fields below
    struct list partial;    // slabs with free objects
    uint32 objects;         // handed out now
    uint32 empty;           // wholly free slabs kept on `partial`
};

void kmem_cache_init(struct kmem_cache *c, const char *name, size_t size);
void *kmem_cache_alloc(struct kmem_cache *c); // contents undefined; NULL: no memory
void kmem_cache_free(struct kmem_cache *c, void *obj);

void kmem_init(void);
void *kmem_alloc(size_t size); // size <= KMEM_MAX: from the cache of the next size up; else whole frames
void *kmem_zalloc(size_t size);
void kmem_free(void *obj); // NULL is allowed
