// SPDX-License-Identifier: MIT
// t_fs_read.c - an image made by mke2fs is read back: files of every size class, names, links, directories
// as records, mapped pages; memory is at rest afterwards.
//
// SOURCES: tests/host/fs/help/fsworld.c tests/host/fs/help/fsops.c kernel/fs/cache/*.c kernel/fs/journal/*.c
// SOURCES: kernel/lib/bitmap.c kernel/fs/ext2/*.c kernel/fs/dir/*.c kernel/dev/disk/blk.c kernel/mm/frame/frame*.c
// SOURCES: kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c kernel/mm/frame/kmem.c kernel/mm/frame/failnth.c
// SOURCES: kernel/lib/page.c kernel/sync/*.c kernel/checked/lockcheck.c tests/host/shim/host.c
// SOURCES: tests/host/shim/thread.c
// CFLAGS: -DDEBUG
#include "fsworld.h"
#include "test.h"

#include <unistd.h>

#include "fs/cache/cache.h"
#include "mm/aspace/pager.h"

#define BIG (6 * 1024 * 1024 + 123) // reaches the doubly indirect blocks

static uint8 big[BIG], back[BIG];

static void
make_image(void)
{
    char name[300], target[100];
    const char *dir = world_tree();
    for (size_t i = 0; i < BIG; i++)
        big[i] = (uint8)rnd();
    world_file("empty", "", 0);
    world_file("small", "hello", 5);
    world_file("page", big, 4096);
    world_file("big", big, BIG);
    world_file("a-name-of-many-letters", "cut", 3);
    snprintf(name, sizeof name, "mkdir -p %s/sub/deep %s/many", dir, dir);
    CHECK_EQ(system(name), 0);
    world_file("sub/deep/leaf", "leaf", 4);
    for (int i = 0; i < 700; i++) {
        snprintf(name, sizeof name, "many/f%03d", i);
        world_file(name, name, strlen(name));
    }
    snprintf(name, sizeof name,
             "ln %s/small %s/hard; truncate -s 9000000 %s/sparse; printf end >> %s/sparse", dir,
             dir, dir, dir);
    CHECK_EQ(system(name), 0);
    snprintf(name, sizeof name, "%s/short", dir);
    CHECK_EQ(symlink("sub/deep/leaf", name), 0);
    snprintf(name, sizeof name, "%s/sub/up", dir);
    CHECK_EQ(symlink("/sub/../short", name), 0);
    memset(target, '/', sizeof target);
    memcpy(target + 80, "small", 6);
    snprintf(name, sizeof name, "%s/slow", dir);
    CHECK_EQ(symlink(target, name), 0);
    snprintf(name, sizeof name, "%s/loop", dir);
    CHECK_EQ(symlink("loop", name), 0);
    world_format(8192, "", dir);
    world_debugfs("mknod console c 1 7");
}

static void
test_files(void)
{
    char buf[64];
    CHECK_EQ(w_read("small", buf, 0, 64), 5);
    CHECK_MEM(buf, "hello", 5);
    CHECK_EQ(w_read("/small", buf, 3, 64), 2);
    CHECK_EQ(w_read("small", buf, 5, 64), 0);
    CHECK_EQ(w_read("small", buf, ~0UL - 5, 64), 0);
    CHECK_EQ(w_read("empty", buf, 0, 64), 0);
    CHECK_EQ(w_read("page", back, 0, BIG), 4096);
    CHECK_MEM(back, big, 4096);
    CHECK_EQ(w_read("big", back, 0, BIG), BIG);
    CHECK_MEM(back, big, BIG);
    for (int i = 0; i < 300; i++) {
        uint64 off = rnd_below(BIG), n = rnd_below(20000);
        uint64 want = n < BIG - off ? n : BIG - off;
        CHECK_EQ(w_read("big", back, off, n), want);
        CHECK_MEM(back, big + off, want);
    }
    CHECK_EQ(w_read("sparse", back, 4500000, 5000), 5000);
    for (int i = 0; i < 5000; i++)
        CHECK_EQ(back[i], 0);
    CHECK_EQ(w_read("sparse", buf, 9000000, 64), 3);
    CHECK_MEM(buf, "end", 3);
}

static void
test_paths(void)
{
    char buf[64], path[200];
    struct stat st;
    CHECK_EQ(w_read("sub/deep/leaf", buf, 0, 64), 4);
    CHECK_EQ(w_read("//sub///deep//.././deep/leaf", buf, 0, 64), 4);
    CHECK_EQ(w_read("//sub///deep//.././deep/leaf//", buf, 0, 64), -ENOTDIR);
    CHECK_EQ(w_read("../../small", buf, 0, 64), 5);
    CHECK_EQ(w_read("a-name-of-many-letters", buf, 0, 64), 3);
    CHECK_EQ(w_read("a-name-of-many", buf, 0, 64), 3);
    CHECK_EQ(w_read("a-name-of-manyXYZ", buf, 0, 64), 3);
    CHECK_EQ(w_read("a-name-of-man", buf, 0, 64), -ENOENT);
    CHECK_EQ(w_read("small/x", buf, 0, 64), -ENOTDIR);
    CHECK_EQ(w_read("none", buf, 0, 64), -ENOENT);
    CHECK_EQ(w_read("", buf, 0, 64), -ENOENT);
    CHECK_EQ(w_read("short", buf, 0, 64), 4);
    CHECK_EQ(w_read("sub/up", buf, 0, 64), 4);
    CHECK_EQ(w_read("slow", buf, 0, 64), 5);
    CHECK_EQ(w_read("loop", buf, 0, 64), -ELOOP);
    CHECK_EQ(w_read("loop/x", buf, 0, 64), -ELOOP);
    memset(path, '/', sizeof path);
    memcpy(path + 122, "small", 6);
    CHECK_EQ(w_read(path, buf, 0, 64), 5);
    CHECK_EQ(w_stat("console", &st), 0);
    CHECK_EQ(st.type, T_DEVICE);
    struct inode *ip = w_open("console");
    int major, minor;
    inode_rdev(ip, &major, &minor);
    CHECK_EQ(major, 1);
    CHECK_EQ(minor, 7);
    w_put(ip);
    CHECK_EQ(w_stat("/", &st), 0);
    CHECK_EQ(st.ino, 2);
    CHECK_EQ(st.type, T_DIR);
    CHECK_EQ(w_stat("hard", &st), 0);
    CHECK_EQ(st.nlink, 2);
    CHECK_EQ(st.type, T_FILE);
    CHECK_EQ(st.size, 5);
}

// Reads the directory in pieces of `piece` bytes; every name must come once.
static void
test_records(size_t piece)
{
    static struct dirent all[4000];
    uint32 seen = 0, dots = 0;
    uint64 off = 0;
    for (int64 n; (n = w_read("many", (char *)all + off, off, piece)) > 0; off += (uint64)n)
        CHECK(off + piece < sizeof all);
    CHECK_EQ(off % 16, 0);
    for (uint64 i = 0; i < off / 16; i++) {
        char name[DIRSIZ + 1] = {0};
        memcpy(name, all[i].name, DIRSIZ);
        if (all[i].inum == 0)
            continue;
        if (name[0] == '.')
            dots++;
        else
            seen += name[0] == 'f';
    }
    CHECK_EQ(seen, 700);
    CHECK_EQ(dots, 2);
    CHECK_EQ(all[0].name[0], '.');
    CHECK(all[off / 16 - 1].inum != 0);
}

// A page that starts readahead ends the run of ready pages.
static void
test_ready_ahead(struct pager *p)
{
    struct frame *page[32], *f;
    CHECK(cache_reclaim(~0UL) > 0);
    for (uint64 i = 0; i < 4; i += 3) { // the second has to wait for those before it
        CHECK_EQ(p->ops->get(p, i, &f), 0);
        frame_put(f);
    }
    uint32 n = p->ops->ready(p, 0, 32, page);
    CHECK(n > 0 && n < 4);
    f = p->ops->peek(p, n);
    CHECK(f && f->flags & PG_READAHEAD);
    frame_put(f);
    while (n > 0)
        frame_put(page[--n]);
}

// Pages that are in memory are found as far as they follow each other, each with a reference.
static void
test_ready(struct pager *p)
{
    struct fs_stats before, after;
    struct frame *page[32], *f;
    CHECK(cache_reclaim(~0UL) > 0 && cache_reclaim(~0UL) == 0);
    CHECK_EQ(p->ops->ready(p, 0, 32, page), 0);
    for (uint64 i = 7; i >= 5; i--) { // backwards nothing is read ahead
        CHECK_EQ(p->ops->get(p, i, &f), 0);
        frame_put(f);
    }
    fs_stats(&before);
    CHECK_EQ(p->ops->ready(p, 5, 2, page), 2);
    CHECK_EQ(p->ops->ready(p, 7, 32, page + 2), 1);
    for (uint64 i = 0; i < 3; i++) {
        CHECK_EQ(page[i]->refs, 2);
        CHECK_MEM(page[i]->mem, big + (5 + i) * 4096, 4096);
    }
    CHECK_EQ(cache_reclaim(~0UL), 0);
    for (uint64 i = 0; i < 3; i++)
        frame_put(page[i]);
    CHECK_EQ(p->ops->ready(p, 8, 32, page), 0);
    CHECK_EQ(p->ops->ready(p, BIG / 4096 + 1, 32, page), 0);
    fs_stats(&after);
    CHECK_EQ(before.reads, after.reads);
}

static void
test_mapped(void)
{
    struct inode *ip = w_open("big");
    struct pager *p = inode_pager(ip);
    struct frame *f;
    p->ops->ref(p);
    w_put(ip);
    CHECK_EQ(p->ops->size(p), BIG);
    CHECK_EQ(p->ops->get(p, BIG / 4096, &f), 0);
    CHECK_MEM(f->mem, big + BIG / 4096 * 4096, BIG % 4096);
    for (int i = BIG % 4096; i < 4096; i++)
        CHECK_EQ(((uint8 *)f->mem)[i], 0);
    CHECK(p->ops->peek(p, BIG / 4096) == f);
    frame_put(f);
    frame_put(f);
    CHECK_EQ(p->ops->get(p, BIG / 4096 + 1, &f), -EINVAL);
    test_ready(p);
    test_ready_ahead(p);
    p->ops->unref(p);
}

int
main(void)
{
    world_boot(4UL << 20); // less than the big file: pages must be given back
    make_image();
    world_mount();
    test_files();
    test_paths();
    test_records(16);
    test_records(4096);
    test_records(23);
    test_mapped();
    struct fs_stats st;
    fs_stats(&st);
    CHECK(st.reads > 1500);
    CHECK(st.hits > st.reads);
    world_unmount();
    return test_done();
}
