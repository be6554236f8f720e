// SPDX-License-Identifier: MIT
// dir.c - look up, add and remove names in directories.
//
// Theory    A directory is a file of blocks; a block is a chain of entries that fills it exactly.
//           An entry may be longer than its name needs: a new one takes the slack of an old one,
//           and a removed one becomes slack of the entry before it. An index made by Linux is not
//           maintained: its flag is cleared before the first change.
// Promises  Names are compared by their first DIRSIZ bytes. An entry that does not fit its block,
//           or a chain that does not end with it, is damage: the call fails with -EUCLEAN. A
//           change to a directory is one store to one block, or a new block that is complete before
//           it becomes part of the directory.
// Locks     the directory is locked. fs/ext2/dcache.c follows each change.
// Next      fs/dir/dirread.c
#include "fs/dir/dir.h"

#include "abi/errno.h"
#include "abi/stat.h"
#include "fs/ext2/bmap.h"
#include "fs/ext2/dirent.h"
#include "fs/ext2/dirindex.h"
#include "fs/ext2/super.h"
#include "lib/string.h"

const struct name dir_dotdot = {.s = {[0] = '.', [1] = '.', [15] = 2}};

static bool
matches(const struct ext2_dirent *e, const struct name *n)
{
    uint32 len = e->name_len < DIRSIZ ? e->name_len : DIRSIZ;
    return e->inode && len == (uint32)n->s[15] && memcmp(e->name, n->s, len) == 0;
}

#define UNINDEXED 3 // searches before a directory gets an index

typedef bool visit_fn(const struct ext2_dirent *e, const struct name *n);

// Moves p->off on to an entry for which visit() returns true.
static int
search_block(struct inode *dp, struct dir_place *p, visit_fn *visit, const struct name *n)
{
    while (p->off < BLKSIZE) {
        struct ext2_dirent *e = dirent_at(dp, p->f, p->off);
        if (!e)
            return -EUCLEAN;
        if (visit(e, n))
            return 1;
        p->off += e->rec_len;
    }
    return 0;
}

// Calls visit() for the entries from byte `from` on, where one begins, until it returns true.
// Returns   1 with the entry's place, 0: true for none, or -E; then the place is empty.
static int
search_entries(struct inode *dp, uint64 from, struct dir_place *p, visit_fn *visit,
               const struct name *n)
{
    int found = 0;
    for (; !found && from < dp->size; from = (from | (BLKSIZE - 1)) + 1) {
        *p = (struct dir_place){.block = (uint32)(from / BLKSIZE), .off = from % BLKSIZE};
        found = cache_get(&dp->pages, p->block, &p->f);
        if (found)
            break;
        found = search_block(dp, p, visit, n);
        if (found != 1)
            frame_put(p->f);
    }
    if (found != 1)
        p->f = NULL;
    return found;
}

static struct ext2_dirent *
entry(const struct dir_place *p)
{
    return (struct ext2_dirent *)((char *)page_data(p->f) + p->off);
}

static uint64
position(const struct dir_place *p)
{
    return (uint64)p->block * BLKSIZE + p->off;
}

// Finds a name by the index, which the caller has taken; else as search_entries().
static int
find_indexed(struct inode *dp, const struct name *n, struct dir_place *p)
{
    uint32 at;
    uint64 pos = dirindex_first(dp, n, &at);
    for (; pos != DIRINDEX_END; pos = dirindex_next(dp, n, &at)) {
        *p = (struct dir_place){.block = (uint32)(pos / BLKSIZE), .off = pos % BLKSIZE};
        int error = cache_get(&dp->pages, p->block, &p->f);
        if (error)
            return error;
        struct ext2_dirent *e = dirent_at(dp, p->f, p->off);
        if (e && matches(e, n))
            return 1;
        frame_put(p->f);
        if (!e)
            return -EUCLEAN;
    }
    return 0;
}

// Finds a name; a directory that is searched often gets an index.
static int
find_entry(struct inode *dp, const struct name *n, struct dir_place *p)
{
    if (!dirindex_take(dp)) {
        if (dp->searches++ < UNINDEXED)
            return search_entries(dp, 0, p, matches, n);
        dirindex_build(dp);
        if (!dirindex_take(dp))
            return search_entries(dp, 0, p, matches, n);
    }
    int found = find_indexed(dp, n, p);
    dirindex_put(dp);
    return found;
}

// Finds the place of a name, with a reference to its page.
// On error  -ENOENT, -EIO, -ENOMEM, -EUCLEAN: the place is empty.
// Locks     the directory is locked. Sleeps.
int
dir_find(struct inode *dp, const struct name *n, struct dir_place *p)
{
    int found = find_entry(dp, n, p);
    if (found == 1)
        return 0;
    p->f = NULL;
    return found ? found : -ENOENT;
}

// Finds the number of the inode that the directory has under a name.
// On error  -ENOENT, -EIO, -ENOMEM, -EUCLEAN.
// Locks     the directory is locked. Sleeps
int
dir_lookup(struct inode *dp, const struct name *n, uint32 *inum)
{
    struct dir_place p;
    *inum = dcache_find(dp->inum, n);
    if (*inum)
        return 0;
    int error = dir_find(dp, n, &p);
    if (error)
        return error;
    *inum = entry(&p)->inode;
    frame_put(p.f);
    dcache_set(dp->inum, n, *inum);
    return 0;
}

static uint8
file_type(const struct inode *ip)
{
    static const uint8 types[16] = {[S_IFREG >> 12] = FT_REG, [S_IFDIR >> 12] = FT_DIR,
                                    [S_IFCHR >> 12] = FT_CHR, [S_IFBLK >> 12] = FT_BLK,
                                    [S_IFLNK >> 12] = FT_LNK, [1] = FT_FIFO,
                                    [0xc] = FT_SOCK};
    return ip->fs->filetype ? types[ip->mode >> 12] : FT_UNKNOWN;
}

// Does the work after a change of the directory's block `f`: page, index, inode.
static void
changed(struct inode *dp, struct frame *f, struct frame *pin)
{
    cache_dirty(&dp->pages, f); // the page has a block: it was read, or append() gave it one
    dp->flags &= ~(uint32)EXT2_INDEX_FL;
    dp->mtime = ext2_now(dp->fs);
    dp->scan_slot = dp->scan_off = 0;
    inode_store(dp, pin);
}

static void
fill_entry(struct ext2_dirent *e, const struct name *n, const struct inode *ip)
{
    e->name_len = (uint8)n->s[15];
    e->file_type = file_type(ip);
    memcpy(e->name, n->s, e->name_len);
    e->inode = ip->inum;
}

static uint32
used(const struct ext2_dirent *e)
{
    return e->inode ? (uint32)DIRENT_SIZE(e->name_len) : 0;
}

static bool
has_room(const struct ext2_dirent *e, const struct name *n)
{
    return e->rec_len - used(e) >= (uint32)DIRENT_SIZE(n->s[15]);
}

// Puts the entry into the slack of the one at `p`, and sets `p` to its place.
static void
split(struct dir_place *p, const struct name *n, const struct inode *ip)
{
    struct ext2_dirent *e = entry(p);
    uint32 keep = used(e);
    struct ext2_dirent *slot = (struct ext2_dirent *)((char *)e + keep);
    uint16 rest = (uint16)(e->rec_len - keep);
    slot->inode = 0;
    slot->rec_len = rest;
    fill_entry(slot, n, ip);
    if (keep)
        e->rec_len = (uint16)keep;
    p->off += keep;
}

// Allocates a block of zeroes behind the last one of a directory or link, not yet counted in its
// size.
// Returns   0, with its page, a reference, and its number; -ENOSPC, -EIO, -ENOMEM: nothing has
//           changed.
// Locks     the inode is locked, or there is no other reference to it. Sleeps.
int
dir_new_block(struct inode *dp, struct frame **f, uint32 *block)
{
    uint64 index = dp->size / BLKSIZE;
    int error = cache_zero(&dp->pages, index, f);
    if (error)
        return error;
    acquiresleep(&dp->map_lock);
    error = bmap_create(dp, index, block);
    releasesleep(&dp->map_lock);
    if (error) {
        frame_put(*f);
        cache_forget(&dp->pages, index);
    }
    return error;
}

static int
append(struct inode *dp, const struct name *n, const struct inode *ip, struct frame *pin)
{
    struct frame *f;
    uint32 block;
    int error = dir_new_block(dp, &f, &block);
    if (error)
        return error;
    struct ext2_dirent *e = page_data(f);
    e->rec_len = BLKSIZE;
    fill_entry(e, n, ip);
    dp->room = dp->size;
    __atomic_store_n(&dp->size, dp->size + BLKSIZE,
                     __ATOMIC_RELEASE); // before write-back sees the page
    cache_written(&dp->pages, f, block);
    changed(dp, f, pin);
    frame_put(f);
    return 0;
}

// Adds a name that the directory does not have.
// On error  -ENOSPC, -EIO, -ENOMEM, -EUCLEAN, -EFBIG: the directory is as it was.
// Locks     the directory is locked. Sleeps
int
dir_add(struct inode *dp, const struct name *n, const struct inode *ip)
{
    struct dir_place p;
    struct frame *pin;
    int found = search_entries(dp, dp->room, &p, has_room, n);
    if (found < 0)
        return found;
    int error = !found && dp->size / BLKSIZE >= DIR_BLOCKS ? -EFBIG : inode_pin(dp, &pin);
    if (error) {
        if (found)
            frame_put(p.f);
        return error;
    }
    if (found) {
        split(&p, n, ip);
        dp->room = position(&p);
        changed(dp, p.f, pin);
        frame_put(p.f);
    } else {
        error = append(dp, n, ip, pin);
        if (error)
            frame_put(pin);
    }
    if (!error) {
        dirindex_add(dp, n, dp->room);
        dcache_set(dp->inum, n, ip->inum);
    }
    return error;
}

// Returns the entry that ends where the one at `p` begins; NULL: `p` is the first of its block, or
// the chain of entries does not reach it.
static struct ext2_dirent *
entry_before(struct inode *dp, const struct dir_place *p)
{
    struct dir_place q = {.f = p->f};
    struct ext2_dirent *e = NULL;
    while (q.off < p->off) {
        e = entry(&q);
        if (e->rec_len < DIRENT_MIN)
            break;
        q.off += e->rec_len;
    }
    if (q.off == p->off)
        return e;
    ext2_complain(dp->fs, "directory %u: no entry leads to byte %lu", dp->inum, position(p));
    return NULL;
}

// Removes the name that dir_find() found, and releases the place and the pin of the directory.
// Other names may have been added meanwhile.
// Locks     the directory is locked.
void
dir_erase(struct inode *dp, struct dir_place *p, const struct name *n, struct frame *pin)
{
    // Before the inode can be freed: see dcache.c.
    dcache_set(dp->inum, n, 0);
    struct ext2_dirent *e = entry(p), *before = entry_before(dp, p);
    e->inode = 0;
    if (before)
        before->rec_len = (uint16)(before->rec_len + e->rec_len);
    dirindex_remove(dp, n, position(p));
    if (before)
        p->off = (uint32)((char *)before - (char *)page_data(p->f));
    if (position(p) < dp->room)
        dp->room = position(p);
    changed(dp, p->f, pin);
    frame_put(p->f);
}

// Makes the name that dir_find() found refer to another inode; otherwise as dir_erase().
void
dir_set(struct inode *dp, struct dir_place *p, const struct name *n, const struct inode *ip,
        struct frame *pin)
{
    struct ext2_dirent *e = entry(p);
    e->inode = ip->inum;
    e->file_type = file_type(ip);
    dcache_set(dp->inum, n, ip->inum);
    changed(dp, p->f, pin);
    frame_put(p->f);
}

static bool
real_name(const struct ext2_dirent *e, const struct name *n)
{
    (void)n;
    bool dots = e->name[0] == '.' && (e->name_len == 1 || (e->name_len == 2 && e->name[1] == '.'));
    return e->inode && !dots;
}

// Checks that the directory has no names but `.` and `..`.
// Returns   0, or -ENOTEMPTY; -EIO, -ENOMEM, -EUCLEAN.
// Locks     the directory is locked. Sleeps
int
dir_empty(struct inode *dp)
{
    struct dir_place p;
    int found = search_entries(dp, 0, &p, real_name, NULL);
    if (found == 1)
        frame_put(p.f);
    return found == 1 ? -ENOTEMPTY : found;
}

// Gives a new directory its first block, with `.` and `..`. The caller stores the inode.
// On error  as dir_add()
int
dir_format(struct inode *ip, struct inode *parent)
{
    struct frame *f;
    uint32 block;
    int error = dir_new_block(ip, &f, &block);
    if (error)
        return error;
    struct ext2_dirent *dot = page_data(f);
    struct ext2_dirent *up = (struct ext2_dirent *)((char *)dot + DIRENT_MIN);
    dot->rec_len = DIRENT_MIN;
    fill_entry(dot, &(struct name){.s = {[0] = '.', [15] = 1}}, ip);
    up->rec_len = BLKSIZE - DIRENT_MIN;
    fill_entry(up, &dir_dotdot, parent);
    __atomic_store_n(&ip->size, BLKSIZE, __ATOMIC_RELEASE); // before write-back sees the page
    cache_written(&ip->pages, f, block);
    frame_put(f);
    return 0;
}
