// SPDX-License-Identifier: MIT
// mount.c - open and close an ext2 file system.
//
// Theory    All values that later code relies on are checked here once: sizes, counts, and that
//           each group's tables are inside the group and do not overlap.
// Promises  A refused disk has not been written to, and a line gives the reason. Features: an
//           unknown incompatible one refuses the disk by name; an unknown one that only forbids
//           writing, or a journal that has not been replayed, makes the mount read-only.
#include "abi/errno.h"
#include "fs/ext2/orphanlist.h"
#include "fs/ext2/pending.h"
#include "fs/ext2/dcache.h"
#include "fs/ext2/inode.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"
#include "fs/journal/journal.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/frame/kmem.h"

#define STRETCH 32 // blocks of inodes that are read at once, at most

static const struct feature {
    uint32 bit;
    const char *name;
} features[] = {
    {0x1, "compression"}, {0x8, "journal_dev"},  {0x10, "meta_bg"},     {0x40, "extents"},
    {0x80, "64bit"},      {0x100, "mmp"},        {0x200, "flex_bg"},    {0x400, "ea_inode"},
    {0x1000, "dirdata"},  {0x2000, "csum_seed"}, {0x4000, "large_dir"}, {0x8000, "inline_data"},
    {0x10000, "encrypt"}, {0x20000, "casefold"},
};

static int
refuse(const struct ext2 *fs, int error, const char *why)
{
    printf("ext2: %s: not mounted: %s\n", fs->dev->name, why);
    return error;
}

static int
check_features(struct ext2 *fs, const struct ext2_super *sb, bool *readonly)
{
    uint32 unknown = sb->feature_incompat & ~(uint32)(INCOMPAT_FILETYPE | INCOMPAT_RECOVER);
    for (uint32 i = 0; i < NELEM(features); i++) {
        if (unknown & features[i].bit) {
            printf("ext2: %s: not mounted: needs the feature %s\n", fs->dev->name,
                   features[i].name);
            return -EINVAL;
        }
    }
    if (unknown)
        return refuse(fs, -EINVAL, "needs a feature without a known name");
    bool newer = sb->feature_ro_compat & ~(uint32)(RO_SPARSE_SUPER | RO_LARGE_FILE);
    if (newer)
        printf("ext2: %s: read-only: it has features that only a newer ext2 may write\n",
               fs->dev->name);
    *readonly |= newer;
    return 0;
}

// Checks the superblock. Returns the reason why it is invalid, or NULL.
static const char *
impossible(const struct ext2 *fs, const struct ext2_super *sb)
{
    uint32 size = sb->rev_level ? sb->inode_size : 128;
    if (sb->log_block_size != 2 || sb->first_data_block != 0)
        return "its blocks are not of 4 KiB (mke2fs -b 4096 makes such)";
    if (size < 128 || size > BLKSIZE || (size & (size - 1)))
        return "its inode size is impossible";
    if (sb->blocks_count == 0 || sb->inodes_count == 0 || sb->blocks_per_group == 0 ||
        sb->inodes_per_group == 0)
        return "it says that it is empty";
    if (sb->blocks_per_group > BLKSIZE * 8 || sb->inodes_per_group > BLKSIZE * 8)
        return "its groups are larger than their bitmaps";
    if (sb->blocks_count > fs->dev->blocks)
        return "the device is smaller than the file system";
    uint64 groups = ((uint64)sb->blocks_count + sb->blocks_per_group - 1) / sb->blocks_per_group;
    if (groups * sb->inodes_per_group != sb->inodes_count)
        return "its number of inodes does not match its groups";
    return NULL;
}

static void
take_geometry(struct ext2 *fs, const struct ext2_super *sb)
{
    fs->blocks = sb->blocks_count;
    fs->inodes = sb->inodes_count;
    fs->blocks_per_group = sb->blocks_per_group;
    fs->inodes_per_group = sb->inodes_per_group;
    fs->groups = (sb->blocks_count - 1) / sb->blocks_per_group + 1;
    fs->inode_size = sb->rev_level ? sb->inode_size : 128;
    fs->first_ino = sb->rev_level ? sb->first_ino : 11;
    fs->table_blocks = (fs->inodes_per_group * fs->inode_size + BLKSIZE - 1) / BLKSIZE;
    fs->gdt_blocks = (uint32)((fs->groups * sizeof(struct ext2_group) + BLKSIZE - 1) / BLKSIZE);
    fs->reserved_gdt = sb->reserved_gdt_blocks;
    fs->sparse_super = sb->rev_level && sb->feature_ro_compat & RO_SPARSE_SUPER;
    fs->filetype = sb->rev_level && sb->feature_incompat & INCOMPAT_FILETYPE;
    fs->free_blocks = sb->free_blocks_count;
    fs->free_inodes = sb->free_inodes_count;
    fs->state = sb->state;
    fs->now = sb->wtime > sb->mtime ? sb->wtime : sb->mtime;
}

static int
read_super(struct ext2 *fs, bool *readonly)
{
    if (fs->dev->blocks == 0)
        return refuse(fs, -EINVAL, "the device is empty");
    int error = cache_get(&fs->meta, 0, &fs->super);
    if (error)
        return refuse(fs, error, "its first block cannot be read");
    const struct ext2_super *sb = ext2_super(fs);
    if (sb->magic != EXT2_MAGIC)
        return refuse(fs, -EINVAL, "there is no ext2 file system on it");
    error = sb->rev_level ? check_features(fs, sb, readonly) : 0;
    if (error)
        return error;
    const char *why = impossible(fs, sb);
    if (why)
        return refuse(fs, -EINVAL, why);
    take_geometry(fs, sb);
    return 0;
}

// Returns whether the group's tables are in the group and do not overlap.
static bool
group_ok(struct ext2 *fs, uint32 g)
{
    const struct ext2_group *gd = ext2_group(fs, g);
    uint32 start = g * fs->blocks_per_group, length = fs->blocks - start;
    if (length > fs->blocks_per_group)
        length = fs->blocks_per_group;
    uint32 bb = gd->block_bitmap - start, ib = gd->inode_bitmap - start,
           table = gd->inode_table - start;
    if (bb >= length || ib >= length || table >= length || fs->table_blocks > length - table)
        return false;
    if (g == 0 && (bb <= fs->gdt_blocks || ib <= fs->gdt_blocks || table <= fs->gdt_blocks))
        return false;
    return bb != ib && bb - table >= fs->table_blocks && ib - table >= fs->table_blocks;
}

static int
check_groups(struct ext2 *fs)
{
    for (uint32 g = 0; g < fs->groups; g++) {
        if (!group_ok(fs, g)) {
            printf("ext2: %s: not mounted: the descriptor of group %u makes no sense\n",
                   fs->dev->name, g);
            return -EUCLEAN;
        }
    }
    return 0;
}

static int
read_groups(struct ext2 *fs)
{
    fs->gdt = kmem_zalloc(fs->gdt_blocks * sizeof *fs->gdt);
    fs->block_hint = kmem_zalloc(fs->groups * sizeof *fs->block_hint);
    fs->inode_hint = kmem_zalloc(fs->groups * sizeof *fs->inode_hint);
    if (!fs->gdt || !fs->block_hint || !fs->inode_hint)
        return refuse(fs, -ENOMEM, "not enough memory");
    for (uint32 i = 0; i < fs->gdt_blocks; i++) {
        int error = cache_get(&fs->meta, 1 + i, &fs->gdt[i]);
        if (error)
            return refuse(fs, error, "its group descriptors cannot be read");
    }
    return check_groups(fs);
}

// Checks superblock and descriptors again, since replaying the journal may have changed them.
static int
reread(struct ext2 *fs)
{
    const struct ext2_super *sb = ext2_super(fs);
    struct ext2 was = *fs;
    const char *why = impossible(fs, sb);
    if (sb->magic != EXT2_MAGIC)
        why = "its journal destroyed its superblock";
    if (why)
        return refuse(fs, -EUCLEAN, why);
    take_geometry(fs, sb);
    fs->state |= was.state & EXT2_ERRORS; // keeps errors that the journal has not recorded
    if (fs->blocks != was.blocks || fs->groups != was.groups || fs->inodes != was.inodes ||
        fs->inode_size != was.inode_size || fs->gdt_blocks != was.gdt_blocks)
        return refuse(fs, -EUCLEAN, "its journal says that it has another size");
    return check_groups(fs);
}

static int
meta_map(struct pcache *pc, uint64 index, bool create, uint64 *block)
{
    (void)create;
    *block = index;
    return index < pc->dev->blocks ? 0 : -EUCLEAN;
}

static uint64
meta_size(struct pcache *pc)
{
    return pc->dev->blocks * BLKSIZE;
}

// Returns the number of blocks to read at once. Blocks of inodes are read up to the next multiple
// of STRETCH: files that are made or looked up together have inodes side by side.
static uint32
meta_near(struct pcache *pc, uint64 index)
{
    struct ext2 *fs = container_of(pc, struct ext2, meta);
    if (!fs->mounted)
        return 1;
    uint64 at = index - ext2_group(fs, (uint32)index / fs->blocks_per_group)->inode_table;
    if (at >= fs->table_blocks) // a block in front of the table is a large number
        return 1;
    uint64 left = fs->table_blocks - at, n = STRETCH - at % STRETCH;
    return (uint32)(n < left ? n : left);
}

// Here block 0 is an ordinary block of the disk, not a hole.
static const struct pcache_ops meta_ops = {.map = meta_map, .size = meta_size, .near = meta_near};

static int
open_root(struct ext2 *fs)
{
    int error = iget(fs, EXT2_ROOT, &fs->root);
    if (error)
        return refuse(fs, error, "its root directory cannot be read");
    if (inode_type(fs->root) == T_DIR)
        return 0;
    return refuse(fs, -EUCLEAN, "its root is not a directory");
}

// Marks the disk, until it is unmounted, as possibly inconsistent or as needing its journal.
static int
mark_in_use(struct ext2 *fs)
{
    struct ext2_super *sb = ext2_super(fs);
    if (!(fs->state & EXT2_VALID) || fs->state & EXT2_ERRORS)
        printf("ext2: %s: was not unmounted in order; e2fsck should look at it\n", fs->dev->name);
    if (fs->journalled)
        sb->feature_incompat |= INCOMPAT_RECOVER;
    else
        sb->state &= (uint16)~EXT2_VALID;
    sb->mnt_count++;
    fs->now++;
    sb->mtime = sb->wtime = ext2_now(fs);
    cache_dirty(&fs->meta, fs->super);
    int error = cache_flush(&fs->meta);
    return error ? error : ext2_start_journal(fs);
}

// Opens the file system on the device.
// On error  -EINVAL, -EUCLEAN, -EIO, -ENOMEM: a line gives the reason; the disk is unchanged.
// Sleeps
int
ext2_open(struct ext2 *fs, struct blkdev *d, bool readonly)
{
    memset(fs, 0, sizeof *fs);
    fs->dev = d;
    fs->readonly = true;
    pcache_init(&fs->meta, &meta_ops, d, 0, 1);
    initlock(&fs->alloc, "ext2", RANK_FS);
    initsleeplock(&fs->rename, "rename");
    initsleeplock(&fs->orphans_lock, "orphans");
    list_init(&fs->orphans);
    list_init(&fs->orphan_list);
    readonly |= d->readonly;
    int error = read_super(fs, &readonly);
    if (!error)
        error = read_groups(fs);
    if (!error)
        error = ext2_open_journal(fs, &readonly);
    if (!error)
        error = reread(fs);
    if (!error)
        error = open_root(fs);
    if (!error && !readonly && fs->complaints == 0)
        error = mark_in_use(fs);
    if (error) {
        ext2_close(fs);
        return error;
    }
    fs->readonly = readonly || fs->complaints;
    fs->mounted = true;
    if (journal.active)
        orphanlist_reclaim(fs);
    else if (fs_durable && !fs->readonly)
        printf("ext2: %s: durable=on has no effect: there is no journal\n", d->name);
    return 0;
}

// Frees everything except inodes with references. Dirty pages are lost.
void
ext2_close(struct ext2 *fs)
{
    fs->readonly = true;
    orphans_forget(fs);
    if (fs->root)
        iput(fs->root);
    fs->root = NULL;
    fs->mounted = false;
    dcache_clear();
    if (journal.fs == &fs->journal)
        journal_close();
    fs->journalled = false;
    pending_close(fs);
    inodes_drop();
    for (uint32 i = 0; fs->gdt && i < fs->gdt_blocks; i++) {
        if (fs->gdt[i])
            frame_put(fs->gdt[i]);
    }
    if (fs->super)
        frame_put(fs->super);
    kmem_free(fs->gdt);
    kmem_free(fs->block_hint);
    kmem_free(fs->inode_hint);
    fs->gdt = NULL;
    fs->super = NULL;
    fs->block_hint = fs->inode_hint = NULL;
    pcache_destroy(&fs->meta);
}
