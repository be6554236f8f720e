// SPDX-License-Identifier: MIT
// dirindex.c - an index in memory of a directory's names.
//
// Theory    A hash table with open addressing: the hash of a name and the place of its entry. It is
//           made when a directory is searched, updated with each change, and freed when memory is
//           short or when it cannot grow; without it directories are searched from the start.
// Promises  An existing index has every entry of the directory. Its places are hints: the caller
//           compares the entry.
// Locks     the directory is locked, but for dirindex_drop(). `busy` is a try-only lock: a change
//           that does not get it competes with reclaim, which is about to free the index.
#include "fs/ext2/dirindex.h"

#include "abi/stat.h"
#include "fs/ext2/dirent.h"
#include "fs/ext2/inode.h"
#include "lib/string.h"
#include "mm/frame/kmem.h"

#define FIRST_SLOTS 64
#define MAX_SLOTS   (1U << 18) // 2 MiB

// pos counts in units of 4 bytes, from 1; 0: free.
struct dirindex_slot {
    uint32 hash;
    uint32 pos;
};

static uint32
hash_of(const struct name *n)
{
    uint64 h = (n->w[0] ^ (n->w[1] << 9) ^ (n->w[1] >> 23)) * 0x9e3779b97f4a7c15;
    return (uint32)(h >> 32);
}

static bool
lock(struct dirindex *x)
{
    return !__atomic_exchange_n(&x->busy, 1, __ATOMIC_ACQUIRE); // pairs with dirindex_put()
}

static void
forget(struct dirindex *x)
{
    kmem_free(x->table);
    x->table = NULL;
    x->slots = x->count = 0;
}

// Ends the use that dirindex_take() began.
void
dirindex_put(struct inode *dp)
{
    __atomic_store_n(&dp->index.busy, 0, __ATOMIC_RELEASE); // pairs with lock()
}

// Takes the directory's index for use, until dirindex_put().
// Returns   false: there is no index, or it is being freed; the caller searches the directory.
// Locks     the directory's, held by the caller. Never waits.
bool
dirindex_take(struct inode *dp)
{
    if (!lock(&dp->index))
        return false;
    if (dp->index.slots)
        return true;
    dirindex_put(dp);
    return false;
}

static uint64
probe(const struct dirindex *x, uint32 hash, uint32 *at)
{
    for (;; *at = (*at + 1) & (x->slots - 1)) {
        const struct dirindex_slot *s = &x->table[*at];
        if (!s->pos)
            return DIRINDEX_END;
        if (s->hash == hash)
            return (uint64)(s->pos - 1) * 4;
    }
}

// Finds the first entry in the index with the hash of that name. The index is taken.
// Returns   its byte offset in the directory, a hint that the caller checks, and *at for
//           dirindex_next(); DIRINDEX_END: there is none.
uint64
dirindex_first(struct inode *dp, const struct name *n, uint32 *at)
{
    uint32 hash = hash_of(n);
    *at = hash & (dp->index.slots - 1);
    return probe(&dp->index, hash, at);
}

// Finds the next entry with the hash of that name, after *at.
// Returns   as dirindex_first().
uint64
dirindex_next(struct inode *dp, const struct name *n, uint32 *at)
{
    *at = (*at + 1) & (dp->index.slots - 1);
    return probe(&dp->index, hash_of(n), at);
}

static void
store(struct dirindex *x, uint32 hash, uint32 pos)
{
    uint32 at = hash & (x->slots - 1);
    while (x->table[at].pos)
        at = (at + 1) & (x->slots - 1);
    x->table[at] = (struct dirindex_slot){hash, pos};
    x->count++;
}

// Frees a slot, and moves up the following ones that a search could not find otherwise.
static void
clear(struct dirindex *x, uint32 at)
{
    uint32 mask = x->slots - 1;
    for (uint32 i = (at + 1) & mask; x->table[i].pos; i = (i + 1) & mask) {
        uint32 home = x->table[i].hash & mask;
        if (((i - home) & mask) < ((i - at) & mask))
            continue; // its search begins behind the free slot
        x->table[at] = x->table[i];
        at = i;
    }
    x->table[at].pos = 0;
    x->count--;
}

// Makes the table twice as large.
static bool
grow_table(struct dirindex *x)
{
    struct dirindex old = *x;
    uint32 slots = old.slots ? old.slots * 2 : FIRST_SLOTS;
    struct dirindex_slot *table = slots <= MAX_SLOTS ? kmem_zalloc(slots * sizeof *table) : NULL;
    if (!table)
        return false;
    x->table = table;
    x->slots = slots;
    x->count = 0;
    for (uint32 i = 0; i < old.slots; i++) {
        if (old.table[i].pos)
            store(x, old.table[i].hash, old.table[i].pos);
    }
    kmem_free(old.table);
    return true;
}

static bool
insert_slot(struct dirindex *x, const struct name *n, uint64 pos)
{
    if (x->count >= x->slots / 4 * 3 && !grow_table(x))
        return false;
    store(x, hash_of(n), (uint32)(pos / 4) + 1);
    return true;
}

static void
name_of(const struct ext2_dirent *e, struct name *n)
{
    uint32 len = e->name_len < DIRSIZ ? e->name_len : DIRSIZ;
    n->w[0] = n->w[1] = 0;
    memcpy(n->s, e->name, len);
    n->s[15] = (char)len;
}

// Enters one block of the directory.
static bool
enter_block(struct inode *dp, struct frame *f)
{
    struct name n;
    for (uint32 off = 0; off < BLKSIZE;) {
        struct ext2_dirent *e = dirent_at(dp, f, off);
        if (!e)
            return false;
        name_of(e, &n);
        if (e->inode && !insert_slot(&dp->index, &n, f->index * BLKSIZE + off))
            return false;
        off += e->rec_len;
    }
    return true;
}

// Makes the index of a directory that has none, from all of its blocks. Without memory, or if the
// directory is too large, there is none afterwards.
// Locks     the directory's, held by the caller.
// Sleeps    for the disk.
void
dirindex_build(struct inode *dp)
{
    struct frame *f;
    if (dp->size > DIRENT_MIN * (uint64)MAX_SLOTS || !lock(&dp->index))
        return;
    bool well = dp->index.slots == 0;
    for (uint64 block = 0; well && block * BLKSIZE < dp->size; block++) {
        well = cache_get(&dp->pages, block, &f) == 0;
        if (!well)
            break;
        well = enter_block(dp, f);
        frame_put(f);
    }
    if (!well)
        forget(&dp->index);
    dirindex_put(dp);
}

// Adds a new entry at byte offset `pos` to the index, if there is one; frees the index if there is
// no memory.
// Locks     the directory's, held by the caller.
void
dirindex_add(struct inode *dp, const struct name *n, uint64 pos)
{
    if (!dirindex_take(dp))
        return;
    if (!insert_slot(&dp->index, n, pos))
        forget(&dp->index);
    dirindex_put(dp);
}

// Takes the entry at byte offset `pos` out of the index, if there is one.
// Locks     the directory's, held by the caller.
void
dirindex_remove(struct inode *dp, const struct name *n, uint64 pos)
{
    uint32 at;
    if (!dirindex_take(dp))
        return;
    uint64 p = dirindex_first(dp, n, &at);
    while (p != pos && p != DIRINDEX_END)
        p = dirindex_next(dp, n, &at);
    if (p == pos)
        clear(&dp->index, at);
    dirindex_put(dp);
}

// Frees the index of a directory, whether the directory is locked or not. Never waits.
// Returns   false: there is none, or it is in use.
bool
dirindex_drop(struct inode *dp)
{
    if (!dirindex_take(dp))
        return false;
    forget(&dp->index);
    dirindex_put(dp);
    return true;
}
