// SPDX-License-Identifier: MIT
// super.c - the mounted file system: damage, geometry, synchronisation.
//
// Theory    The superblock and the group descriptors stay in memory while the file system is
//           mounted. The free counts of the superblock are brought up to date when it is written.
// Promises  After damage was found on a file system, no later call writes to it.
// Locks     none of its own; ext2.alloc guards the fields that super.h names.
#include "fs/ext2/super.h"

#include <stdarg.h>

#include "dev/rtc.h"
#include "fs/cache/pageio.h"
#include "fs/ext2/dcache.h"
#include "fs/ext2/inode.h"
#include "fs/fs.h"
#include "lib/printf.h"
#include "mm/frame/failnth.h"

#define COMPLAINTS 20 // lines about damage; a bad disk must not flood the console

struct ext2 rootfs;

// Prints the error of the disk, and makes the file system read-only. Only the first findings are
// printed.
void
ext2_complain(struct ext2 *fs, const char *fmt, ...)
{
    uint32 n = __atomic_fetch_add(&fs->complaints, 1, __ATOMIC_RELAXED); // a count, orders nothing
    if (n < COMPLAINTS) {
        char line[160];
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(line, sizeof line, fmt, ap);
        va_end(ap);
        printf("ext2: %s: damaged: %s%s\n", fs->dev->name, line,
               ext2_writable(fs) ? "; read-only from now on" : "");
    } else if (n == COMPLAINTS) {
        printf("ext2: %s: more damage is not shown\n", fs->dev->name);
    }
    __atomic_store_n(&fs->readonly, true, __ATOMIC_RELAXED); // seen by later calls, soon enough
}

// The superblock, in its page of the disk's cache.
struct ext2_super *
ext2_super(struct ext2 *fs)
{
    return (struct ext2_super *)((char *)page_data(fs->super) + EXT2_SB_OFFSET);
}

// The descriptor of group g, in its page of the disk's cache.
struct ext2_group *
ext2_group(struct ext2 *fs, uint32 g)
{
    const uint32 per_block = BLKSIZE / sizeof(struct ext2_group);
    return (struct ext2_group *)page_data(fs->gdt[g / per_block]) + g % per_block;
}

// Returns whether the file system may be written to. Damage makes it read-only for good.
bool
ext2_writable(const struct ext2 *fs)
{
    return !__atomic_load_n(&fs->readonly, __ATOMIC_RELAXED);
}

// Returns   the time of a change that is made now, in seconds since 1970. Without a clock it is a
//           little later than the latest time on the disk at mount, and increases with each sync.
uint32
ext2_now(struct ext2 *fs)
{
    uint64 seconds = rtc_seconds();
    return seconds ? (uint32)seconds : __atomic_load_n(&fs->now, __ATOMIC_RELAXED);
}

static bool
power_of(uint32 g, uint32 base)
{
    while (g % base == 0)
        g /= base;
    return g == 1;
}

static bool
has_super(const struct ext2 *fs, uint32 g)
{
    return !fs->sparse_super || g <= 1 || power_of(g, 3) || power_of(g, 5) || power_of(g, 7);
}

// Returns whether the contents of a file of that type are journalled: those of directories and
// links always are, those of files if fs_journals_data.
bool
ext2_journals(const struct ext2 *fs, int type)
{
    return fs->journalled && (type != T_FILE || fs_journals_data);
}

// Returns whether a file may own the block: it exists, and is not in the file system's own tables.
bool
ext2_block_ok(struct ext2 *fs, uint32 block)
{
    if (block == 0 || block >= fs->blocks)
        return false;
    uint32 g = block / fs->blocks_per_group, at = block % fs->blocks_per_group;
    const struct ext2_group *gd = ext2_group(fs, g);
    if (block == gd->block_bitmap || block == gd->inode_bitmap)
        return false;
    if (block - gd->inode_table < fs->table_blocks) // wraps to a large number below the table
        return false;
    return at > fs->gdt_blocks + fs->reserved_gdt || !has_super(fs, g);
}

// Pages first, then caches of names and inodes.
uint64
fs_reclaim(uint64 want)
{
    uint64 freed = cache_reclaim(want);
    return freed < want ? freed + inodes_reclaim(want - freed) : freed;
}

static struct sleeplock syncing; // one fs_sync() at a time

// Returns whether there are pages that reclaim can free only after they are on the disk: dirty
// pages, copies in the journal, and pages that a sync or a commit is writing now.
static bool
pages_wait_for_disk(void)
{
    const struct journal *j = &journal; // unlocked reads: an unnecessary sync does no harm
    return __atomic_load_n(&cache_lists.dirty, __ATOMIC_RELAXED) ||
           __atomic_load_n(&cache_lists.nrunning, __ATOMIC_RELAXED) ||
           __atomic_load_n(&j->used, __ATOMIC_RELAXED) ||
           __atomic_load_n(&syncing.state, __ATOMIC_RELAXED) ||
           (j->active && __atomic_load_n(&j->commit.state, __ATOMIC_RELAXED));
}

// Writes pages to the disk so that they can be reclaimed. The caller's allocation has failed;
// afterwards it may try once more.
// Returns   false: no page was gained, so a second attempt would fail as well; always while a test
//           makes allocations fail (mm/frame/failnth.h).
// Locks     none that fs_sync() takes; the caller is in no operation. Sleeps
bool
fs_relieve(void)
{
    if (!rootfs.mounted || !ext2_writable(&rootfs) || failnth_hook || !pages_wait_for_disk())
        return false;
    (void)fs_sync(); // after an error, the pages that were written can be reclaimed
    return true;
}

// Prepares the file system's caches and locks; once at boot, before the first mount.
void
fs_init(void)
{
    initsleeplock(&syncing, "sync");
    cache_setup();
    inodes_setup();
    dcache_setup();
}

// Mounts the root file system.
// On error  as ext2_open(); -EBUSY: one is mounted. Sleeps
int
fs_mount(struct blkdev *d, bool readonly)
{
    return rootfs.mounted ? -EBUSY : ext2_open(&rootfs, d, readonly);
}

static void
update_super(struct ext2 *fs)
{
    struct ext2_super *sb = ext2_super(fs);
    acquire(&fs->alloc);
    sb->free_blocks_count = fs->free_blocks;
    sb->free_inodes_count = fs->free_inodes;
    release(&fs->alloc);
    sb->wtime = ext2_now(fs);
    if (fs->complaints)
        sb->state |= EXT2_ERRORS;
    cache_dirty(&fs->meta, fs->super);
}

static int
write_super(struct ext2 *fs)
{
    update_super(fs);
    int error = cache_flush(&fs->meta);
    int e = blk_rw(fs->dev, BLK_FLUSH, 0, 0);
    return e ? e : error;
}

// Writes the files' contents. *changed: some page was dirty.
static int
write_files(struct ext2 *fs, bool *changed)
{
    begin_op();
    orphans_retry(fs);
    // Pages that become dirty later are not our concern.
    *changed = __atomic_load_n(&cache_lists.dirty, __ATOMIC_RELAXED) ||
               __atomic_load_n(&cache_lists.nrunning, __ATOMIC_RELAXED);
    __atomic_fetch_add(&fs->now, *changed, __ATOMIC_RELAXED); // a stamp, orders nothing
    if (*changed && journal.active && ext2_writable(fs))
        update_super(fs);
    int error = cache_flush_all(true);
    end_op();
    return error;
}

static int
sync(struct ext2 *fs, bool everything)
{
    static uint64 commits; // when the last sync ended
    bool changed;
    if (!fs->mounted || fs->dev->readonly)
        return 0;
    acquiresleep(&syncing);
    int error = write_files(fs, &changed), e = 0;
    bool idle = !changed && journal.commits == commits;
    if (journal.active && (changed || everything || journal.used))
        e = journal_sync(&journal, everything || idle);
    else if (!journal.active && changed)
        e = write_super(fs);
    commits = journal.commits;
    releasesleep(&syncing);
    return e ? e : error;
}

// Brings the disk up to date: contents first, then metadata.
// On error  -EIO, -ENOMEM: everything else is written.
// Locks     none is held. Sleeps
int
fs_sync(void)
{
    return sync(&rootfs, true);
}

// As fs_sync(), for periodic calls: transactions in the journal may stay there.
int
fs_writeback(void)
{
    return sync(&rootfs, false);
}

// Writes the file's contents, and all earlier changes of metadata, to the disk.
// On error  -EIO, -ENOMEM, -ENOSPC, -EROFS.
// Locks     none is held. Sleeps
int
fs_fsync(struct inode *ip)
{
    struct ext2 *fs = ip->fs;
    if (!journal.active)
        return fs_sync();
    begin_op();
    uint32 tid = __atomic_load_n(&journal.tid, __ATOMIC_RELAXED); // our operation's transaction
    int error = ext2_writable(fs) ? cache_flush(&ip->pages) : -EROFS;
    end_op();
    int e = journal_commit(&journal, tid);
    return e ? e : error;
}

// Makes room for an operation that failed because the disk or the memory was full. An unlinked file
// keeps its blocks until its write-back ends; dirty pages keep their memory.
// Returns   whether the operation is worth one more attempt; false from the second one on.
// Locks     as fs_relieve(). Sleeps
bool
fs_wait_for_room(int64 error, int turn)
{
    if (turn > 0)
        return false;
    return error == -ENOMEM ? fs_relieve() : error == -ENOSPC && fs_sync() == 0;
}

// Unmounts: writes everything and marks the file system clean, if it was clean when it was mounted.
// On error  -EIO; the disk is marked as not clean. In any case the file system is read-only
//           afterwards.
int
fs_unmount(void)
{
    struct ext2 *fs = &rootfs;
    if (!fs->mounted)
        return 0;
    int error = fs_sync();
    if (!fs->dev->readonly && !error && !fs->complaints && ext2_writable(fs)) {
        error = journal_stop();
        if (!error) {
            ext2_super(fs)->state = fs->state;
            ext2_super(fs)->feature_incompat &= ~(uint32)INCOMPAT_RECOVER;
            error = write_super(fs);
        }
    }
    ext2_close(fs);
    return error;
}

// Returns whether blocks of unlinked or truncated files are still in use for lack of memory.
static bool
orphans_wait(struct ext2 *fs)
{
    acquiresleep(&fs->orphans_lock);
    bool wait = !list_empty(&fs->orphans);
    releasesleep(&fs->orphans_lock);
    return wait;
}

// Describes the file system. First frees the blocks of unlinked files, if possible.
// On error  -ENODEV: nothing is mounted.
// Locks     none is held; the caller is in no operation. Sleeps
int
fs_statfs(struct statfs *st)
{
    struct ext2 *fs = &rootfs;
    if (!fs->mounted)
        return -ENODEV;
    if (orphans_wait(fs))
        (void)fs_sync();
    acquire(&fs->alloc);
    *st = (struct statfs){.blocks = fs->blocks,
                          .bfree = fs->free_blocks + fs->npending,
                          .files = fs->inodes,
                          .ffree = fs->free_inodes,
                          .bsize = BLKSIZE,
                          .readonly = !ext2_writable(fs)};
    release(&fs->alloc);
    return 0;
}

// Adds up the statistics of the page cache, the inodes, the disk and the journal in *st.
void
fs_stats(struct fs_stats *st)
{
    cache_stats(st);
    inodes_stats(st);
    st->hits += rootfs.meta.hits;
    st->contended += rootfs.meta.lock.contended;
    if (!rootfs.mounted)
        return;
    st->disk_reads = rootfs.dev->reads;
    st->disk_writes = rootfs.dev->writes;
    st->disk_flushes = rootfs.dev->flushes;
    st->disk_blocks = rootfs.dev->blocks_written;
    st->commits = journal.commits;
    st->logged = journal.blocks;
    st->placed = journal.homes;
}

// The root directory, with a new reference.
struct inode *
fs_root(void)
{
    return idup(rootfs.root);
}
