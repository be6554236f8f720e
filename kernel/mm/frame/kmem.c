// SPDX-License-Identifier: MIT
// kmem.c - small kernel objects.
//
// Theory    A cache hands out objects of one size. It cuts single frames (slabs) into objects; the
//           frame's ledger entry has the slab's free objects, linked through their first words, and
//           the count of the others. A hart keeps a few free objects of each cache in a magazine;
//           their slabs count them as allocated. Objects never move, so only frames without
//           allocated objects can be freed: kmem_drain() frees all of them, and a cache itself
//           keeps one at most. After kmem_drain(), the frames in use depend on the objects in use
//           alone. An object in a magazine may be the only one of its frame. Once memory has been
//           short, that costs more than a lock does: from then on no cache uses magazines, and an
//           object comes from a frame in use if one has room.
// Promises  slab-rest: after kmem_drain(), frames of kind FRAME_SLAB contain objects in use.
// Locks     cache->lock (RANK_KMEM) guards the slabs; it is never held across kalloc(), which may
//           come back here through kmem_drain(). Magazines need none, see mm/frame/magazine.h.
// Next      mm/frame/frame.c
#include "mm/frame/kmem.h"

#include "lib/panic.h"
#include "lib/string.h"
#include "mm/frame/failnth.h"
#include "mm/frame/fill.h"
#include "mm/frame/frame.h"

// A slab's part of struct frame: obj is the cache, index the address of its first free object,
// flags the number of the others, link its place on `partial`. A slab with no free object is on no
// list.

#define BATCH (KMEM_MAGAZINE / 2) // objects that move between a magazine and the slabs at once

struct free_object {
    struct free_object *next;
};

static const uint16 class_size[] = {16,  32,  48,  64,  96,   128,  192, 256,
                                    320, 384, 512, 768, 1024, 1360, 2048};

static struct kmem_cache classes[NELEM(class_size)];
static uint8 class_of[KMEM_MAX / 16 + 1];      // by size in units of 16 bytes, rounded up
static struct list caches = LIST_INIT(caches); // grows while one hart runs, at boot

// Makes an empty cache for objects of `size` bytes, aligned to 16. It exists for ever; the name
// must stay. At boot, on one hart.
void
kmem_cache_init(struct kmem_cache *c, const char *name, size_t size)
{
    assert(size > 0 && size <= KMEM_MAX);
    *c = (struct kmem_cache){.name = name, .size = (size + 15) & ~15UL};
    c->per_slab = PGSIZE / c->size;
    initlock(&c->lock, name, RANK_KMEM);
    list_init(&c->partial);
    for (struct kmem_hart *n = c->harts; n < &c->harts[MAXHART]; n++)
        magazine_init(&n->free, n->slots, KMEM_MAGAZINE);
    list_push_back(&caches, &c->link);
}

static inline struct magazine *
own_magazine(struct kmem_cache *c)
{
    return &c->harts[cpuid()].free;
}

// Returns whether the cache does without magazines.
static inline bool
packed(const struct kmem_cache *c)
{
    return __atomic_load_n(&c->packed, __ATOMIC_RELAXED); // a hart that sees it late does no harm
}

// ---- Slabs; the cache's lock is held

// Makes a slab of a new frame.
static void
cut_slab(struct kmem_cache *c, void *mem)
{
    struct frame *f = frame_of(v2p(mem));
    struct free_object *next = NULL;
    fill_freed(mem, PGSIZE);
    for (uint32 i = c->per_slab; i-- > 0;) {
        struct free_object *o = (struct free_object *)((char *)mem + i * c->size);
        o->next = next;
        next = o;
    }
    f->obj = c;
    f->index = (uint64)next; // the ledger's word holds the address
    list_push_front(&c->partial, &f->link);
    c->empty++;
}

static void *
take_object(struct kmem_cache *c)
{
    if (list_empty(&c->partial))
        return NULL;
    struct frame *f = list_entry(c->partial.next, struct frame, link);
    struct free_object *o = (struct free_object *)f->index; // see cut_slab()
    f->index = (uint64)o->next;
    if (f->flags++ == 0)
        c->empty--;
    if (!o->next)
        list_remove(&f->link);
    return o;
}

static void
drop_slab(struct kmem_cache *c, struct frame *f)
{
    list_remove(&f->link);
    c->empty--;
    f->flags = 0;
    frame_put(f);
}

// Gives an object back to its slab, and the slab back if it and another one are wholly free.
// Returns   the frames given back: 0 or 1.
static uint64
put_object(struct kmem_cache *c, void *obj)
{
    struct frame *f = frame_of(v2p(obj));
    if (f->kind != FRAME_SLAB || f->obj != c || f->flags == 0 ||
        (uint64)obj % PGSIZE % c->size != 0)
        panic("kmem: %p is not an object of cache %s: frame kind %u cache %p, %u objects in use",
              obj, c->name, f->kind, f->obj, f->flags);
    struct free_object *o = obj;
    o->next = (struct free_object *)f->index; // see cut_slab()
    f->index = (uint64)o;
    if (!o->next)
        list_push_front(&c->partial, &f->link);
    if (--f->flags > 0)
        return 0;
    if (++c->empty > 1) {
        drop_slab(c, f);
        return 1;
    }
    list_remove(&f->link);
    list_push_back(&c->partial, &f->link);
    return 0;
}

// ---- Objects

// Takes an object from the slabs, and some more into this hart's magazine if there is one.
static void *
refill(struct kmem_cache *c)
{
    struct magazine *s = own_magazine(c);
    void *p = magazine_pop_stolen(s), *more;
    if (p)
        return p;
    acquire(&c->lock);
    p = take_object(c);
    for (int i = 1; i < BATCH && !packed(c) && (more = take_object(c)) != NULL; i++)
        magazine_push(s, more);
    release(&c->lock);
    return p;
}

// kmem_cache_alloc() when this hart's magazine seems empty.
static void *__attribute__((noinline)) alloc_slow(struct kmem_cache *c)
{
    void *p = refill(c);
    if (!p) {
        void *mem = kalloc(FRAME_SLAB, 0);
        if (mem) {
            acquire(&c->lock);
            cut_slab(c, mem);
            release(&c->lock);
        }
        p = refill(c); // no new slab: kalloc() may have made other harts give objects back
    }
    if (p)
        fill_expect_freed(p, c->size);
    return p;
}

// Allocates an object with undefined contents.
// Returns   NULL: there is no memory.
// Locks     the caller holds none of rank RANK_KMEM or above. Never sleeps.
void *
kmem_cache_alloc(struct kmem_cache *c)
{
    if (failnth())
        return NULL;
    void *p = magazine_pop(own_magazine(c));
    if (unlikely(!p))
        return alloc_slow(c);
    fill_expect_freed(p, c->size);
    return p;
}

// Empties half of this hart's magazine into the slabs, `obj` with it.
static void __attribute__((noinline)) spill(struct kmem_cache *c, void *obj)
{
    struct magazine *s = own_magazine(c);
    acquire(&c->lock);
    for (int i = 0; i < BATCH && obj != NULL; i++) {
        put_object(c, obj);
        obj = magazine_pop_stolen(s);
    }
    release(&c->lock);
    if (obj != NULL)
        magazine_push(s, obj); // there is room: pops preceded it
}

// Frees an object of this cache.
// Locks     the caller holds none of rank RANK_KMEM or above. Never sleeps.
void
kmem_cache_free(struct kmem_cache *c, void *obj)
{
    fill_freed(obj, c->size);
    if (unlikely(packed(c) || !magazine_push(own_magazine(c), obj)))
        spill(c, obj);
}

// ---- Any size

// Prepares kmem_alloc(); after frames_ready().
void
kmem_init(void)
{
    uint32 k = 0;
    for (uint32 i = 0; i < NELEM(classes); i++)
        kmem_cache_init(&classes[i], "kmem", class_size[i]);
    for (uint32 units = 0; units < NELEM(class_of); units++) {
        while (class_size[k] < units * 16)
            k++;
        class_of[units] = k;
    }
}

static void *__attribute__((noinline)) alloc_frames(size_t size)
{
    int order = 0;
    while (order <= FRAME_MAX_ORDER && (PGSIZE << order) < size)
        order++;
    if (order > FRAME_MAX_ORDER)
        return NULL;
    void *p = kalloc_order(FRAME_SLAB, 0, order);
    if (p)
        frame_of(v2p(p))->obj = NULL; // no cache: kmem_free() frees the whole allocation
    return p;
}

// Allocates `size` bytes with undefined contents, aligned to 16, or to 4096 above KMEM_MAX.
// Returns   NULL: there is no memory, or size is more than 2 MiB.
// Locks     the caller holds none of rank RANK_KMEM or above. Never sleeps.
void *
kmem_alloc(size_t size)
{
    if (unlikely(size > KMEM_MAX))
        return alloc_frames(size);
    return kmem_cache_alloc(&classes[class_of[(size + 15) / 16]]);
}

// Allocates `size` bytes of zeroes, as kmem_alloc() does.
// Returns   NULL: there is no memory, or size is more than 2 MiB.
void *
kmem_zalloc(size_t size)
{
    void *p = kmem_alloc(size);
    return p ? memset(p, 0, size) : NULL;
}

// Frees what kmem_alloc() returned; NULL is allowed.
void
kmem_free(void *obj)
{
    if (!obj)
        return;
    uint64 pa = v2p(obj);
    struct frame *f = frame_managed(pa) ? frame_of(pa) : NULL;
    if (unlikely(!f || f->kind != FRAME_SLAB))
        panic("kmem_free: %p is not a kernel object", obj);
    if (unlikely(!f->obj))
        kfree(obj);
    else
        kmem_cache_free(f->obj, obj);
}

// ---- Under pressure

static uint64
drain_cache(struct kmem_cache *c)
{
    uint64 freed = 0;
    acquire(&c->lock);
    __atomic_store_n(&c->packed, true, __ATOMIC_RELAXED); // see packed()
    for (struct kmem_hart *n = c->harts; n < &c->harts[MAXHART]; n++)
        for (void **slot = n->free.bottom; slot < n->free.end; slot++) {
            void *obj = magazine_take(slot);
            freed += obj ? put_object(c, obj) : 0;
        }
    list_for_each_safe (node, &c->partial) {
        struct frame *f = list_entry(node, struct frame, link);
        if (f->flags == 0) {
            drop_slab(c, f);
            freed++;
        }
    }
    release(&c->lock);
    return freed;
}

// Frees every frame without an object in use, after emptying all harts' magazines. From then on all
// caches do without magazines.
// Returns   the number of frames.
// Locks     the caller holds none of rank RANK_KMEM or above.
uint64
kmem_drain(void)
{
    uint64 freed = 0;
    list_for_each (node, &caches)
        freed += drain_cache(list_entry(node, struct kmem_cache, link));
    return freed;
}

// How often a hart had to wait for the lock of a cache.
uint64
kmem_contended(void)
{
    uint64 waits = 0;
    list_for_each (node, &caches)
        waits += list_entry(node, struct kmem_cache, link)->lock.contended;
    return waits;
}
