// SPDX-License-Identifier: MIT
// t_glass_virtio_bad.c - the disks of the glass machine and drivers that are wrong: counted, never a crash.
//
// SOURCES: machine/board/*.c
#include "glassdriver.h"

static void
expect(unsigned status, enum virtio_fault fault, unsigned got)
{
    CHECK_EQ(got, status);
    CHECK_EQ(disk->faults, 1);
    CHECK_EQ(disk->fault, fault);
    start(true, 0);
}

static void
test_bad_requests(void)
{
    start(true, 0);
    expect(1, VIRTIO_SECTOR, request(IN, 128, DATA, 512));
    expect(1, VIRTIO_SECTOR, request(IN, 127, DATA, 1024));
    expect(1, VIRTIO_SECTOR, request(OUT, ~0UL, DATA, 512));
    expect(1, VIRTIO_SECTOR, request(IN, 0, DATA, 511));
    expect(1, VIRTIO_DATA, request(IN, 0, 0x1000, 512));
    expect(1, VIRTIO_DATA, request(IN, 0, RAM_BASE + BOARD_RAM - 256, 512));
    expect(1, VIRTIO_DATA, request(OUT, 0, ~0UL - 100, 512));
    expect(1, VIRTIO_DATA, request(GET_ID, 0, 8, 20));
    describe(1, DATA, 512, NEXT, 2); // read into what the device may not write
    describe(0, HEADER, 16, NEXT, 1);
    describe(2, STATUS, 1, WRITE, 0);
    set_header(IN, 0);
    publish(0);
    ring_bell();
    expect(1, VIRTIO_DIRECTION, *ram_at(&m.ram, STATUS));
    m.disk_readonly[0] = true;
    expect(1, VIRTIO_READONLY, request(OUT, 0, DATA, 512));
    CHECK_EQ(request(IN, 0, DATA, 512), 0);
    m.disk_readonly[0] = false;
}

// The chain at descriptor 0 makes the device stop.
static void
expect_stop(enum virtio_fault fault)
{
    publish(0);
    ring_bell();
    CHECK_EQ(disk->faults, 1);
    CHECK_EQ(disk->fault, fault);
    CHECK_EQ(get(SLOT + 0x70, 4), 15 | 0x40);
    CHECK_EQ(get16(USED + 2), 0);
    ring_bell(); // a stopped device does nothing more
    CHECK_EQ(disk->faults, 1);
    start(true, 0);
    CHECK_EQ(request(IN, 0, DATA, 512), 0);
    start(true, 0);
    set_header(IN, 0);
}

static void
test_bad_chains(void)
{
    start(true, 0);
    set_header(IN, 0);
    describe(0, HEADER, 15, WRITE, 0);
    expect_stop(VIRTIO_HEADER);
    describe(0, HEADER, 15, NEXT, 1);
    describe(1, STATUS, 1, WRITE, 0);
    expect_stop(VIRTIO_HEADER);
    describe(0, 0, 16, NEXT, 1);
    describe(1, STATUS, 1, WRITE, 0);
    expect_stop(VIRTIO_HEADER);
    describe(0, HEADER, 16, 0, 0);
    expect_stop(VIRTIO_NO_STATUS);
    describe(0, HEADER, 16, NEXT, 1);
    describe(1, DATA, 512, 0, 0);
    expect_stop(VIRTIO_NO_STATUS);
    describe(0, HEADER, 16, NEXT, 1);
    describe(1, 0x1000, 1, WRITE, 0);
    expect_stop(VIRTIO_NO_STATUS);
    describe(0, HEADER, 16, NEXT, NUM);
    expect_stop(VIRTIO_INDEX);
    describe(0, HEADER, 16, NEXT, 0);
    expect_stop(VIRTIO_LOOP);
}

static void
test_bad_tables(void)
{
    start(true, 0);
    describe(0, TABLE, 47, INDIRECT, 0);
    expect_stop(VIRTIO_INDIRECT);
    describe(0, TABLE, 0, INDIRECT, 0);
    expect_stop(VIRTIO_INDIRECT);
    describe(0, RAM_BASE + BOARD_RAM - 16, 32, INDIRECT, 0);
    expect_stop(VIRTIO_INDIRECT);
    describe(0, TABLE, 48, INDIRECT | NEXT, 1);
    expect_stop(VIRTIO_INDIRECT);
    describe(0, TABLE, 16, INDIRECT, 0);
    describe_in(TABLE, 0, TABLE, 16, INDIRECT, 0);
    expect_stop(VIRTIO_INDIRECT);
    describe(0, TABLE, 16, INDIRECT, 0);
    describe_in(TABLE, 0, HEADER, 16, NEXT, 1);
    expect_stop(VIRTIO_INDEX);
}

static void
test_bad_queue(void)
{
    static const uint64 nums[] = {0, 3, 256, 0xffffffff},
                        places[] = {0, RAM_BASE + BOARD_RAM - 8, ~7UL};
    for (unsigned i = 0; i < NELEM(nums); i++) {
        start(true, 0);
        put(SLOT + 0x38, 4, nums[i]);
        ring_bell();
        CHECK_EQ(disk->fault, VIRTIO_QUEUE_SIZE);
    }
    for (unsigned i = 0; i < 3 * NELEM(places); i++) {
        start(true, 0);
        put(SLOT + 0x80 + 0x10 * (i % 3), 8, places[i / 3]);
        ring_bell();
        CHECK_EQ(disk->fault, VIRTIO_RING);
    }
    start(true, 0);
    put16(AVAIL + 2, NUM + 1);
    ring_bell();
    CHECK_EQ(disk->fault, VIRTIO_AVAIL);
    start(false, 0);
    put(SLOT + 0x28, 4, 0xffffffff);
    put(SLOT + 0x3c, 4, 0);
    put(SLOT + 0x40, 4, 0xffffffff);
    ring_bell();
    CHECK_EQ(disk->fault, VIRTIO_RING);
    start(true, 0);
    put16(AVAIL + 4, NUM); // a head that does not exist
    put16(AVAIL + 2, 1);
    ring_bell();
    CHECK_EQ(disk->fault, VIRTIO_INDEX);
}

static void
test_bad_notify(void)
{
    start(true, 0);
    put(SLOT + 0x50, 4, 1);
    CHECK_EQ(disk->fault, VIRTIO_NOT_READY);
    start(true, 0);
    put(SLOT + 0x44, 4, 0);
    put(SLOT + 0x50, 4, 0);
    CHECK_EQ(disk->faults, 1);
    start(true, 0);
    put(SLOT + 0x70, 4, 11);
    put(SLOT + 0x50, 4, 0);
    CHECK_EQ(disk->faults, 1);
    CHECK_EQ(board_due(&m), ~0UL);
}

int
main(void)
{
    test_bad_requests();
    test_bad_chains();
    test_bad_tables();
    test_bad_queue();
    test_bad_notify();
    return test_done();
}
