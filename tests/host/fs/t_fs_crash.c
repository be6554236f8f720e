// SPDX-License-Identifier: MIT
// t_fs_crash.c - the power fails at every write.
//
// A random workload runs on a disk that remembers each write and flush. For a cut after each of them, and for
// choices among the writes that no flush had made safe, the file system is mounted: it must recover, show every
// operation whole or not at all and in order, hold everything that was fsynced, and be consistent (e2check, sampled:
// e2fsck). e2fsck alone must be able to do the same. Operations go on while others wait for a
// commit. The test also checks that it detects a missing flush and a lost block of the journal.
// Usage     program [ROUNDS [SEED]]
//
// SOURCES: tests/host/fs/help/crashdisk.c tests/host/fs/help/crashmodel.c tests/host/fs/help/crashwork.c
// SOURCES: tests/host/fs/help/e2check.c tests/host/fs/help/fsworld.c tests/host/fs/help/fsops.c
// SOURCES: kernel/lib/bitmap.c kernel/fs/cache/*.c kernel/fs/journal/*.c kernel/fs/ext2/*.c kernel/fs/dir/*.c
// SOURCES: kernel/dev/disk/blk.c kernel/mm/frame/frame*.c kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c
// SOURCES: kernel/mm/frame/kmem.c kernel/mm/frame/failnth.c kernel/lib/page.c kernel/sync/*.c
// SOURCES: kernel/checked/lockcheck.c tests/host/shim/host.c
// CFLAGS: -DDEBUG
#include "crashdisk.h"
#include "crashmodel.h"
#include "crashwork.h"
#include "e2check.h"
#include "fsworld.h"
#include "test.h"

#include "fs/ext2/super.h"
#include "fs/journal/jbd.h"
#include "fs/journal/journal.h"

int getpid(void); // unistd.h has a sleep() of its own

static uint8 *image; // freshly made
static unsigned long cuts, checked, replayed;
static char what[300];

static bool
wrong(const char *text)
{
    snprintf(what, sizeof what, "%s", text);
    return false;
}

static void
save(const char *path)
{
    crash_image(world_image);
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL);
    CHECK_EQ(fwrite(world_image, BLKSIZE, CRASH_BLOCKS, f), CRASH_BLOCKS);
    fclose(f);
}

static int
e2fsck(const char *options, const char *path)
{
    char command[200];
    snprintf(command, sizeof command, "PATH=$PATH:/usr/sbin:/sbin; e2fsck %s %s >%s.log 2>&1",
             options, path, path);
    int status = system(command);
    return status >> 8;
}

// Mounts the disk as it is and compares it with the model.
static bool
shows(uint32 first, uint32 last)
{
    if (fs_mount(&world_disk, false))
        return wrong("cannot be mounted");
    long state = rootfs.readonly ? -1 : cm_match(first, last, fs_journals_data);
    bool good = !rootfs.readonly && fs_unmount() == 0;
    if (!good)
        ext2_close(&rootfs);
    const char *why = good ? e2check(crash_block) : "is read-only";
    if (why)
        return wrong(why);
    return state >= 0 ? true : wrong(cm_why());
}

static const char *
image_path(void)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/vitrine-crash-%d.img", (int)getpid());
    return path;
}

static bool
e2fsck_likes_it(void)
{
    save(image_path());
    checked++;
    return e2fsck("-fn", image_path()) == 0 ? true : wrong("e2fsck -fn finds something");
}

// Lets e2fsck recover the disk after this cut.
static bool
e2fsck_recovers(uint32 first, uint32 last)
{
    save(image_path());
    if (e2fsck("-fy", image_path()) > 1)
        return wrong("e2fsck -fy cannot repair it");
    if (e2fsck("-fn", image_path()) != 0)
        return wrong("e2fsck -fn after e2fsck -fy");
    FILE *f = fopen(image_path(), "rb");
    CHECK(f != NULL && fread(world_image, BLKSIZE, CRASH_BLOCKS, f) == CRASH_BLOCKS);
    fclose(f);
    crash_set(world_image);
    replayed++;
    return shows(first, last);
}

// Cuts after `at` events, recovers and looks.
static bool
survives(uint32 at, enum keep k)
{
    uint32 first = work_acked(at), last = work_begun(at);
    bool fsck = rnd_below(400) == 0;
    cuts++;
    crash_cut(at, k);
    if (rnd_below(500) == 0)
        return e2fsck_recovers(first, last);
    for (uint64 again = rnd_below(12) == 0 ? 1 + rnd_below(2) : 0; again > 0; again--) {
        if (fs_mount(&world_disk, false)) // and the power fails again
            return wrong("cannot be mounted");
        ext2_close(&rootfs);
        crash_recut();
    }
    return shows(first, last) && (!fsck || e2fsck_likes_it());
}

static void
must_survive(uint32 at, enum keep k)
{
    if (survives(at, k))
        return;
    save(image_path());
    fprintf(stderr, "cut after event %u of %u (%d), states %u to %u: %s; see %s\n", at, nevents, k,
            work_acked(at), work_begun(at), what, image_path());
    CHECK(false);
}

static void
all_cuts(int more)
{
    crash_disk(&world_disk);
    for (uint32 at = 0; at <= nevents; at++) {
        must_survive(at, KEEP_ALL);
        for (int i = 0; i < more; i++)
            must_survive(at, (enum keep[]){KEEP_SOME, KEEP_TORN, KEEP_NONE, KEEP_SOME}[i % 4]);
    }
    world_forget();
}

static uint32
type_of(uint32 i)
{
    const struct jbd_header *h = (const struct jbd_header *)events[i].data;
    bool head = events[i].kind == EV_WRITE && be32_get(h->magic) == JBD_MAGIC;
    return head ? be32_get(h->type) : 0;
}

// Returns whether a check fails in cuts after the event.
static bool
noticed(uint32 from)
{
    for (uint32 at = from; at <= nevents && at < from + 150; at++)
        for (int i = 0; i < (at < from + 4 ? 20 : 2); i++)
            if (!survives(at, i ? KEEP_SOME : KEEP_ALL))
                return true;
    return false;
}

static void
mutants(void)
{
    uint32 tried[3] = {0}, found[3] = {0};
    crash_disk(&world_disk);
    for (uint32 i = nevents / 4; i + 1 < nevents && tried[0] + tried[1] + tried[2] < 36; i++) {
        int kind = -1;
        if (events[i].kind == EV_FLUSH && type_of(i + 1) == JBD_COMMIT)
            kind = 0;
        else if (events[i].kind == EV_FLUSH && type_of(i - 1) == JBD_COMMIT)
            kind = 1;
        else if (events[i].kind == EV_WRITE && !type_of(i) && work_in_log(events[i].block))
            kind = 2;
        if (kind < 0 || tried[kind] == 12)
            continue;
        tried[kind]++;
        crash_ignored_flush = kind < 2 ? (long)i : -1;
        crash_lost_block = kind == 2 ? (long)i : -1;
        found[kind] += noticed(i + 1);
    }
    crash_ignored_flush = crash_lost_block = -1;
    fprintf(stderr,
            "mutants noticed: %u of %u without the flush before the commit block, %u of %u without "
            "that "
            "after, %u of %u with a block missing\n",
            found[0], tried[0], found[1], tried[1], found[2], tried[2]);
    CHECK(found[0] > 0 && found[1] > 0 && found[2] * 2 > tried[2]);
    world_forget();
}

static void
record(int ops, bool data)
{
    fs_journals_data = data;
    crash_base(image);
    crash_disk(&world_disk);
    crash_recording = true;
    world_mount();
    work(ops);
    crash_recording = false;
    work_end();
    world_forget();
}

static void
make_image(void)
{
    world_format(CRASH_BLOCKS, "-j -J size=4 -N 128 -g 1024 -m 0", NULL);
    image = malloc((size_t)CRASH_BLOCKS * BLKSIZE);
    memcpy(image, world_image, (size_t)CRASH_BLOCKS * BLKSIZE);
    for (uint32 b = 0; b < CRASH_BLOCKS; b++) {
        struct jbd_super *s = (struct jbd_super *)(image + (size_t)b * BLKSIZE);
        if (be32_get(s->head.magic) == JBD_MAGIC && be32_get(s->head.type) == JBD_SUPER_V2)
            s->maxlen = be32_make(300); // it wraps around soon
    }
}

int
main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 3;
    test_seed += argc > 2 ? (uint64)atol(argv[2]) * 77777 : 0;
    freopen("/dev/null", "w", stdout);
    world_boot(16UL << 20);
    host_on_block = work_wait;
    make_image();
    for (int i = 0; i < rounds; i++) {
        record(i % 3 == 1 ? 200 : 90, i % 3 == 2);
        all_cuts(2);
        fprintf(stderr, "round %d: %u events, %u states, %lu cuts\n", i, nevents, cm_count, cuts);
    }
    record(120, false);
    mutants();
    remove(image_path());
    fprintf(stderr, "%lu cuts, e2fsck asked %lu times, recovering %lu times\n", cuts, checked,
            replayed);
    return test_done();
}
