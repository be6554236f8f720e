// SPDX-License-Identifier: MIT
// radix.c - a tree of 64-slot nodes that is as high as its largest index needs.
//
// Theory    At 0 bits the root is the item of index 0 itself, so that a file of one page has no
//           node. The slots of a node of `bits` bits are chosen by the upper 6 of these; count says
//           how many slots are in use.
// Promises  No node is empty, and the root has more than its first slot in use: deletion frees
//           upward and lowers the tree. A put that fails leaves the items as they were, and no node
//           that a deletion would not free.
// Locks     the caller's.
#include "fs/cache/radix.h"

#include "abi/errno.h"
#include "lib/string.h"
#include "mm/frame/kmem.h"

#define MAX_HEIGHT 10 // 64^10 = 2^60 indexes

static struct kmem_cache nodes;

// Prepares the object cache of nodes; once at boot.
void
radix_setup(void)
{
    kmem_cache_init(&nodes, "radix", sizeof(struct radix_node));
}

// The slot for `index` in a node of `bits` bits.
static void **
slot_of(struct radix_node *n, uint64 index, uint32 bits)
{
    return &n->slot[index >> (bits - RADIX_BITS) & (RADIX_SLOTS - 1)];
}

static struct radix_node *
node_new(void)
{
    struct radix_node *n = kmem_cache_alloc(&nodes);
    if (n)
        memset(n, 0, sizeof *n);
    return n;
}

// Frees the empty nodes on the path to `index`; an empty tree gets 0 bits.
static void
prune(struct radix *t, uint64 index)
{
    struct radix_node *path[MAX_HEIGHT];
    void *p = t->root;
    int last = -1; // of the path
    for (uint32 bits = t->bits; bits > 0 && p; bits -= RADIX_BITS) {
        path[++last] = p;
        p = *slot_of(p, index, bits);
    }
    for (; last >= 0; last--) {
        if (path[last]->count)
            return;
        kmem_cache_free(&nodes, path[last]);
        if (last > 0) {
            *slot_of(path[last - 1], index, t->bits - RADIX_BITS * (uint32)(last - 1)) = NULL;
            path[last - 1]->count--;
        }
    }
    *t = (struct radix){NULL, 0};
}

// Makes the tree high enough for `index`.
// On error  the items are as before; the tree may be higher.
static int
grow_tree(struct radix *t, uint64 index)
{
    while (!radix_fits(t, index)) {
        if (t->root) {
            struct radix_node *n = node_new();
            if (!n)
                return -ENOMEM;
            n->slot[0] = t->root;
            n->count = 1;
            t->root = n;
        }
        t->bits += RADIX_BITS;
    }
    return 0;
}

// Puts the item into a tree that is high enough.
// On error  empty nodes may be left.
static int
place(struct radix *t, uint64 index, void *item)
{
    struct radix_node *parent = NULL;
    void **slot = &t->root;
    for (uint32 bits = t->bits; bits > 0; bits -= RADIX_BITS) {
        if (!*slot) {
            *slot = node_new();
            if (!*slot)
                return -ENOMEM;
            if (parent)
                parent->count++;
        }
        parent = *slot;
        slot = slot_of(parent, index, bits);
    }
    *slot = item;
    if (parent)
        parent->count++;
    return 0;
}

// Puts the item at `index`, whose slot is free.
// On error  -ENOMEM: the items are as before.
int
radix_put(struct radix *t, uint64 index, void *item)
{
    int error = grow_tree(t, index);
    if (!error)
        error = place(t, index, item);
    if (error && t->bits)
        prune(t, index);
    return error;
}

// Removes roots of which only the first slot is in use.
static void
lower(struct radix *t)
{
    while (t->bits > 0) {
        struct radix_node *n = t->root;
        if (n->count != 1 || !n->slot[0])
            return;
        t->root = n->slot[0];
        t->bits -= RADIX_BITS;
        kmem_cache_free(&nodes, n);
    }
}

// Takes the item at `index` out of the tree, and frees the nodes that become empty.
// Returns   the item; NULL: there is none.
void *
radix_del(struct radix *t, uint64 index)
{
    void *item = radix_get(t, index);
    if (!item)
        return NULL;
    if (t->bits == 0) {
        t->root = NULL;
        return item;
    }
    struct radix_node *n = t->root;
    for (uint32 bits = t->bits; bits > RADIX_BITS; bits -= RADIX_BITS)
        n = *slot_of(n, index, bits);
    *slot_of(n, index, RADIX_BITS) = NULL;
    n->count--;
    if (!n->count)
        prune(t, index);
    if (t->root)
        lower(t);
    return item;
}

// The first item of the subtree `n` at or after *index; *index moves to it, or past the subtree.
static void *
next_below(struct radix_node *n, uint32 bits, uint64 *index)
{
    if (bits == 0)
        return n;
    for (void **s = slot_of(n, *index, bits); s < n->slot + RADIX_SLOTS; s++) {
        void *child = *s;
        void *item = child ? next_below(child, bits - RADIX_BITS, index) : NULL;
        if (item)
            return item;
        uint64 span = 1UL << (bits - RADIX_BITS);
        if (!child)
            *index = (*index | (span - 1)) + 1;
    }
    return NULL;
}

// Finds the first item at *index or above, and sets *index to its index.
// Returns   NULL: there is none.
void *
radix_next(const struct radix *t, uint64 *index)
{
    if (!t->root || !radix_fits(t, *index))
        return NULL;
    return next_below(t->root, t->bits, index);
}
