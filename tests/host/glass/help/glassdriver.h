// SPDX-License-Identifier: MIT
// glassdriver.h - a driver of the glass machine's first disk, for tests.
#pragma once

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

__attribute__((unused)) static void
put16(uint64 pa, uint16 value)
{
    memcpy(ram_at(&m.ram, pa), &value, 2);
}

__attribute__((unused)) static uint32
get16(uint64 pa)
{
    uint16 value;
    memcpy(&value, ram_at(&m.ram, pa), 2);
    return value;
}

__attribute__((unused)) static uint32
get32(uint64 pa)
{
    uint32 value;
    memcpy(&value, ram_at(&m.ram, pa), 4);
    return value;
}

__attribute__((unused)) static void
describe_in(uint64 table, unsigned i, uint64 pa, uint32 len, uint16 flags, uint16 next)
{
    uint64 at = table + 16 * i;
    memcpy(ram_at(&m.ram, at), &pa, 8);
    memcpy(ram_at(&m.ram, at + 8), &len, 4);
    put16(at + 12, flags);
    put16(at + 14, next);
}

__attribute__((unused)) static void
describe(unsigned i, uint64 pa, uint32 len, uint16 flags, uint16 next)
{
    describe_in(DESC, i, pa, len, flags, next);
}

__attribute__((unused)) static void
set_header(uint32 type, uint64 sector)
{
    memcpy(ram_at(&m.ram, HEADER), &type, 4);
    memcpy(ram_at(&m.ram, HEADER + 8), &sector, 8);
    *ram_at(&m.ram, STATUS) = 0xee;
}

// A driver sets the device up, with the features that it takes.
__attribute__((unused)) static void
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
    put(SLOT + 0x94, 4, 7); // both halves are stored below
    put(SLOT + 0x90, 8, AVAIL);
    put(SLOT + 0xa0, 8, USED);
    put(SLOT + 0x44, 4, 1);
    put(SLOT + 0x70, 4, 15);
}

__attribute__((unused)) static void
publish(uint16 head)
{
    put16(AVAIL + 4 + 2 * (published % NUM), head);
    put16(AVAIL + 2, ++published);
}

__attribute__((unused)) static void
ring_bell(void)
{
    put(SLOT + 0x50, 4, 0);
    pass(VIRTIO_BLK_DELAY);
}

// A request of three descriptors, 0 to 2. Returns its status byte.
__attribute__((unused)) static unsigned
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

__attribute__((unused)) static const struct virtio_blk *disk = &m.s.virtio[0];
