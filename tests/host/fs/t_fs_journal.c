// SPDX-License-Identifier: MIT
// t_fs_journal.c - journals that Linux tools wrote are replayed: transactions, revoked blocks, words that look like a
// head, the incomplete end; an invalid journal makes the disk read-only; a journal larger than
// memory is not filled. t_fs_crash.c checks that Linux tools replay our journal.
//
// SOURCES: tests/host/fs/help/fsworld.c tests/host/fs/help/fsops.c kernel/fs/cache/*.c kernel/fs/journal/*.c
// SOURCES: kernel/lib/bitmap.c kernel/fs/ext2/*.c kernel/fs/dir/*.c kernel/dev/disk/blk.c kernel/mm/frame/frame*.c
// SOURCES: kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c kernel/mm/frame/kmem.c kernel/mm/frame/failnth.c
// SOURCES: kernel/lib/page.c kernel/sync/*.c kernel/checked/lockcheck.c tests/host/shim/host.c
// SOURCES: tests/host/shim/thread.c
// CFLAGS: -DDEBUG
#include "fsworld.h"
#include "test.h"

#include "fs/ext2/super.h"
#include "fs/journal/jbd.h"
#include "fs/journal/journal.h"

#define BLOCKS 4096

int getpid(void); // unistd.h has a sleep() of its own

static uint8 page[BLKSIZE];

static uint8 *
block(uint32 n)
{
    return world_image + (size_t)n * BLKSIZE;
}

static struct jbd_super *
journal_super(void)
{
    for (uint32 b = 0; b < BLOCKS; b++) {
        struct jbd_super *s = (struct jbd_super *)block(b);
        if (be32_get(s->head.magic) == JBD_MAGIC && be32_get(s->head.type) == JBD_SUPER_V2)
            return s;
    }
    CHECK(false);
    return NULL;
}

// Has debugfs put a page of this byte over the blocks, or revoke them when it is 0.
static void
linux_writes(const char *how, uint8 byte)
{
    char command[300], path[64];
    snprintf(path, sizeof path, "/tmp/vitrine-journal-%d", (int)getpid());
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL);
    memset(page, byte, sizeof page);
    if (byte == 0xc0)
        *(be32 *)page = be32_make(JBD_MAGIC);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(fwrite(page, 1, BLKSIZE, f), BLKSIZE);
    fclose(f);
    snprintf(command, sizeof command, "jo\\njw %s %s\\njc", how, byte ? path : "");
    world_debugfs(command);
    remove(path);
}

static void
check_byte(uint32 b, uint8 byte)
{
    for (uint32 i = 4; i < BLKSIZE; i++)
        CHECK_EQ(block(b)[i], byte);
    CHECK_EQ(*(be32 *)block(b), byte == 0xc0 ? be32_make(JBD_MAGIC) : byte * 0x01010101U);
}

// Blocks at the end of the disk, which no file has.
static void
test_linux(void)
{
    world_format(BLOCKS, "-j -J size=4", NULL);
    linux_writes("-b 4000,4001,4002", 0x11);
    linux_writes("-b 4001", 0xc0);
    linux_writes("-b 4003,4004", 0x22);
    linux_writes("-r 4004", 0);
    linux_writes("-b 4000 -c", 0x33); // no commit block: ignored
    block(4004)[5] = 7;
    CHECK(journal_super()->start != 0);
    world_mount();
    check_byte(4000, 0x11);
    check_byte(4001, 0xc0);
    check_byte(4002, 0x11);
    check_byte(4003, 0x22);
    CHECK_EQ(block(4004)[5], 7);
    CHECK_EQ(journal_super()->start, 0);
    world_unmount();
}

// Replays, with a power cut after each number of writes; the final disk must always be the same.
static void
test_again(void)
{
    world_format(BLOCKS, "-j -J size=4", NULL);
    linux_writes("-b 4000,4001,4002", 0x44);
    linux_writes("-r 4002", 0);
    linux_writes("-b 4000", 0x55);
    uint8 *cut = malloc((size_t)BLOCKS * BLKSIZE);
    memcpy(cut, world_image, (size_t)BLOCKS * BLKSIZE);
    for (int i = 0; i < 3; i++) {
        world_load(cut, (size_t)BLOCKS * BLKSIZE);
        world_mount();
        ext2_close(&rootfs); // replayed blocks are written; nothing else happened
        CHECK_EQ(journal_super()->start, 0);
        check_byte(4000, 0x55);
        check_byte(4001, 0x44);
        journal_super()->start =
            ((struct jbd_super *)(cut + ((uint8 *)journal_super() - world_image)))->start;
        journal_super()->tid =
            ((struct jbd_super *)(cut + ((uint8 *)journal_super() - world_image)))->tid;
        world_mount();
        check_byte(4000, 0x55);
        world_unmount();
    }
    free(cut);
}

// An invalid journal: the disk can be read, and is not written to.
static void
refused(const char *what)
{
    char buf[8];
    world_sealed = true;
    CHECK_EQ(fs_mount(&world_disk, false), 0);
    printf("%s: read-only %d\n", what, rootfs.readonly);
    CHECK(rootfs.readonly);
    CHECK_EQ(w_create("new", T_FILE), -EROFS);
    CHECK_EQ(w_read("kept", buf, 0, 8), 4);
    CHECK_EQ(fs_unmount(), 0);
    CHECK_EQ(world_dead_writes, 0);
    world_forget();
}

static void
test_impossible(void)
{
    static const struct {
        const char *what;
        uint32 at, value; // in the journal's superblock
    } bad[] = {
        {"no magic", 0, 0},     {"blocks of 1 KiB", 12, 1024}, {"too long", 16, 100000},
        {"too short", 16, 20},  {"begins at 0", 20, 0},        {"begins behind its end", 28, 5000},
        {"64-bit tags", 40, 2}, {"checksums", 40, 16},         {"fast commits", 40, 32}};
    world_format(BLOCKS, "-j -J size=4", NULL);
    world_mount();
    CHECK_EQ(w_create("kept", T_FILE), 0);
    CHECK_EQ(w_write("kept", "kept", 0, 4), 4);
    world_unmount();
    uint8 *good = malloc((size_t)BLOCKS * BLKSIZE);
    memcpy(good, world_image, (size_t)BLOCKS * BLKSIZE);
    for (uint32 i = 0; i < NELEM(bad); i++) {
        world_load(good, (size_t)BLOCKS * BLKSIZE);
        *(be32 *)((char *)journal_super() + bad[i].at) = be32_make(bad[i].value);
        refused(bad[i].what);
    }
    world_load(good, (size_t)BLOCKS * BLKSIZE);
    linux_writes("-b 4000", 0x66);
    for (uint32 b = 0; b < BLOCKS; b++) {
        struct jbd_header *h = (struct jbd_header *)block(b);
        if (be32_get(h->magic) == JBD_MAGIC && be32_get(h->type) == JBD_DESCRIPTOR)
            ((struct jbd_tag *)(h + 1))->block = be32_make(BLOCKS + 1);
    }
    refused("a block behind the end of the disk");
    free(good);
}

// A log of twice the memory is never filled: copies of its blocks stay in memory.
static void
test_memory(void)
{
    char path[16];
    uint64 all = frames_free(), least = all;
    world_format(16384, "-j -J size=16 -N 512", NULL);
    fs_journals_data = true;
    world_mount();
    for (int i = 0; i < 400; i++) {
        snprintf(path, sizeof path, "f%d", i);
        CHECK_EQ(w_create(path, T_FILE), 0);
        for (uint64 off = 0; off < 8 * BLKSIZE; off += BLKSIZE)
            CHECK_EQ(w_write(path, page, off, BLKSIZE), BLKSIZE);
        if (i % 4 == 3)
            CHECK_EQ(fs_writeback(), 0); // may leave transactions in the log
        (void)fs_reclaim(~0UL);
        least = frames_free() < least ? frames_free() : least;
    }
    printf("of %lu frames at least %lu could be had\n", all, least);
    CHECK(least > all / 2);
    world_unmount();
    fs_journals_data = false;
}

int
main(void)
{
    world_boot(8UL << 20);
    test_linux();
    test_again();
    test_impossible();
    test_memory();
    return test_done();
}
