// SPDX-License-Identifier: MIT
// t_fs_pairs.c - two harts in one file: one stops at each access to a page's record, to the inode or
// to its copy for the disk, while the other runs to its end; and both stop at each pair of accesses
// to the record. Afterwards the page's block is the one that the file has there, and the copy
// agrees with the inode.
//
// SOURCES: tests/host/fs/help/fsworld.c tests/host/fs/help/fsops.c kernel/fs/cache/*.c kernel/fs/journal/*.c
// SOURCES: kernel/lib/bitmap.c kernel/fs/ext2/*.c kernel/fs/dir/*.c kernel/dev/disk/blk.c kernel/mm/frame/frame*.c
// SOURCES: kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c kernel/mm/frame/kmem.c kernel/mm/frame/failnth.c
// SOURCES: kernel/lib/page.c kernel/sync/*.c kernel/checked/lockcheck.c tests/host/fs/help/pair.c
// SOURCES: tests/host/mmu/fiber.c tests/host/shim/host.c
// CFLAGS: -DDEBUG --param asan-instrumentation-with-call-threshold=0
#include "fsworld.h"
#include "pair.h"
#include "test.h"

#include "fs/ext2/bmap.h"
#include "fs/ext2/super.h"
#include "mm/aspace/pager.h"
#include "mm/copy/iobuf.h"

#define PAGES 8 // of the file; all but the first are holes
#define HOLE  1 // the page that has been written to through a mapping

static uint32 blocks;             // of the disk
static uint8 *image;              // a disk with the file, as it is before each run
static struct inode *file, *gone; // `gone` and the file have lost their names, in this order
static struct frame *page;        // over the hole
static char text[5000];
static uint64 blocks_before, inodes_before; // free ones, as the harts begin

// ---- The harts' operations

static void
write_at(uint64 at, size_t n)
{
    begin_op();
    CHECK_EQ(writei(file, iobuf_kernel(text), at, n), n);
    end_op();
}

static void
write_same_page(void)
{
    write_at(HOLE * PGSIZE + 100, 50);
}

static void
write_other_page(void)
{
    write_at((HOLE + 1) * PGSIZE, PGSIZE);
}

static void
append(void)
{
    write_at(PAGES * PGSIZE, sizeof text);
}

static void
write_back(void)
{
    begin_op();
    CHECK_EQ(cache_flush(&file->pages), 0);
    end_op();
}

static void
let_go(void)
{
    w_put(gone);
    gone = NULL;
}

static void
write_back_all(void)
{
    (void)cache_flush_all(false);
}

// Drops the last reference: the file's blocks are free at once, although they are being written
// back.
static void
drop_file(void)
{
    struct statfs st;
    w_put(file);
    file = NULL;
    CHECK_EQ(fs_statfs(&st), 0);
    CHECK_EQ(st.ffree, inodes_before + 1);
    CHECK_EQ(st.bfree, blocks_before + 1);
}

// All of the file goes, and it begins anew.
static void
replace(void)
{
    CHECK_EQ(itrunc(file, 0), 0);
    write_at(0, 50);
}

// Reads as a fault does that has checked the size before the file was truncated: the page that it
// began to read may not belong to the file any more.
static void
read_first(void)
{
    struct frame *f;
    int error = cache_get(&file->pages, 0, &f);
    CHECK(!error || error == -EINVAL);
    if (!error)
        frame_put(f);
}

static const struct {
    const char *what;
    void (*one)(void), (*other)(void);
    bool unlinked;
} pairs[] = {
    {"a page over a hole is written to, and back", write_same_page, write_back, false},
    {"a file gets two blocks", write_other_page, write_back, false},
    {"a file grows, and gets a block within", append, write_back, false},
    {"a file without a name grows, its neighbour is freed", append, let_go, true},
    {"a file without a name is freed while it is written back", drop_file, write_back_all, true},
};

// ---- Checks

// The copy of the file's inode that goes to the disk.
static struct ext2_inode *
copy_for_disk(void)
{
    struct frame *pin;
    CHECK_EQ(inode_pin(file, &pin), 0);
    frame_put(pin); // the cache has a reference of its own
    uint64 at = (file->inum - 1) % rootfs.inodes_per_group * rootfs.inode_size % BLKSIZE;
    return (struct ext2_inode *)((char *)page_data(pin) + at);
}

static void
check_copy(void)
{
    const struct ext2_inode *copy = copy_for_disk();
    CHECK_EQ(copy->size, file->size);
    CHECK_EQ(copy->blocks, file->sectors);
    CHECK_EQ(copy->dtime, file->dtime);
    CHECK_EQ(copy->links_count, file->nlink);
    CHECK_MEM(copy->block, file->block, sizeof file->block);
}

static void
check_page(void)
{
    uint32 block, its;
    CHECK_EQ(bmap_find(file, HOLE, &block), 0);
    bool placed = page_block(page, &its);
    CHECK_EQ(placed ? its : 0, block);
}

// ---- Running them

static void
dirty_by_mapping(void)
{
    struct pager *p = inode_pager(file);
    CHECK_EQ(p->ops->get(p, HOLE, &page), 0);
    memset(page_data(page), 'm', PGSIZE);
    p->ops->dirty(p, page);
}

static void
begin(bool unlinked)
{
    world_load(image, blocks * BLKSIZE);
    world_late = false;
    world_mount();
    file = w_open("file");
    gone = w_open("gone");
    if (unlinked) {
        CHECK_EQ(w_unlink("gone"), 0);
        CHECK_EQ(w_unlink("file"), 0);
        CHECK(file->listed && file->dtime == gone->inum);
    }
    dirty_by_mapping();
    struct statfs st;
    CHECK_EQ(fs_statfs(&st), 0);
    blocks_before = st.bfree;
    inodes_before = st.ffree;
    pair_watch_nothing();
    pair_watch(page, sizeof *page);
}

static void
watch_inode(void)
{
    pair_watch(file, sizeof *file);
    pair_watch(copy_for_disk(), sizeof(struct ext2_inode));
}

static void
end(bool look_closely)
{
    if (file) {
        check_copy();
        check_page();
    }
    frame_put(page);
    if (gone)
        w_put(gone);
    if (file)
        w_put(file);
    CHECK_EQ(fs_unmount(), 0);
    world_forget();
    CHECK(!look_closely || world_clean());
}

// The first stops at each place in turn, until it comes to its end.
static unsigned
all_places(void (*first)(void), void (*second)(void), bool unlinked)
{
    for (unsigned n = 0;; n++) {
        begin(unlinked);
        watch_inode();
        unsigned stopped = pair_run(first, second, n, PAIR_NEVER);
        end(!stopped || n % 16 == 0);
        if (!stopped)
            return n;
    }
}

// Both stop, at each pair of places where they look at the page, or at the file's pages.
static unsigned
all_pairs(void (*first)(void), void (*second)(void), bool pages)
{
    unsigned tried = 0, stopped = 1;
    for (unsigned n = 0; stopped & 1; n++) {
        stopped = 2;
        for (unsigned m = 0; stopped & 2; m++, tried++) {
            begin(false);
            if (pages)
                pair_watch(&file->pages, sizeof file->pages);
            stopped = pair_run(first, second, n, m);
            end(!stopped);
        }
    }
    return tried;
}

static void
prepare(bool journal)
{
    blocks = journal ? 4096 : 256;
    world_format(blocks, journal ? "-N 64 -j -J size=4" : "-N 64", NULL);
    world_late = false;
    world_mount();
    CHECK_EQ(w_create("file", T_FILE) | w_create("gone", T_FILE), 0);
    CHECK_EQ(w_write("file", "first", 0, 5), 5);
    world_unmount();
    world_debugfs("sif file size 32768"); // PAGES of them
    image = realloc(image, blocks * BLKSIZE);
    memcpy(image, world_image, blocks * BLKSIZE);
}

int
main(void)
{
    memset(text, 't', sizeof text);
    world_boot(16 << 20);
    for (size_t i = 0; i < NELEM(pairs); i++) {
        prepare(pairs[i].unlinked);
        unsigned there = all_places(pairs[i].one, pairs[i].other, pairs[i].unlinked);
        unsigned back = all_places(pairs[i].other, pairs[i].one, pairs[i].unlinked);
        printf("%s: %u and %u places\n", pairs[i].what, there, back);
        CHECK(there > 10 && back > 10); // else nothing has been watched
    }
    prepare(false);
    unsigned both = all_pairs(write_same_page, write_back, false);
    printf("%s: %u pairs of places\n", pairs[0].what, both);
    CHECK(both > 50);
    both = all_pairs(replace, read_first, true);
    printf("a file is cut and begins anew, and is read: %u pairs of places\n", both);
    CHECK(both > 50);
    free(image);
    return test_done();
}
