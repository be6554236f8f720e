// SPDX-License-Identifier: MIT
// memory.c - kmem, single frames and iobuf on the C library, with failures on demand.
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#include "abi/errno.h"
#include "mm/copy/iobuf.h"
#include "mm/frame/direct.h"
#include "mm/frame/frame.h"
#include "mm/frame/kmem.h"

long host_fail_at = -1;
size_t host_largest = ~0UL;
long host_allocated;

static void *
allocate(size_t size, size_t align, int fill)
{
    if (host_fail_at >= 0 && host_fail_at-- == 0)
        return NULL;
    if (size > host_largest)
        return NULL;
    void *p = aligned_alloc(align, (size + align - 1) & ~(align - 1));
    if (p == NULL)
        abort();
    memset(p, fill, size);
    host_allocated++;
    return p;
}

static void
discard(void *p)
{
    host_allocated -= p != NULL;
    free(p);
}

void
kmem_cache_init(struct kmem_cache *c, const char *name, size_t size)
{
    c->name = name;
    c->size = (uint32)size;
}

void *
kmem_cache_alloc(struct kmem_cache *c)
{
    return allocate(c->size, 16, 5);
}

void
kmem_cache_free(struct kmem_cache *c, void *obj)
{
    (void)c;
    discard(obj);
}

void *
kmem_alloc(size_t size)
{
    return allocate(size, 16, 5);
}

void *
kmem_zalloc(size_t size)
{
    return allocate(size, 16, 0);
}

void
kmem_free(void *obj)
{
    discard(obj);
}

void *
kalloc(enum frame_kind kind, uint32 owner)
{
    (void)kind, (void)owner;
    return allocate(PGSIZE, PGSIZE, 5);
}

void *
kzalloc(enum frame_kind kind, uint32 owner)
{
    (void)kind, (void)owner;
    return allocate(PGSIZE, PGSIZE, 0);
}

void
kfree(void *frame)
{
    discard(frame);
}

// The test's pointer to [at, at + n), or NULL: user memory ends where the test says.
static uint8 *
resolve(const struct aspace *as, uint64 at, size_t n)
{
    if (at > as->size || n > as->size - at)
        return NULL;
    return as->memory + at;
}

int
copyout(struct aspace *as, uint64 dstva, const void *src, size_t n)
{
    uint8 *p = resolve(as, dstva, n);
    if (p == NULL)
        return -EFAULT;
    memcpy(p, src, n);
    return 0;
}

int
copyin(struct aspace *as, void *dst, uint64 srcva, size_t n)
{
    const uint8 *p = resolve(as, srcva, n);
    if (p == NULL)
        return -EFAULT;
    memcpy(dst, p, n);
    return 0;
}
