// SPDX-License-Identifier: MIT
// dcache.c - the name cache: a small associative table.
//
// Theory    A name hashes to a set of four entries, of which the oldest is replaced. The table
//           changes only under the directory's lock, together with the directory; readers do not
//           need that lock.
// Promises  Entries agree with the directory. dcache_get() takes its reference to the inode while
//           it holds the set's lock, and unlink takes that lock before the inode can be freed: so
//           the inode existed under that name.
// Locks     set->lock, then the inode table's.
#include "fs/ext2/dcache.h"

#include "fs/ext2/inode.h"
#include "lib/string.h"

#define SETS 256
#define WAYS 4

struct entry {
    uint32 dir; // 0: none
    uint32 inum;
    struct name name;
};

// Protection: [s] lock
struct set {
    struct spinlock lock;
    uint32 victim;        // [s]
    struct entry e[WAYS]; // [s]
};

static struct set sets[SETS];

// Prepares the locks of the name cache; once at boot.
void
dcache_setup(void)
{
    for (uint32 i = 0; i < SETS; i++)
        initlock(&sets[i].lock, "names", RANK_NAMES);
}

// Forgets all names.
void
dcache_clear(void)
{
    for (uint32 i = 0; i < SETS; i++) {
        acquire(&sets[i].lock);
        memset(sets[i].e, 0, sizeof sets[i].e);
        release(&sets[i].lock);
    }
}

static struct set *
set_of(uint32 dir, const struct name *n)
{
    uint64 h = (n->w[0] ^ (n->w[1] << 7) ^ (n->w[1] >> 17) ^ dir) * 0x9e3779b97f4a7c15;
    return &sets[h >> 56];
}

static struct entry *
find_name(struct set *s, uint32 dir, const struct name *n)
{
    for (struct entry *e = s->e; e != s->e + WAYS; e++) {
        if (e->name.w[0] == n->w[0] && e->dir == dir && e->name.w[1] == n->w[1])
            return e;
    }
    return NULL;
}

// Finds the inode that directory number `dir` has under that name, if name and inode are in memory.
// Returns   the inode with a reference; NULL: not known here.
// Locks     none needed; takes the set's, then the inode table's.
struct inode *
dcache_get(uint32 dir, const struct name *n)
{
    struct set *s = set_of(dir, n);
    acquire(&s->lock);
    struct entry *e = find_name(s, dir, n);
    struct inode *ip = e ? iget_cached(e->inum) : NULL;
    release(&s->lock);
    return ip;
}

// Finds the inode number that directory number `dir` has under that name, if it is cached.
// Returns   0: not known here.
// Locks     the directory's, held by the caller.
uint32
dcache_find(uint32 dir, const struct name *n)
{
    struct set *s = set_of(dir, n);
    acquire(&s->lock);
    struct entry *e = find_name(s, dir, n);
    uint32 inum = e ? e->inum : 0;
    release(&s->lock);
    return inum;
}

// Records that directory number `dir` has inode `inum` under that name; 0: that the name is not
// known.
// Locks     the directory's, held by the caller.
void
dcache_set(uint32 dir, const struct name *n, uint32 inum)
{
    struct set *s = set_of(dir, n);
    acquire(&s->lock);
    struct entry *e = find_name(s, dir, n);
    if (!e && inum)
        e = &s->e[s->victim++ % WAYS];
    if (e)
        *e = (struct entry){.dir = inum ? dir : 0, .inum = inum, .name = *n};
    release(&s->lock);
}
