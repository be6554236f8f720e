// SPDX-License-Identifier: MIT
// t_virtio.c - the disk driver against a model of a virtio disk, legacy and modern.
//
// SOURCES: kernel/dev/disk/virtio.c kernel/dev/disk/virtio_blk.c kernel/dev/disk/blk.c kernel/sync/*.c
// SOURCES: tests/host/shim/host.c tests/host/shim/thread.c
#include "test.h"

#include "abi/errno.h"
#include "dev/disk/blk.h"
#include "dev/disk/virtio_blk.h"
#include "dev/machine.h"
#include "shim/thread.h"
#include "virtiodisk.h"

static struct blkdev *
plug_in(uint32 version, uint64 features, uint32 queue_max)
{
    static const struct machine m = {
        .nvirtio = 2,
        .virtio = {{.base = 0x10001000, .size = 0x200, .irq = 1},
                   {.base = 0x10002000, .size = 0x200, .irq = 2}},
    };
    static int disks;
    memset(&dev, 0, sizeof(dev));
    dev.version = version;
    dev.id = 2;
    dev.features = features | (version == 2 ? VIRTIO_F_VERSION_1 : 0);
    dev.queue_max = queue_max;
    dev.seg_max = features & 1 << 2 ? 14 : 1;
    host_direct_map = (uint64)arena - RAM;
    if (virtio_blk_init(&m) == 0)
        return NULL;
    struct blkdev *d = blk_get(disks++);
    CHECK(d);
    CHECK(!blk_get(disks));
    CHECK_EQ(d->blocks, BLOCKS);
    CHECK_STR(d->name, "vda");
    return d;
}

static int
device_runs(bool killable)
{
    CHECK(!killable);
    run_device();
    interrupt();
    return 0;
}

static uint8 page[2][BLKSIZE] __attribute__((aligned(4096)));
static uint8 pages[BLOCKS][BLKSIZE] __attribute__((aligned(4096)));

static void
fill(uint8 *p, uint64 seed)
{
    for (size_t i = 0; i < BLKSIZE; i++)
        p[i] = (uint8)(seed * 7 + i * 13 + (i >> 8));
}

static void
test_rw(uint32 version)
{
    struct blkdev *d = plug_in(version, 1UL << 9, 1024);
    CHECK(d);
    CHECK(!d->readonly);
    dev.holds = true;
    host_on_block = device_runs;
    for (uint64 b = 0; b < BLOCKS; b += 9) {
        fill(page[0], b);
        CHECK_EQ(blk_rw(d, BLK_WRITE, b, v2p(page[0])), 0);
        CHECK_MEM(contents + b * BLKSIZE, page[0], BLKSIZE);
        CHECK_EQ(blk_rw(d, BLK_READ, b, v2p(page[1])), 0);
        CHECK_MEM(page[0], page[1], BLKSIZE);
    }
    CHECK_EQ(blk_rw(d, BLK_READ, BLOCKS, v2p(page[1])), -EIO);
    CHECK_EQ(blk_rw(d, BLK_WRITE, ~0UL, v2p(page[1])), -EIO);
    CHECK_EQ(blk_rw(d, BLK_FLUSH, 0, 0), 0);
    CHECK_EQ(dev.flushed, 1);
    CHECK_EQ(d->reads, 8);
    CHECK_EQ(d->writes, 8);
    CHECK_EQ(d->flushes, 1);
    dev.fail = 1;
    CHECK_EQ(blk_rw(d, BLK_READ, 0, v2p(page[1])), -EIO);
}

static unsigned long ended;
static int errors;
static struct blkdev *resubmit_to;

static void
one_ended(struct blk_req *r)
{
    CHECK(r->arg); // not ended before
    r->arg = NULL;
    ended++;
    errors += r->status != 0;
    if (resubmit_to && rnd_below(2)) { // no lock is held here
        r->arg = r;
        blk_submit(resubmit_to, r);
    }
}

static void
run_all(void)
{
    for (unsigned long before = ~0UL; before != dev.served;) {
        before = dev.served;
        run_device();
        interrupt();
    }
}

// A list of requests, for blocks from[0], from[1] ... from[n - 1].
static void
submit_list(struct blkdev *d, enum blk_op op, const uint64 *from, size_t n)
{
    static struct blk_req req[BLOCKS];
    struct list reqs = LIST_INIT(reqs);
    ended = 0;
    errors = 0;
    for (size_t i = 0; i < n; i++) {
        void *at = pages[from[i] % BLOCKS];
        req[i] = (struct blk_req){
            .op = op, .block = from[i], .pa = v2p(at), .done = one_ended, .arg = &req[i]};
        list_push_back(&reqs, &req[i].link);
    }
    blk_submit_all(d, &reqs);
    CHECK(list_empty(&reqs));
    run_all();
    CHECK_EQ(ended, n);
}

static const uint64 in_order[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
#define IN_ORDER NELEM(in_order)

// Requests for consecutive blocks reach the device as one, as far as it takes them.
static void
test_runs(uint32 version, uint32 queue_max, unsigned long longest, unsigned long transfers)
{
    struct blkdev *d = plug_in(version, 1UL << 2, queue_max);
    dev.holds = true;
    for (uint64 b = 0; b < BLOCKS; b++)
        fill(pages[b], b + 100);
    submit_list(d, BLK_WRITE, in_order, IN_ORDER);
    CHECK_EQ(errors, 0);
    CHECK_EQ(dev.longest, longest);
    CHECK_EQ(d->writes, transfers);
    CHECK_EQ(d->blocks_written, IN_ORDER);
    for (size_t i = 0; i < IN_ORDER; i++)
        CHECK_MEM(contents + in_order[i] * BLKSIZE, pages[in_order[i]], BLKSIZE);
    memset(pages, 0, sizeof pages);
    submit_list(d, BLK_READ, in_order, IN_ORDER);
    CHECK_EQ(d->reads, transfers);
    for (size_t i = 0; i < IN_ORDER; i++)
        CHECK_MEM(contents + in_order[i] * BLKSIZE, pages[in_order[i]], BLKSIZE);
}

// Requests that are not consecutive are not joined, nor those that are not of blocks of the device.
static void
test_no_runs(void)
{
    static const uint64 mixed[] = {5, 4, 4, 7, 8, BLOCKS, 9, ~0UL, 0};
    struct blkdev *d = plug_in(2, 1UL << 2, 1024);
    dev.holds = true;
    submit_list(d, BLK_READ, mixed, NELEM(mixed));
    CHECK_EQ(errors, 2);
    CHECK_EQ(d->reads, 5); // 5, 4, 4, 7 to 9, 0
}

// A block that cannot be transferred takes no other of its run along.
static void
test_bad_block(void)
{
    struct blkdev *d = plug_in(2, 1UL << 2, 1024);
    dev.holds = true;
    dev.bad = 10 + 1;
    memset(pages, 0, sizeof pages);
    submit_list(d, BLK_READ, in_order, IN_ORDER);
    CHECK_EQ(errors, 1);
    for (size_t i = 0; i < IN_ORDER; i++)
        CHECK(in_order[i] == 10 ||
              memcmp(contents + in_order[i] * BLKSIZE, pages[in_order[i]], BLKSIZE) == 0);
    dev.bad = 0;
    CHECK_EQ(blk_rw(d, BLK_READ, 10, v2p(page[0])), 0);
}

// Many more requests than the queue holds, ended in any order.
static void
test_many(uint32 version, uint64 features, uint32 queue_max)
{
    static struct blk_req req[1000];
    struct blkdev *d = plug_in(version, features, queue_max);
    CHECK(d);
    dev.holds = true;
    dev.fail = 10;
    ended = 0;
    errors = 0;
    for (size_t i = 0; i < NELEM(req); i++) {
        req[i] = (struct blk_req){
            .op = i % 3 ? BLK_READ : BLK_WRITE,
            .block = i % BLOCKS,
            .pa = v2p(page[0]),
            .done = one_ended,
            .arg = &req[i],
        };
        blk_submit(d, &req[i]);
        if (rnd_below(50) == 0)
            run_device();
        if (rnd_below(20) == 0)
            interrupt();
    }
    resubmit_to = d;
    for (int i = 0; i < 100; i++) {
        run_device();
        interrupt();
    }
    resubmit_to = NULL;
    run_all();
    CHECK(ended >= NELEM(req));
    CHECK_EQ(dev.served, d->reads + d->writes);
    CHECK_EQ(dev.longest > 1, features != 0);
    CHECK(ended <= dev.blocks);
    CHECK(errors > 50 || (features && errors > 5)); // a run that fails is repeated
    for (size_t i = 0; i < NELEM(req); i++)
        CHECK(!req[i].arg);
}

static void
test_features(void)
{
    struct blkdev *d = plug_in(1, 1UL << 5, 128);
    CHECK(d->readonly);
    CHECK_EQ(blk_rw(d, BLK_WRITE, 0, v2p(page[0])), -EIO);
    CHECK_EQ(blk_rw(d, BLK_FLUSH, 0, 0), 0);
    CHECK_EQ(dev.served, 0);
}

// A device may not be able to tell, and then is not told.
static void
test_no_notify(void)
{
    struct blkdev *d = plug_in(2, 0, 128);
    struct virtq_used *used = p2v(queue_pa(2));
    dev.holds = true;
    host_on_block = device_runs;
    used->flags = 1;
    CHECK_EQ(blk_rw(d, BLK_READ, 0, v2p(page[0])), 0);
    CHECK_EQ(dev.notified, 0);
    used->flags = 0;
    CHECK_EQ(blk_rw(d, BLK_READ, 0, v2p(page[0])), 0);
    CHECK_EQ(dev.notified, 1);
}

static void
test_liars(void)
{
    static const uint32 made_up[] = {1, 2, 63, 64, 255, 256, 0xffffffff};
    struct blkdev *d = plug_in(2, 0, 1024);
    struct virtq_used *used = p2v(queue_pa(2));
    for (size_t i = 0; i < NELEM(made_up); i++) {
        used->ring[used->idx++ % VIRTQ_MAXNUM].id = made_up[i];
        dev.raised = true;
        dev.handler(dev.arg);
    }
    dev.holds = true;
    host_on_block = device_runs;
    CHECK_EQ(blk_rw(d, BLK_READ, 0, v2p(page[0])), 0);
}

static void
test_useless(void)
{
    CHECK(!plug_in(3, 0, 128)); // a transport of the future
    CHECK(!plug_in(1, 0, 0));   // no queue
    CHECK(!plug_in(1, 0, 2));   // too short a queue
    CHECK_EQ(frames_freed, 3);  // two of slots, one queue
    CHECK(dev.regs[0x70 / 4] & 128);
    CHECK(!blk_find("vdz"));
}

int
main(void)
{
    for (uint32 version = 1; version <= 2; version++) {
        test_rw(version);
        for (uint64 features = 0; features <= 4; features += 4) {
            test_many(version, features, 1024);
            test_many(version, features, 16);
            test_many(version, features, 4);
        }
        test_runs(version, 1024, 14, 2); // as long as the device allows
        test_runs(version, 16, 12, 2);   // as there are descriptors
        test_runs(version, 4, 2, 9);
    }
    test_no_runs();
    test_bad_block();
    test_features();
    test_no_notify();
    test_liars();
    test_useless();
    return test_done();
}
