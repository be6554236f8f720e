// SPDX-License-Identifier: MIT
// fz_fsimg.c - fuzzes the file system with damaged disks: each 8 bytes of input change one place in
// the metadata of a good image; then everything is listed, read, written, moved and removed.
// Nothing may crash, hang, reach beyond the disk or leave memory in use.
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

int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

#define BLOCKS  160
#define REGIONS 14

struct patch {
    uint8 region, op;
    uint16 at;
    uint32 value;
};

static uint8 *good;
static uint32 regions[REGIONS]; // the blocks worth changing
static uint8 buf[8 * 4096];

static uint32 *
inode_block(uint32 inum)
{
    struct ext2_group *gd = (struct ext2_group *)(good + BLKSIZE);
    struct ext2_inode *di =
        (struct ext2_inode *)(good + gd->inode_table * (uint64)BLKSIZE + (inum - 1) * 256);
    return di->block;
}

static uint32
inum_of(const char *path)
{
    struct stat st;
    CHECK_EQ(w_stat(path, &st), 0);
    return st.ino;
}

static void
prepare(void)
{
    char name[32];
    world_boot(8UL << 20);
    world_format(BLOCKS, "-I 256 -N 64", NULL);
    world_mount();
    CHECK_EQ(w_create("dir", T_DIR) | w_create("dir/sub", T_DIR) | w_create("file", T_FILE), 0);
    for (int i = 0; i < 12; i++) {
        snprintf(name, sizeof name, "dir/f%d", i);
        CHECK_EQ(w_create(name, T_FILE), 0);
    }
    for (int i = 0; i < 3; i++)
        CHECK_EQ(w_write("file", buf, (uint64)i * sizeof buf, sizeof buf), sizeof buf);
    uint32 file = inum_of("file"), dir = inum_of("dir"), sub = inum_of("dir/sub");
    world_unmount();
    good = malloc(BLOCKS * BLKSIZE);
    memcpy(good, world_image, BLOCKS * BLKSIZE);
    struct ext2_group *gd = (struct ext2_group *)(good + BLKSIZE);
    uint32 found[REGIONS] = {0,
                             0,
                             1,
                             gd->block_bitmap,
                             gd->inode_bitmap,
                             gd->inode_table,
                             gd->inode_table,
                             gd->inode_table + 1,
                             inode_block(2)[0],
                             inode_block(dir)[0],
                             inode_block(sub)[0],
                             inode_block(file)[12],
                             inode_block(file)[12],
                             inode_block(dir)[0]};
    memcpy(regions, found, sizeof regions);
}

static void
apply(const struct patch *p)
{
    uint8 *at = world_image + (uint64)regions[p->region % REGIONS] * BLKSIZE;
    uint32 off = p->region % REGIONS < 2    ? 1024 + p->at % 300
                 : p->region % REGIONS == 2 ? p->at % 32
                                            : p->at % 4096;
    uint32 small = p->value % BLOCKS;
    if (p->region % REGIONS == 12)
        off %= 64;
    memcpy(at + off, p->op & 1 ? &small : &p->value,
           p->op & 2     ? 1
           : p->op & 4   ? 2
           : off <= 4092 ? 4
                         : 1);
}

static void
try_all(const char *dir, int depth)
{
    static struct dirent d[5][64];
    char path[100];
    int64 n = w_read(dir, d[depth], 0, sizeof d[depth]);
    for (int64 i = 0; i < n / 16; i++) {
        struct stat st;
        snprintf(path, sizeof path, "%.70s/%.14s", dir, d[depth][i].name);
        if (d[depth][i].inum == 0 || d[depth][i].name[0] == '.' || w_stat(path, &st))
            continue;
        if (st.type == T_DIR && depth < 4) {
            try_all(path, depth + 1);
        } else {
            (void)!w_read(path, buf, 0, sizeof buf);
            (void)!w_read(path, buf, st.size / 2, sizeof buf);
        }
    }
}

static void
change_all(void)
{
    char path[40];
    (void)w_create("dir/new", T_FILE);
    (void)!w_write("dir/new", buf, 0, sizeof buf);
    (void)!w_write("file", buf, 0, 100);
    (void)!w_write("file", buf, 24 * 4096, sizeof buf);
    (void)w_create("newdir", T_DIR);
    (void)w_rename("dir/sub", "newdir/sub");
    (void)w_rename("file", "dir/f3");
    (void)w_link("dir/f3", "other");
    (void)w_trunc("dir/f3", 5000);
    for (int i = 0; i < 12; i++) {
        snprintf(path, sizeof path, "dir/f%d", i);
        (void)w_unlink(path);
    }
    (void)w_unlink("newdir/sub");
    (void)w_unlink("dir");
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
    if (!good) {
        prepare();
        CHECK(freopen("/dev/null", "w", stdout) != NULL);
    }
    world_load(good, BLOCKS * BLKSIZE);
    for (size_t i = 0; i + sizeof(struct patch) <= size && i < 16 * sizeof(struct patch);
         i += sizeof(struct patch)) {
        struct patch p;
        memcpy(&p, data + i, sizeof p);
        apply(&p);
    }
    world_sealed = true; // until it is mounted
    int error = fs_mount(&world_disk, size % 8 == 1);
    world_sealed = false;
    CHECK(!error || !world_dead_writes);
    if (!error) {
        try_all("/", 0);
        if (size % 8 != 2)
            change_all();
        (void)!fs_sync();
        try_all("/", 0);
        (void)!fs_unmount();
    }
    world_forget();
    return 0;
}
