// SPDX-License-Identifier: MIT
// t_fs_broken.c - disks that must be refused, mounted read-only, or found damaged while in use; blocks that cannot
// be read or written; every allocation of a mount failing in turn.
//
// SOURCES: tests/host/fs/help/fsworld.c tests/host/fs/help/fsops.c kernel/fs/cache/*.c kernel/fs/journal/*.c
// SOURCES: kernel/lib/bitmap.c kernel/fs/ext2/*.c kernel/fs/dir/*.c kernel/dev/disk/blk.c kernel/mm/frame/frame*.c
// SOURCES: kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c kernel/mm/frame/kmem.c kernel/mm/frame/failnth.c
// SOURCES: kernel/lib/page.c kernel/sync/*.c kernel/checked/lockcheck.c tests/host/shim/host.c
// SOURCES: tests/host/shim/thread.c
// CFLAGS: -DDEBUG
#include "fsworld.h"
#include "test.h"

#include "fs/ext2/ext2.h"

#define BLOCKS 256

static uint8 *good;
static uint32 dir_inum, file_inum;
static char buf[20 * 4096];

static struct ext2_super *
super(void)
{
    return (struct ext2_super *)(world_image + 1024);
}

static struct ext2_group *
group(void)
{
    return (struct ext2_group *)(world_image + BLKSIZE);
}

static struct ext2_inode *
inode(uint32 inum)
{
    return (struct ext2_inode *)(world_image + group()->inode_table * 4096UL + (inum - 1) * 256UL);
}

static uint8 *
block(uint32 b)
{
    return world_image + b * 4096UL;
}

static void
fresh(void)
{
    world_load(good, BLOCKS * 4096UL);
}

static void
prepare(void)
{
    struct stat st;
    world_format(BLOCKS, "-I 256 -N 64", NULL);
    world_mount();
    CHECK_EQ(w_create("dir", T_DIR) | w_create("dir/a", T_FILE) | w_create("file", T_FILE), 0);
    CHECK_EQ(w_write("file", buf, 0, sizeof buf), sizeof buf);
    CHECK_EQ(w_stat("dir", &st), 0);
    dir_inum = st.ino;
    CHECK_EQ(w_stat("file", &st), 0);
    file_inum = st.ino;
    world_unmount();
    good = malloc(BLOCKS * 4096UL);
    memcpy(good, world_image, BLOCKS * 4096UL);
}

// The disk as it is now must be refused with this error, and not be written to.
static void
refused(int error)
{
    world_sealed = true;
    CHECK_EQ(fs_mount(&world_disk, false), error);
    CHECK_EQ(world_dead_writes, 0);
    world_forget();
}

static void
test_refused(void)
{
    fresh(), super()->magic = 0, refused(-EINVAL);
    fresh(), super()->log_block_size = 0, refused(-EINVAL);
    fresh(), super()->feature_incompat |= 0x40, refused(-EINVAL);
    fresh(), super()->feature_incompat |= 0x80, refused(-EINVAL);
    fresh(), super()->feature_incompat |= 1U << 30, refused(-EINVAL);
    fresh(), super()->blocks_per_group = 0, refused(-EINVAL);
    fresh(), super()->inodes_per_group = 0, refused(-EINVAL);
    fresh(), super()->inode_size = 100, refused(-EINVAL);
    fresh(), super()->inodes_count += 8, refused(-EINVAL);
    fresh(), super()->blocks_count = BLOCKS + 1, refused(-EINVAL);
    fresh(), group()->inode_table = BLOCKS, refused(-EUCLEAN);
    fresh(), group()->block_bitmap = 0, refused(-EUCLEAN);
    fresh(), group()->inode_bitmap = group()->block_bitmap, refused(-EUCLEAN);
    fresh(), inode(2)->mode = S_IFREG, refused(-EUCLEAN);
    fresh(), inode(2)->links_count = 0, refused(-EUCLEAN);
    fresh(), world_bad_block = 0, refused(-EIO);
    fresh(), world_bad_block = 1, refused(-EIO);
    fresh(), world_disk.blocks = 0, refused(-EINVAL);
    fresh(), world_disk.blocks = BLOCKS - 1, refused(-EINVAL);
}

// The disk as it is now can be read, and is not written to.
static void
only_readable(bool ask)
{
    world_sealed = true;
    CHECK_EQ(fs_mount(&world_disk, ask), 0);
    CHECK_EQ(w_read("file", buf, 0, 100), 100);
    CHECK_EQ(w_write("file", buf, 0, 1), -EROFS);
    CHECK_EQ(w_create("new", T_FILE), -EROFS);
    CHECK_EQ(w_create("file", T_FILE), 0); // opens it
    CHECK_EQ(w_create("new", T_DIR), -EROFS);
    CHECK_EQ(w_unlink("file"), -EROFS);
    CHECK_EQ(w_link("file", "other"), -EROFS);
    CHECK_EQ(w_rename("file", "other"), -EROFS);
    CHECK_EQ(w_trunc("file", 0), -EROFS);
    CHECK_EQ(fs_sync(), 0);
    CHECK_EQ(fs_unmount(), 0);
    CHECK_EQ(world_dead_writes, 0);
    world_forget();
}

static void
test_readonly(void)
{
    fresh(), only_readable(true);
    fresh(), super()->feature_ro_compat |= 0x400, only_readable(false);
    fresh(), super()->feature_incompat |= 4, only_readable(false);
    fresh(), world_disk.readonly = true, only_readable(false);
}

// A call on the disk as it is now finds the damage; afterwards it is read-only and marked.
#define DAMAGED(call)                                                                              \
    do {                                                                                           \
        CHECK_EQ(fs_mount(&world_disk, false), 0);                                                 \
        CHECK_EQ(call, -EUCLEAN);                                                                  \
        CHECK_EQ(w_create("another", T_FILE), -EROFS);                                             \
        CHECK_EQ(fs_unmount(), 0);                                                                 \
        CHECK_EQ(super()->state &EXT2_VALID, 0);                                                   \
        world_forget();                                                                            \
    } while (0)

static void
set_rec_len(uint16 value)
{
    fresh();
    memcpy(block(inode(dir_inum)->block[0]) + 4, &value, 2);
}

static void
set_entry(uint32 inum)
{
    fresh();
    memcpy(block(inode(dir_inum)->block[0]) + 24, &inum, 4);
}

static void
test_directories(void)
{
    set_rec_len(0);
    DAMAGED(w_read("dir/x", buf, 0, 1));
    set_rec_len(10);
    DAMAGED(w_read("dir/x", buf, 0, 1));
    set_rec_len(5000);
    DAMAGED(w_create("dir/x", T_FILE));
    set_rec_len(0);
    DAMAGED(w_read("dir", buf, 0, 64));
    set_entry(65);
    DAMAGED(w_read("dir/a", buf, 0, 1));
    set_entry(5);
    DAMAGED(w_read("dir/a", buf, 0, 1));
    set_entry(60);
    DAMAGED(w_read("dir/a", buf, 0, 1));
    set_entry(dir_inum);
    DAMAGED(w_unlink("dir/a"));
    fresh(), inode(dir_inum)->size = 5000;
    DAMAGED(w_read("dir/a", buf, 0, 1));
    fresh(), inode(dir_inum)->size = 1 << 30;
    DAMAGED(w_read("dir/a", buf, 0, 1));
    fresh(), inode(dir_inum)->block[0] = 0;
    DAMAGED(w_read("dir/a", buf, 0, 1));
}

static void
test_files(void)
{
    fresh(), inode(file_inum)->flags |= EXT2_EXTENTS_FL;
    DAMAGED(w_read("file", buf, 0, 1));
    fresh(), inode(file_inum)->block[0] = BLOCKS;
    DAMAGED(w_read("file", buf, 0, 1));
    fresh(), inode(file_inum)->block[0] = 1;
    DAMAGED(w_read("file", buf, 0, 1));
    fresh(), inode(file_inum)->block[12] = group()->inode_table;
    DAMAGED(w_read("file", buf, 15 * 4096, 1));
    fresh(), memset(block(inode(file_inum)->block[12]), 0xf0, 4);
    DAMAGED(w_read("file", buf, 12 * 4096, 1));
    fresh(), inode(file_inum)->block[3] = group()->block_bitmap;
    DAMAGED(w_write("file", buf, 3 * 4096, 9));
    fresh(), memset(block(group()->block_bitmap), 0, 8);
    DAMAGED(w_write("dir/a", buf, 0, 1));
    fresh(), memset(block(group()->block_bitmap), 0xff, 4096);
    DAMAGED(w_write("dir/a", buf, 0, 1));
    fresh(), memset(block(group()->inode_bitmap), 0xff, 8);
    DAMAGED(w_create("x", T_FILE));
}

// A block that cannot be read: the call fails, others work, and the disk stays as it should be.
static void
test_unreadable(void)
{
    fresh();
    world_mount();
    world_bad_block = inode(file_inum)->block[5];
    CHECK_EQ(w_read("file", buf, 5 * 4096, 10), -EIO);
    CHECK_EQ(w_read("file", buf, 4 * 4096, 5000), 4096);
    CHECK_EQ(w_write("file", buf, 5 * 4096 + 1, 10), -EIO);
    CHECK_EQ(w_write("file", buf, 5 * 4096, 4096), 4096); // needs no reading
    world_bad_block = ~0UL;
    CHECK_EQ(w_read("file", buf, 5 * 4096, 10), 10);
    world_unmount();
    fresh();
    world_mount();
    world_bad_block = inode(file_inum)->block[0];
    CHECK_EQ(w_write("file", buf, 0, 4096), 4096);
    CHECK_EQ(fs_sync(), -EIO); // told once
    world_bad_block = ~0UL;
    CHECK_EQ(fs_sync(), 0);
    world_unmount();
}

// Each allocation of mounting fails in turn; nothing may be left behind.
static void
test_no_memory(void)
{
    int failures = 0;
    bool spent = false;
    for (long n = 0; !spent; n++) {
        fresh();
        world_fail_at = n;
        world_fail_on = true;
        int error = fs_mount(&world_disk, false);
        spent = world_fail_at > 0;
        world_fail_at = -1;
        if (!error) {
            world_unmount();
            continue;
        }
        CHECK_EQ(error, -ENOMEM);
        failures++;
        world_forget();
    }
    CHECK(failures > 5);
}

int
main(void)
{
    world_boot(8UL << 20);
    prepare();
    test_refused();
    test_readonly();
    test_directories();
    test_files();
    test_unreadable();
    test_no_memory();
    return test_done();
}
