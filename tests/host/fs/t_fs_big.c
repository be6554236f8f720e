// SPDX-License-Identifier: MIT
// t_fs_big.c - large directories and large files: the cost of a call does not grow with the
// directory, and files that reach the triply indirect blocks can be written, truncated and removed.
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

#define MANY 20000

static uint64
looked_up(void)
{
    struct fs_stats st;
    fs_stats(&st);
    return st.hits + st.reads;
}

static void
check_cost(uint64 before, uint32 calls, const char *what)
{
    uint64 each = (looked_up() - before) / calls;
    printf("%s: %lu pages looked at\n", what, each);
    CHECK(each < 60);
}

static void
test_directory(void)
{
    char path[40], to[40], text[8];
    struct stat st;
    uint64 before = looked_up();
    CHECK_EQ(w_create("big", T_DIR), 0);
    for (int i = 0; i < MANY; i++) {
        snprintf(path, sizeof path, "big/f%d", i);
        CHECK_EQ(w_create(path, T_FILE), 0);
        if (i % 1000 == 0)
            CHECK_EQ(w_write(path, path, 0, 8), 8);
    }
    check_cost(before, MANY, "create");
    before = looked_up();
    for (int i = 0; i < MANY; i++) {
        snprintf(path, sizeof path, "big/f%d", (int)rnd_below(2 * MANY));
        CHECK_EQ(w_stat(path, &st), atoi(path + 5) < MANY ? 0 : -ENOENT);
    }
    check_cost(before, MANY, "look up");
    before = looked_up();
    for (int i = 0; i < MANY; i += 3) {
        snprintf(path, sizeof path, "big/f%d", i);
        snprintf(to, sizeof to, "big/g%d", i);
        CHECK_EQ(w_rename(path, to), 0);
    }
    check_cost(before, MANY / 3, "rename");
    CHECK_EQ(w_read("big/g3000", text, 0, 8), 8);
    CHECK_MEM(text, "big/f3000", 8);
    world_unmount();
    world_mount();
    before = looked_up();
    for (int i = 0; i < MANY; i++) {
        snprintf(path, sizeof path, "big/%c%d", i % 3 ? 'f' : 'g', i);
        CHECK_EQ(w_unlink(path), 0);
    }
    check_cost(before, MANY, "unlink");
    CHECK_EQ(w_unlink("big"), 0);
}

// Makes a file of three levels without writing 4 GiB: the size and the pointers are put onto the disk by hand.
static void
plant(uint64 size)
{
    CHECK_EQ(w_create("huge", T_FILE), 0);
    CHECK_EQ(w_write("huge", "first", 0, 5), 5);
    struct stat st;
    CHECK_EQ(w_stat("huge", &st), 0);
    world_unmount();
    struct ext2_group *gd = (struct ext2_group *)(world_image + BLKSIZE);
    uint32 per_group = ((struct ext2_super *)(world_image + 1024))->inodes_per_group;
    struct ext2_inode *di =
        (struct ext2_inode *)(world_image + gd[(st.ino - 1) / per_group].inode_table * 4096UL) +
        (st.ino - 1) % per_group * 2;
    CHECK_EQ(di->size, 5);
    di->size = (uint32)size;
    di->size_high = (uint32)(size >> 32);
    ((struct ext2_super *)(world_image + 1024))->feature_ro_compat |= RO_LARGE_FILE;
    world_mount();
}

static void
test_file(void)
{
    const uint64 size = (12 + 1024 + 1024 * 1024 + 5000) * 4096UL + 77;
    char buf[9000], back[9000];
    struct stat st;
    plant(size);
    for (size_t i = 0; i < sizeof buf; i++)
        buf[i] = (char)(i * 7);
    CHECK_EQ(w_read("huge", back, 0, 5), 5);
    CHECK_MEM(back, "first", 5);
    CHECK_EQ(w_read("huge", back, size - 100, 200), 100);
    static const uint64 places[] = {0, 11 * 4096 + 100, (12 + 1023) * 4096UL + 1,
                                    (12 + 1024 + 1024 * 777UL) * 4096,
                                    (12 + 1024 + 1024 * 1024UL - 1) * 4096};
    for (size_t i = 0; i < NELEM(places); i++)
        CHECK_EQ(w_write("huge", buf, places[i], sizeof buf), sizeof buf);
    CHECK_EQ(w_write("huge", buf, size, sizeof buf), sizeof buf); // behind all, three levels deep
    for (int i = 0; i < 40; i++)
        CHECK_EQ(w_write("huge", buf, size + (uint64)(i + 1) * sizeof buf, sizeof buf), sizeof buf);
    world_unmount();
    world_mount();
    for (size_t i = 0; i < NELEM(places); i++) {
        CHECK_EQ(w_read("huge", back, places[i], sizeof back), sizeof back);
        CHECK_MEM(back, buf, sizeof buf);
    }
    CHECK_EQ(w_read("huge", back, size + 17 * sizeof buf, sizeof back), sizeof back);
    CHECK_MEM(back, buf, sizeof buf);
    CHECK_EQ(w_trunc("huge", places[3] + 10), 0);
    CHECK_EQ(w_read("huge", back, places[3], sizeof back), 10);
    CHECK_EQ(w_write("huge", buf, places[3] + 10, 100), 100);
    CHECK_EQ(w_read("huge", back, places[3], sizeof back), 110);
    CHECK_MEM(back + 10, buf, 100);
    CHECK_EQ(w_write("huge", buf, ~0UL - 5, 100), -EINVAL);
    world_unmount();
    world_mount();
    CHECK_EQ(w_stat("huge", &st), 0);
    CHECK_EQ(st.size, places[3] + 110);
    CHECK_EQ(w_unlink("huge"), 0);
}

int
main(void)
{
    struct statfs before, after;
    world_boot(12UL << 20);
    world_format(16384, "-N 21000 -m 0", NULL);
    world_mount();
    CHECK_EQ(fs_statfs(&before), 0);
    test_directory();
    test_file();
    CHECK_EQ(fs_statfs(&after), 0);
    CHECK_EQ(after.bfree, before.bfree);
    CHECK_EQ(after.ffree, before.ffree);
    world_unmount();
    return test_done();
}
