// SPDX-License-Identifier: MIT
// glassboard.h - a board without harts: the machine's devices between a test and stubs of the core.
#pragma once

#include "test.h"

#include "board/board.h"
#include "machine.h"
#include "mmu/store.h"

#define BOARD_RAM  0x400000UL
#define BOARD_DISK 0x10000UL

static struct machine m;
static uint8 ram_bytes[BOARD_RAM], ram_page_marks[BOARD_RAM / 4096];
static uint8 disk_bytes[BOARD_DISK], disk_page_marks[BOARD_DISK / 4096];
static char printed[4096];
static unsigned long printed_count;
static unsigned long barriers, disk_barriers; // bytes announced

uint64
machine_clock(const struct machine *of)
{
    return of->s.turns.clock;
}

uint64
machine_time(const struct machine *of)
{
    return (of->s.turns.clock >> CLOCK_FRACTION) / CYCLES_PER_TICK + of->s.clint.offset;
}

void
machine_attention(struct machine *of, unsigned id)
{
    CHECK(id < of->config.harts);
    of->lane[id].attention = true;
}

void
store_barrier(struct machine *of, uint64 pa, uint64 n)
{
    CHECK(n > 0 && ram_has(&of->ram, pa, n));
    barriers += n;
}

void
disk_barrier(struct machine *of, unsigned disk, uint64 offset, uint64 n)
{
    CHECK(n > 0 && ram_has(&of->disk[disk], offset, n));
    disk_barriers += n;
}

__attribute__((unused)) static void
take_printed(void *arg, uint8 byte)
{
    CHECK(arg == printed);
    CHECK(printed_count + 1 < sizeof(printed));
    printed[printed_count++] = (char)byte;
    printed[printed_count] = '\0';
}

// Plugs a new board together: two harts, RAM, one disk in slot 0.
__attribute__((unused)) static void
board_new(bool modern)
{
    memset(&m, 0, sizeof(m));
    m.config = (struct config){.harts = 2, .modern_virtio = modern, .mmu = 39, .epoch = 1000};
    m.ram = (struct ram){RAM_BASE, BOARD_RAM, ram_bytes, ram_page_marks};
    m.disk[0] = (struct ram){0, BOARD_DISK, disk_bytes, disk_page_marks};
    m.disk_sectors[0] = BOARD_DISK / 512;
    m.host = (struct host_calls){.arg = printed, .console = take_printed};
    printed_count = 0;
    board_reset(&m);
}

// The clock goes on, and the devices do their pending work.
__attribute__((unused)) static void
pass(uint64 cycles)
{
    m.s.turns.clock += cycles << CLOCK_FRACTION;
    board_tick(&m);
}

__attribute__((unused)) static uint64
get(uint64 pa, int bytes)
{
    uint64 value = ~0UL;
    CHECK(bus_load(&m, pa, bytes, &value));
    return value;
}

__attribute__((unused)) static void
put(uint64 pa, int bytes, uint64 value)
{
    CHECK(bus_store(&m, pa, bytes, value));
}
