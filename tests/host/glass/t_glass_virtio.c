// SPDX-License-Identifier: MIT
// t_glass_virtio.c - the disks of the glass machine: transports, requests, interrupts.
//
// SOURCES: machine/board/*.c
#include "glassdriver.h"

static void
test_identity(bool modern)
{
    board_new(modern);
    CHECK_EQ(get(SLOT, 4), 0x74726976);
    CHECK_EQ(get(SLOT + 4, 4), modern ? 2 : 1);
    CHECK_EQ(get(SLOT + 8, 4), 2);
    CHECK_EQ(get(SLOT + 0xc, 4), 0x554d4551);
    CHECK_EQ(get(SLOT + 8, 8), 0x554d455100000002);
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
    put(SLOT + 0x64, 4, 1);
    CHECK_EQ(request(IN, 0, DATA, 512), 0);
    CHECK_EQ(get(SLOT + 0x60, 4), 0);
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
    return test_done();
}
