// SPDX-License-Identifier: MIT
// radix.c - a tree of 64-slot nodes that is as high as its largest index needs.
//
// Theory    At height 0 the root is the item of index 0 itself, so that a file of one page has no
//           node. A node's slot at level l covers 64^(l-1) indexes; count says how many slots are
//           in use.
// Promises  No node is empty, and the root has more than its first slot in use: deletion frees
//           upward and lowers the tree. A put that fails leaves the items as they were, and no node
//           that a deletion would not free.
// Locks     the caller's.
#include "fs/cache/radix.h"

#include "abi/errno.h"
#include "lib/string.h"
#include "mm/frame/kmem.h"

#define MAX_HEIGHT 10 // 64^10 = 2^60 indexes

struct node {
    uint32 count;
    void *slot[RADIX_SLOTS];
};

static struct kmem_cache nodes;

// Prepares the object cache of nodes; once at boot.
void
radix_setup(void)
{
    kmem_cache_init(&nodes, "radix", sizeof(struct node));
}

static uint32
slot_of(uint64 index, uint32 level)
{
    return (uint32)(index >> (RADIX_BITS * (level - 1))) & (RADIX_SLOTS - 1);
}

static bool
fits(const struct radix *t, uint64 index)
{
    return index >> (RADIX_BITS * t->height) == 0;
}

// The item at `index`; NULL: there is none.
void *
radix_get(const struct radix *t, uint64 index)
{
    if (!fits(t, index))
        return NULL;
    void *p = t->root;
    for (uint32 level = t->height; level > 0 && p; level--)
        p = ((struct node *)p)->slot[slot_of(index, level)];
    return p;
}

static struct node *
node_new(void)
{
    struct node *n = kmem_cache_alloc(&nodes);
    if (n)
        memset(n, 0, sizeof *n);
    return n;
}

// Frees the empty nodes on the path to `index`; an empty tree gets height 0.
static void
prune(struct radix *t, uint64 index)
{
    struct node *path[MAX_HEIGHT + 1] = {NULL};
    void *p = t->root;
    for (uint32 level = t->height; level > 0 && p; level--) {
        path[level] = p;
        p = path[level]->slot[slot_of(index, level)];
    }
    for (uint32 level = 1; level <= t->height; level++) {
        if (!path[level])
            continue;
        if (path[level]->count)
            return;
        kmem_cache_free(&nodes, path[level]);
        if (level == t->height)
            break;
        path[level + 1]->slot[slot_of(index, level + 1)] = NULL;
        path[level + 1]->count--;
    }
    *t = (struct radix){NULL, 0};
}

// Makes the tree high enough for `index`.
// On error  the items are as before; the tree may be higher.
static int
grow_tree(struct radix *t, uint64 index)
{
    while (!fits(t, index)) {
        if (t->root) {
            struct node *n = node_new();
            if (!n)
                return -ENOMEM;
            n->slot[0] = t->root;
            n->count = 1;
            t->root = n;
        }
        t->height++;
    }
    return 0;
}

// Puts the item into a tree that is high enough.
// On error  empty nodes may be left.
static int
place(struct radix *t, uint64 index, void *item)
{
    struct node *parent = NULL;
    void **slot = &t->root;
    for (uint32 level = t->height; level > 0; level--) {
        if (!*slot) {
            *slot = node_new();
            if (!*slot)
                return -ENOMEM;
            if (parent)
                parent->count++;
        }
        parent = *slot;
        slot = &parent->slot[slot_of(index, level)];
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
    if (error && t->height)
        prune(t, index);
    return error;
}

// Removes roots of which only the first slot is in use.
static void
lower(struct radix *t)
{
    while (t->height > 0) {
        struct node *n = t->root;
        if (n->count != 1 || !n->slot[0])
            return;
        t->root = n->slot[0];
        t->height--;
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
    if (t->height == 0) {
        t->root = NULL;
        return item;
    }
    struct node *n = t->root;
    for (uint32 level = t->height; level > 1; level--)
        n = n->slot[slot_of(index, level)];
    n->slot[slot_of(index, 1)] = NULL;
    n->count--;
    if (!n->count)
        prune(t, index);
    if (t->root)
        lower(t);
    return item;
}

// The first item of the subtree `p` at or after *index; *index moves to it, or past the subtree.
static void *
next_below(void *p, uint32 level, uint64 *index)
{
    if (level == 0)
        return p;
    for (uint32 s = slot_of(*index, level); s < RADIX_SLOTS; s++) {
        void *child = ((struct node *)p)->slot[s];
        void *item = child ? next_below(child, level - 1, index) : NULL;
        if (item)
            return item;
        uint64 span = 1UL << (RADIX_BITS * (level - 1));
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
    if (!t->root || !fits(t, *index))
        return NULL;
    return next_below(t->root, t->height, index);
}
