// SPDX-License-Identifier: MIT
// t_glass_virtio.c - the disks of the glass machine: transports, requests, drivers that are wrong.
//
// SOURCES: machine/board/*.c
#include "glassboard.h"

#include "board/virtio_ring.h"

#define SLOT 0x10001000UL
#define NUM  8

#define DESC   (RAM_BASE + 0x1000)
#define AVAIL  (DESC + 16 * NUM)
#define USED   (RAM_BASE + 0x2000)
#define HEADER (RAM_BASE + 0x3000)
#define STATUS (RAM_BASE + 0x3100)
#define DATA   (RAM_BASE + 0x4000)
#define TABLE  (RAM_BASE + 0x8000)

enum { NEXT = 1, WRITE = 2, INDIRECT = 4 };
enum { IN, OUT, FLUSH = 4, GET_ID = 8 };

static uint16 published;

static void
put16(uint64 pa, uint16 value)
{
    memcpy(ram_at(&m.ram, pa), &value, 2);
}

static uint32
get16(uint64 pa)
{
    uint16 value;
    memcpy(&value, ram_at(&m.ram, pa), 2);
    return value;
}

static uint32
get32(uint64 pa)
{
    uint32 value;
    memcpy(&value, ram_at(&m.ram, pa), 4);
    return value;
}

static void
describe_in(uint64 table, unsigned i, uint64 pa, uint32 len, uint16 flags, uint16 next)
{
    uint64 at = table + 16 * i;
    memcpy(ram_at(&m.ram, at), &pa, 8);
    memcpy(ram_at(&m.ram, at + 8), &len, 4);
    put16(at + 12, flags);
    put16(at + 14, next);
}

static void
describe(unsigned i, uint64 pa, uint32 len, uint16 flags, uint16 next)
{
    describe_in(DESC, i, pa, len, flags, next);
}

static void
set_header(uint32 type, uint64 sector)
{
    memcpy(ram_at(&m.ram, HEADER), &type, 4);
    memcpy(ram_at(&m.ram, HEADER + 8), &sector, 8);
    *ram_at(&m.ram, STATUS) = 0xee;
}

// A driver sets the device up, with the features that it takes.
static void
start(bool modern, uint64 features)
{
    board_new(modern);
    memset(ram_bytes, 0, sizeof(ram_bytes));
    for (unsigned i = 0; i < sizeof(disk_bytes); i++)
        disk_bytes[i] = (uint8)(i * 7 + i / 512);
    published = 0;
    put(SLOT + 0x70, 4, 3);
    for (unsigned half = 0; half < 2; half++) {
        put(SLOT + 0x24, 4, half);
        put(SLOT + 0x20, 4, features >> 32 * half);
    }
    if (!modern) {
        put(SLOT + 0x28, 4, 4096);
        put(SLOT + 0x38, 4, NUM);
        put(SLOT + 0x40, 4, DESC / 4096);
        put(SLOT + 0x70, 4, 7);
        return;
    }
    put(SLOT + 0x70, 4, 11);
    put(SLOT + 0x38, 4, NUM);
    put(SLOT + 0x80, 4, DESC);
    put(SLOT + 0x84, 4, 0);
    put(SLOT + 0x90, 8, AVAIL);
    put(SLOT + 0xa0, 8, USED);
    put(SLOT + 0x44, 4, 1);
    put(SLOT + 0x70, 4, 15);
}

static void
publish(uint16 head)
{
    put16(AVAIL + 4 + 2 * (published % NUM), head);
    put16(AVAIL + 2, ++published);
}

static void
ring_bell(void)
{
    put(SLOT + 0x50, 4, 0);
    pass(VIRTIO_BLK_DELAY);
}

// A request of three descriptors, 0 to 2. Returns its status byte.
static unsigned
request(uint32 type, uint64 sector, uint64 pa, uint32 len)
{
    set_header(type, sector);
    describe(0, HEADER, 16, NEXT, 1);
    describe(1, pa, len, type == OUT ? NEXT : NEXT | WRITE, 2);
    describe(2, STATUS, 1, WRITE, 0);
    publish(0);
    ring_bell();
    return *ram_at(&m.ram, STATUS);
}

static const struct virtio_blk *disk = &m.s.virtio[0];

static void
test_identity(bool modern)
{
    board_new(modern);
    CHECK_EQ(get(SLOT, 4), 0x74726976);
    CHECK_EQ(get(SLOT + 4, 4), modern ? 2 : 1);
    CHECK_EQ(get(SLOT + 8, 4), 2);
    CHECK_EQ(get(SLOT + 0xc, 4), 0x554d4551);
    CHECK_EQ(get(SLOT + 0x1000, 4), 0x74726976); // an empty slot
    CHECK_EQ(get(SLOT + 0x1008, 4), 0);
    CHECK_EQ(get(SLOT + 0x1100, 4), 0);
    put(SLOT + 0x1070, 4, 1);
    CHECK_EQ(get(SLOT + 0x1070, 4), 0);
    CHECK_EQ(get(SLOT + 0x100, 8), BOARD_DISK / 512);
    CHECK_EQ(get(SLOT + 0x100, 4), BOARD_DISK / 512);
    CHECK_EQ(get(SLOT + 0x114, 4), 512);
    CHECK_EQ(get(SLOT + 0x10c, 4), 126);
    CHECK_EQ(get(SLOT + 0x101, 1), 0);
    CHECK_EQ(get(SLOT + 0xff8, 8), 0);
    put(SLOT + 0x100, 4, 7);
    CHECK_EQ(get(SLOT + 0x100, 4), BOARD_DISK / 512);
    CHECK_EQ(get(SLOT + 0x34, 4), VIRTIO_QUEUE_MAX);
    put(SLOT + 0x30, 4, 1);
    CHECK_EQ(get(SLOT + 0x34, 4), 0);
    CHECK_EQ(disk->faults, 0);
    CHECK_EQ(get(SLOT, 1), 0);
    put(SLOT + 0x70, 2, 1);
    CHECK_EQ(disk->faults, 2);
    CHECK_EQ(disk->fault, VIRTIO_ACCESS);
}

static void
test_features(void)
{
    board_new(true);
    put(SLOT + 0x14, 4, 1);
    CHECK_EQ(get(SLOT + 0x10, 4), 1);
    put(SLOT + 0x14, 4, 2);
    CHECK_EQ(get(SLOT + 0x10, 4), 0);
    put(SLOT + 0x14, 4, 0);
    CHECK(!(get(SLOT + 0x10, 4) & 1 << 5));
    m.disk_readonly[0] = true;
    CHECK(get(SLOT + 0x10, 4) & 1 << 5);
    put(SLOT + 0x20, 4, 1); // not offered
    put(SLOT + 0x70, 4, 11);
    CHECK_EQ(get(SLOT + 0x70, 4), 3);
    put(SLOT + 0x20, 4, 0);
    put(SLOT + 0x70, 4, 11);
    CHECK_EQ(get(SLOT + 0x70, 4), 11);
    board_new(false);
    put(SLOT + 0x14, 4, 1);
    CHECK_EQ(get(SLOT + 0x10, 4), 0);
}

static void
test_transfer(bool modern)
{
    start(modern, 0);
    CHECK_EQ(get(SLOT + 0x40, 4), modern ? 0 : DESC / 4096);
    CHECK_EQ(get(SLOT + 0x44, 4), modern ? 1 : 0);
    set_header(IN, 3);
    CHECK_EQ(request(IN, 3, DATA, 1024), 0);
    CHECK_MEM(ram_at(&m.ram, DATA), disk_bytes + 3 * 512, 1024);
    CHECK_EQ(get16(USED + 2), 1);
    CHECK_EQ(get32(USED + 4), 0);
    CHECK_EQ(get32(USED + 8), 1025);
    CHECK_EQ(get(SLOT + 0x60, 4), 1);
    CHECK_EQ(m.s.plic.pending, 2);
    put(SLOT + 0x64, 4, 1);
    CHECK_EQ(get(SLOT + 0x60, 4), 0);
    CHECK_EQ(m.s.plic.pending, 0);

    memset(ram_at(&m.ram, DATA), 0x5a, 512);
    disk_barriers = 0;
    CHECK_EQ(request(OUT, 127, DATA, 512), 0);
    CHECK_EQ(disk_barriers, 512);
    CHECK_MEM(disk_bytes + 127 * 512, ram_at(&m.ram, DATA), 512);
    CHECK_EQ(get32(USED + 16), 1);

    CHECK_EQ(request(FLUSH, 0, 0, 0), 0);
    CHECK_EQ(request(GET_ID, 0, DATA, 20), 0);
    CHECK_STR((char *)ram_at(&m.ram, DATA), "vitrine-glass");
    CHECK_EQ(request(77, 0, DATA, 512), 2);
    CHECK_EQ(disk->faults, 0);
    for (int i = 0; i < 20; i++) // the rings wrap
        CHECK_EQ(request(IN, (uint64)i, DATA, 512), 0);
    CHECK_MEM(ram_at(&m.ram, DATA), disk_bytes + 19 * 512, 512);
    CHECK_EQ(get16(USED + 2), 25);
    put(SLOT + 0x70, 4, 0);
    CHECK_EQ(get(SLOT + 0x60, 4), 0);
    CHECK_EQ(get(SLOT + 0x70, 4), 0);
    CHECK_EQ(disk->due, ~0UL);
}

// The device works after its delay, not before, and takes everything that is there then.
static void
test_delay(void)
{
    start(true, 0);
    set_header(IN, 0);
    describe(0, HEADER, 16, NEXT, 1);
    describe(1, DATA, 512, NEXT | WRITE, 2);
    describe(2, STATUS, 1, WRITE, 0);
    publish(0);
    CHECK_EQ(board_due(&m), ~0UL);
    put(SLOT + 0x50, 4, 0);
    CHECK_EQ(board_due(&m), VIRTIO_BLK_DELAY);
    pass(VIRTIO_BLK_DELAY - 1);
    CHECK_EQ(*ram_at(&m.ram, STATUS), 0xee);
    put(SLOT + 0x50, 4, 0);
    CHECK_EQ(board_due(&m), VIRTIO_BLK_DELAY);
    publish(0);
    pass(1);
    CHECK_EQ(*ram_at(&m.ram, STATUS), 0);
    CHECK_EQ(get16(USED + 2), 2);
    CHECK_EQ(board_due(&m), ~0UL);
}

// Buffers may be divided anywhere, and the table may be an indirect one.
static void
test_layouts(void)
{
    start(true, 1UL << 28);
    set_header(IN, 1);
    describe(0, HEADER, 5, NEXT, 3);
    describe(3, HEADER + 5, 11, NEXT, 4);
    describe(4, DATA, 100, NEXT | WRITE, 5);
    describe(5, DATA + 100, 0, NEXT | WRITE, 6);
    describe(6, DATA + 100, 413, WRITE, 0); // the last byte is the status
    publish(0);
    ring_bell();
    CHECK_MEM(ram_at(&m.ram, DATA), disk_bytes + 512, 512);
    CHECK_EQ(ram_at(&m.ram, DATA)[512], 0);
    set_header(IN, 2);
    describe_in(TABLE, 0, HEADER, 16, NEXT, 2);
    describe_in(TABLE, 2, DATA, 512, NEXT | WRITE, 1);
    describe_in(TABLE, 1, STATUS, 1, WRITE, 0);
    describe(7, TABLE, 48, INDIRECT, 0);
    publish(7);
    ring_bell();
    CHECK_EQ(*ram_at(&m.ram, STATUS), 0);
    CHECK_MEM(ram_at(&m.ram, DATA), disk_bytes + 1024, 512);
    CHECK_EQ(get32(USED + 12), 7);
    CHECK_EQ(disk->faults, 0);
}

static void
test_suppression(void)
{
    start(true, 0);
    put16(AVAIL, 1); // no interrupt, please
    CHECK_EQ(request(IN, 0, DATA, 512), 0);
    CHECK_EQ(get(SLOT + 0x60, 4), 0);
    start(true, 1UL << 29);
    put16(AVAIL + 4 + 2 * NUM, 1); // tell me at the second
    CHECK_EQ(request(IN, 0, DATA, 512), 0);
    CHECK_EQ(get16(USED + 4 + 8 * NUM), 1);
    CHECK_EQ(get(SLOT + 0x60, 4), 0);
    CHECK_EQ(request(IN, 0, DATA, 512), 0);
    CHECK_EQ(get(SLOT + 0x60, 4), 1);
}

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
    test_identity(false);
    test_identity(true);
    test_features();
    test_transfer(false);
    test_transfer(true);
    test_delay();
    test_layouts();
    test_suppression();
    test_bad_requests();
    test_bad_chains();
    test_bad_tables();
    test_bad_queue();
    test_bad_notify();
    return test_done();
}
