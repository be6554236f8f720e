// SPDX-License-Identifier: MIT
// inodes.c - the table of inodes in memory.
//
// Theory    A hash table by number. An inode without references stays, with its pages, until memory
//           is short, so that opening its file again needs only a look-up. Changes of an inode go
//           to its page of the disk's cache at once (fs/ext2/idisk.c), so an idle one can be freed
//           at any time.
// Promises  An inode number stands for one struct inode at most. An inode is loaded outside the
//           bucket's lock; the bucket's epoch tells whether one was freed meanwhile, which could
//           have made the copy stale. An unlinked inode is freed by the last iput(), or later if
//           there was no memory to do so.
// Locks     bucket->lock, then pages.lock.
// Next      fs/ext2/idisk.c, fs/ext2/orphan.c
#include "fs/ext2/inode.h"

#include "abi/errno.h"
#include "abi/stat.h"
#include "fs/ext2/alloc.h"
#include "fs/ext2/orphanlist.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"
#include "fs/journal/journal.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/frame/kmem.h"

#define BUCKETS   256
#define AHEAD_MAX 64

// Protection: [b] lock
struct bucket {
    struct spinlock lock;
    struct list chain; // [b]
    uint64 epoch;      // [b] number of inodes that have left the bucket
};

static struct bucket buckets[BUCKETS];
static struct kmem_cache cache;
static uint32 hand; // where reclaim continues; a race only changes the order

// Prepares the table of inodes in memory; once at boot.
void
inodes_setup(void)
{
    kmem_cache_init(&cache, "inode", sizeof(struct inode));
    for (uint32 i = 0; i < BUCKETS; i++) {
        initlock(&buckets[i].lock, "inodes", RANK_INODES);
        list_init(&buckets[i].chain);
    }
}

static struct bucket *
bucket_of(uint32 inum)
{
    return &buckets[inum % BUCKETS];
}

static struct inode *
find(struct bucket *b, uint32 inum)
{
    list_for_each (node, &b->chain) {
        struct inode *ip = list_entry(node, struct inode, hash);
        if (ip->inum == inum)
            return ip;
    }
    return NULL;
}

// Adds a reference to an inode to which the caller has one.
// Returns   ip.
struct inode *
idup(struct inode *ip)
{
    __atomic_fetch_add(&ip->refs, 1,
                       __ATOMIC_RELAXED); // the caller has a reference: it cannot be 0
    return ip;
}

// Returns the inode with that number, with a reference, if it is in memory and has a name.
// Otherwise NULL.
struct inode *
iget_cached(uint32 inum)
{
    struct bucket *b = bucket_of(inum);
    acquire(&b->lock);
    struct inode *ip = find(b, inum);
    if (ip && ip->nlink) {
        ip->used = true;
        idup(ip); // even from 0: the lock keeps it from being freed
    } else {
        ip = NULL;
    }
    release(&b->lock);
    return ip;
}

static struct inode *
inode_alloc(struct ext2 *fs, uint32 inum)
{
    struct inode *ip = kmem_cache_alloc(&cache);
    if (!ip)
        return NULL;
    memset(ip, 0, sizeof *ip);
    ip->inum = inum;
    ip->fs = fs;
    ip->refs = 1;
    ip->used = true;
    ip->pager.ops = &inode_pager_ops;
    list_init(&ip->hash);
    list_init(&ip->orphans);
    list_init(&ip->list_link);
    initsleeplock(&ip->lock, "inode");
    initsleeplock(&ip->map_lock, "block map");
    pcache_init(&ip->pages, &inode_pages, fs->dev, inum, AHEAD_MAX);
    return ip;
}

// Puts a loaded inode into the table, unless another copy is there by now or this one may be stale.
static int
enter(struct bucket *b, struct inode *ip, uint64 epoch)
{
    acquire(&b->lock);
    int error = find(b, ip->inum) || b->epoch != epoch ? -EAGAIN : 0;
    if (!error)
        list_push_front(&b->chain, &ip->hash);
    release(&b->lock);
    return error;
}

static bool
unlinked(struct bucket *b, uint32 inum)
{
    acquire(&b->lock);
    struct inode *ip = find(b, inum);
    bool gone = ip && !ip->nlink;
    release(&b->lock);
    return gone;
}

static int
get(struct ext2 *fs, uint32 inum, bool special, struct inode **out)
{
    struct bucket *b = bucket_of(inum);
    for (;;) {
        *out = iget_cached(inum);
        if (*out)
            return 0;
        if (unlinked(b, inum))
            return ext2_damage(fs, "inode %u: a name is left after its last link", inum);
        uint64 epoch = __atomic_load_n(&b->epoch, __ATOMIC_ACQUIRE); // checked again in enter()
        struct inode *ip = inode_alloc(fs, inum);
        if (!ip)
            return -ENOMEM;
        int error = inode_load(ip, special);
        if (!error)
            error = enter(b, ip, epoch);
        if (!error) {
            *out = ip;
            return 0;
        }
        kmem_cache_free(&cache, ip);
        if (error != -EAGAIN)
            return error;
    }
}

// Gets the inode of a directory entry, with a reference.
// On error  -ENOMEM, -EIO, -EUCLEAN.
// Sleeps    unless it is in memory.
int
iget(struct ext2 *fs, uint32 inum, struct inode **out)
{
    return get(fs, inum, false, out);
}

// As iget(), for an inode without a name: a reserved one, or one without links that is not in
// memory.
int
iget_special(struct ext2 *fs, uint32 inum, struct inode **out)
{
    return get(fs, inum, true, out);
}

// Makes an inode for a number that has just been allocated: empty, without links.
int
inode_new(struct ext2 *fs, uint32 inum, uint16 mode, struct inode **out)
{
    struct inode *ip = inode_alloc(fs, inum);
    if (!ip)
        return -ENOMEM;
    ip->mode = mode;
    ip->type = (uint8)inode_type_of(mode);
    ip->pages.journalled = ext2_journals(fs, ip->type);
    struct bucket *b = bucket_of(inum);
    acquire(&b->lock);
    bool clash = find(b, inum);
    if (!clash)
        list_push_front(&b->chain, &ip->hash);
    release(&b->lock);
    *out = ip;
    if (!clash)
        return 0;
    kmem_cache_free(&cache, ip);
    return ext2_damage(fs, "inode %u is in use but marked free", inum);
}

static void
leave(struct bucket *b, struct inode *ip)
{
    list_remove(&ip->hash);
    b->epoch++;
}

// Frees the memory once the last reference is gone.
static void
release_dead(struct inode *ip)
{
    struct bucket *b = bucket_of(ip->inum);
    acquire(&b->lock);
    bool last = __atomic_sub_fetch(&ip->refs, 1, __ATOMIC_ACQ_REL) == 0;
    release(&b->lock);
    if (!last)
        return;
    dirindex_drop(ip);
    pcache_destroy(&ip->pages);
    kmem_cache_free(&cache, ip);
}

// Frees an inode without links: on the disk, in the table, in memory.
// On error  it goes to the orphans with the caller's reference; so does one with too many blocks to
//           free in one operation.
static void
reap(struct inode *ip)
{
    struct frame *bitmap = NULL;
    struct ext2 *fs = ip->fs;
    assert(journal_joined());
    if (ext2_writable(fs)) {
        int error = ialloc_bitmap(fs, ip->inum, &bitmap);
        if (!error)
            error = inode_discard(ip);
        if (error && ext2_writable(fs)) {
            orphan_add(ip, error == -EAGAIN);
            if (bitmap)
                frame_put(bitmap);
            return;
        }
    }
    orphanlist_forget(ip);
    struct bucket *b = bucket_of(ip->inum);
    acquire(&b->lock);
    leave(b, ip);
    ip->dead = true;
    release(&b->lock);
    cache_truncate(&ip->pages, 0);
    // Only now may the number be reused: this inode can no longer be found under it.
    if (bitmap) {
        ialloc_clear(fs, ip->inum, bitmap, ip->type == T_DIR);
        frame_put(bitmap);
    }
    release_dead(ip);
}

// Drops a reference, unless it is the last one to an inode without links.
// Returns   whether it is the last one: the caller still holds it and must free the inode.
static inline bool
put(struct inode *ip)
{
    struct bucket *b = bucket_of(ip->inum);
    acquire(&b->lock);
    // nlink becomes 0 while its writer holds a reference, which is dropped under this lock.
    bool dead = ip->dead, last = __atomic_load_n(&ip->refs, __ATOMIC_ACQUIRE) == 1 && !ip->nlink;
    if (!last && !dead)
        __atomic_sub_fetch(&ip->refs, 1, __ATOMIC_RELEASE);
    release(&b->lock);
    if (dead)
        release_dead(ip);
    return last && !dead;
}

// Drops a reference. The last one of an unlinked file frees the file, so the call is inside an
// operation.
// Sleeps    when a file is freed.
void
iput(struct inode *ip)
{
    if (put(ip))
        reap(ip);
}

// Drops a reference where the inode cannot be freed now: the next end_op() does that.
// Sleeps
void
iput_later(struct inode *ip)
{
    if (put(ip))
        orphan_add(ip, true);
}

// Locks the inode: its contents and its attributes are the caller's.
// Sleeps    until the lock is free.
void
ilock(struct inode *ip)
{
    acquiresleep(&ip->lock);
}

// Unlocks an inode that ilock() has locked.
void
iunlock(struct inode *ip)
{
    releasesleep(&ip->lock);
}

// Returns whether the inode can be freed: no page, no write-back, no reference.
static bool
idle(struct inode *ip)
{
    return pcache_idle(&ip->pages) && !ip->listed &&
           __atomic_load_n(&ip->refs, __ATOMIC_ACQUIRE) == 0;
}

static uint64
reclaim_bucket(struct bucket *b)
{
    uint64 freed = 0;
    if (!tryacquire(&b->lock))
        return 0;
    list_for_each_safe (node, &b->chain) {
        struct inode *ip = list_entry(node, struct inode, hash);
        bool used = ip->used;
        ip->used = false;
        if (used)
            continue;
        freed += dirindex_drop(ip);
        if (!idle(ip))
            continue;
        leave(b, ip);
        pcache_count(&ip->pages);
        kmem_cache_free(&cache, ip);
        freed++;
    }
    release(&b->lock);
    return freed;
}

// Frees idle inodes until `want` are freed or all have been checked twice.
uint64
inodes_reclaim(uint64 want)
{
    uint64 freed = 0;
    for (uint32 i = 0; i < 2 * BUCKETS && freed < want; i++)
        freed += reclaim_bucket(&buckets[hand++ % BUCKETS]);
    return freed;
}

// Frees every inode without references, and its pages; dirty data is lost.
void
inodes_drop(void)
{
    for (uint32 i = 0; i < BUCKETS; i++) {
        struct bucket *b = &buckets[i];
        list_for_each_safe (node, &b->chain) {
            struct inode *ip = list_entry(node, struct inode, hash);
            if (ip->refs)
                continue;
            leave(b, ip);
            dirindex_drop(ip);
            pcache_destroy(&ip->pages);
            kmem_cache_free(&cache, ip);
        }
    }
}

// Adds the counts of the caches of all inodes in memory.
void
inodes_stats(struct fs_stats *st)
{
    for (uint32 i = 0; i < BUCKETS; i++) {
        acquire(&buckets[i].lock);
        st->contended += buckets[i].lock.contended;
        list_for_each (node, &buckets[i].chain) {
            struct inode *ip = list_entry(node, struct inode, hash);
            st->hits += ip->pages.hits;
            st->contended += ip->pages.lock.contended;
        }
        release(&buckets[i].lock);
    }
}
