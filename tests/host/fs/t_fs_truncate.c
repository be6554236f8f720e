// SPDX-License-Identifier: MIT
// t_fs_truncate.c - files that are truncated while their pages are in use: shared mappings and the
// file agree afterwards, also on the disk; other users keep their old pages. Without a journal,
// with one, and with the data in it.
//
// SOURCES: tests/host/fs/help/fsworld.c tests/host/fs/help/fsops.c kernel/fs/cache/*.c kernel/fs/journal/*.c
// SOURCES: kernel/lib/bitmap.c kernel/fs/ext2/*.c kernel/fs/dir/*.c kernel/dev/disk/blk.c kernel/mm/frame/frame*.c
// SOURCES: kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c kernel/mm/frame/kmem.c kernel/mm/frame/failnth.c
// SOURCES: kernel/lib/page.c kernel/sync/*.c kernel/checked/lockcheck.c tests/host/shim/host.c
// SOURCES: tests/host/shim/thread.c
// CFLAGS: -DDEBUG
#include "fsworld.h"
#include "test.h"

#include "abi/errno.h"
#include "fs/ext2/super.h"
#include "fs/journal/journal.h"
#include "mm/aspace/pager.h"

#define PAGES 5

static uint8 text[PAGES * PGSIZE], got[PAGES * PGSIZE];
static struct frame *page[PAGES];

// A file full of `byte`, whose pages are all held, for a mapping that shares them or not.
static struct pager *
hold(const char *path, uint8 byte, bool shared)
{
    memset(text, byte, sizeof text);
    CHECK_EQ(w_create(path, T_FILE), 0);
    CHECK_EQ(w_write(path, text, 0, sizeof text), sizeof text);
    CHECK_EQ(fs_sync(), 0);
    struct pager *p = inode_pager(w_open(path));
    p->sharers = shared;
    for (uint64 i = 0; i < PAGES; i++)
        CHECK_EQ(p->ops->get(p, i, &page[i]), 0);
    return p;
}

// The holder is gone; the file can be used like any other, now and from the disk.
static void
let_go(const char *path, struct pager *p, const uint8 *contents)
{
    for (uint64 i = 0; i < PAGES; i++)
        frame_put(page[i]);
    p->sharers = 0;
    p->ops->unref(p);
    world_unmount();
    world_mount();
    CHECK_EQ(w_read(path, got, 0, sizeof got), sizeof got);
    CHECK_MEM(got, contents, sizeof got);
}

static void
test_shared(void)
{
    struct frame *f;
    struct pager *p = hold("shared", 'a', true);
    CHECK_EQ(w_trunc("shared", PGSIZE + 10), 0);
    CHECK_EQ(((uint8 *)page_data(page[0]))[9], 'a');
    CHECK_EQ(((uint8 *)page_data(page[1]))[9], 'a');
    CHECK_EQ(((uint8 *)page_data(page[1]))[10], 0);
    CHECK_EQ(w_trunc("shared", 0), 0);
    memset(text, 0, PGSIZE);
    for (uint64 i = 0; i < PAGES; i++)
        CHECK_MEM(page_data(page[i]), text, PGSIZE);
    CHECK_EQ(p->ops->get(p, 0, &f), -EINVAL);
    p->ops->dirty(p, page[3]); // a store to a page that is no part of the file
    CHECK_EQ(fs_sync(), 0);
    memset(text, 'b', sizeof text);
    CHECK_EQ(w_write("shared", text, 0, sizeof text), sizeof text);
    for (uint64 i = 0; i < PAGES; i++)
        CHECK_MEM(page_data(page[i]), text, PGSIZE);
    text[2 * PGSIZE] = *(uint8 *)page_data(page[2]) = 'c';
    p->ops->dirty(p, page[2]);
    CHECK_EQ(w_read("shared", got, 0, sizeof got), sizeof got);
    CHECK_MEM(got, text, sizeof got);
    let_go("shared", p, text);
}

static void
test_held(void)
{
    static uint8 old[PGSIZE];
    struct pager *p = hold("held", 'a', false);
    memset(old, 'a', sizeof old);
    CHECK_EQ(w_trunc("held", 0), 0);
    memset(text, 'b', sizeof text);
    CHECK_EQ(w_write("held", text, 0, sizeof text), sizeof text);
    for (uint64 i = 0; i < PAGES; i++)
        CHECK_MEM(page_data(page[i]), old, PGSIZE);
    let_go("held", p, text);
}

// Unlinking the file meanwhile does not free it.
static void
test_unlinked(void)
{
    struct pager *p = hold("gone", 'a', true);
    CHECK_EQ(w_unlink("gone"), 0);
    CHECK_EQ(((uint8 *)page_data(page[4]))[9], 'a');
    for (uint64 i = 0; i < PAGES; i++)
        frame_put(page[i]);
    p->sharers = 0;
    p->ops->unref(p);
}

static void
test_disk(const char *options, bool data)
{
    world_format(4096, options, NULL);
    fs_journals_data = data;
    world_mount();
    test_shared();
    test_held();
    test_unlinked();
    world_unmount();
}

int
main(void)
{
    world_boot(8UL << 20);
    test_disk("", false);
    test_disk("-j -J size=4", false);
    test_disk("-j -J size=4", true);
    return test_done();
}
