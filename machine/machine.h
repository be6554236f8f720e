// SPDX-License-Identifier: MIT
// machine.h - the whole computer: the state that a snapshot copies, and data derived from it.
//
// Theory    `struct state` is everything that decides how the run goes on, besides the pages of RAM
//           and of the disks: plain data without pointers. Two machines with equal states, equal
//           pages and equal input logs go on alike, to the last byte, on any host.
//           `struct machine` adds memory, derived data and the way to the host. The kernel's struct
//           machine (kernel/dev/machine.h) is another one: its description of a board.
// Promises  no-chance: nothing below machine/host reads a clock, a file or a random number of the
//           host; the only inputs are the seed and the input log.
#pragma once

#include "board/bus.h"
#include "board/clint.h"
#include "board/finisher.h"
#include "board/plic.h"
#include "board/ram.h"
#include "board/rtc.h"
#include "board/uart.h"
#include "board/virtio_blk.h"
#include "hart/hart.h"
#include "hart/lane.h"
#include "mmu/trees.h"
#include "sight/sight.h"
#include "time/rest.h"
#include "time/turns.h"

#define DISKS_MAX 8

// Why the machine stopped running (machine_run() returns it).
enum stop {
    STOP_NONE,     // the instructions that were asked for have run
    STOP_IDLE,     // all harts wait, no timer is set: only input can go on
    STOP_FINISHED, // the finisher or HTIF ended the run: state.finisher has the status
    STOP_BREAK,    // a breakpoint or a watch of the debugger
    STOP_LOOK,     // a check has reported, or wants to look: the host calls sight_examine()
};

struct state {
    struct hart hart[HARTS_MAX];
    struct table_log log; // changes of page tables (mmu/remember.h)
    uint32 fetch_epoch;   // how often a hart has executed fence.i (mmu/fetched.h)
    struct turns turns;   // whose turn it is, the clock, the generator of the seed
    struct clint clint;
    struct plic plic;
    struct uart uart;
    struct rtc rtc;
    struct finisher finisher;
    struct virtio_blk virtio[DISKS_MAX];
};

// Functions of the host. `arg` is passed to each.
struct host_calls {
    void *arg;
    void (*console)(void *arg, uint8 byte); // the machine prints
    // An access met a stale translation (mmu/rules.h). NULL: not asked.
    void (*stale)(void *arg, struct machine *m, const struct stale *s);
    // Each event of sight/sight.h, also where the run was before. NULL: not asked.
    void (*event)(void *arg, struct machine *m, const struct sight_event *e);
};

struct config {
    unsigned harts;        // 1 to HARTS_MAX
    bool no_pmp;           // PMP with no entry set lets S and U mode pass (a kernel of 2020)
    bool svade;            // A and D are set by software: the hart faults
    bool modern_virtio;    // virtio-mmio version 2; else the legacy version 1
    bool races;            // look for data races, which is slow (check/races.c)
    bool misaligned_traps; // misaligned loads and stores trap; else the hart does them
    uint64 seed;
    uint64 mean_turn;  // instructions
    unsigned sharp;    // SHARP_...: where turns may end besides (time/turns.h)
    uint64 tohost;     // physical address of HTIF's word, or 0
    uint64 fromhost;   // ... and of the word for answers, or 0
    uint64 epoch;      // seconds since 1970 at reset
    uint8 mmu;         // 39, 48 or 57: the largest mode that satp takes
    enum tlb_mode tlb; // mmu/rules.h
};

struct machine {
    struct state s;
    struct config config;
    struct ram ram;
    struct ram disk[DISKS_MAX]; // base 0; size 0: no such disk
    uint64
        disk_sectors[DISKS_MAX]; // of 512 bytes: the exact size, where disk[].size has whole pages
    bool disk_readonly[DISKS_MAX];
    struct lane lane[HARTS_MAX];
    struct trees trees;
    uint32 *stored; // of each page of RAM: the epoch of its last store (mmu/fetched.h)
    uint32 store_epoch, all_epoch; // of shortcuts (mmu/contexts.h)
    struct code *code;             // decoded instructions of all harts (hart/code.h)
    struct host_calls host;
    struct sight *sight;             // the checks and their events, or NULL (sight/, check/)
    struct count *count;             // exact counts, or NULL (sight/count.h)
    struct stops *stops;             // breakpoints and watched memory, or NULL (time/stops.h)
    struct failing *failing;         // a call that shall fail, or NULL (time/failing.h)
    struct history *history;         // snapshots, or NULL (time/snapshot.h)
    struct loop_search *loop_search; // looks for idle loops (time/rest.h)
    bool card_sought;                // the kernel has read PCI's configuration space
    unsigned turn_hart;              // whose turn it is while one runs
    uint8 spin_mode;                 // the mode of the hart that is tried for a spinning loop
    bool turn_cut;      // the turn ends after the present instruction, and the next one begins
    uint64 clock_limit; // while all harts wait the clock does not jump beyond this; ~0: no limit
    enum stop stop;     // set inside a turn: the turn ends after the present instruction
};

// The time that mtime shows, in ticks of TIMEBASE_HZ.
uint64 machine_time(const struct machine *m);
// The position in the run: instructions of all harts since reset.
uint64 machine_position(const struct machine *m);
// Steps of the hart so far: instructions and traps. In an instruction it is counted; one that traps
// is not, until the trap has been told.
uint64 machine_steps(const struct machine *m, unsigned hart);
// Instructions that the hart had retired before the present one, traps counted in.
uint64 machine_retired(const struct machine *m, unsigned hart);
// The clock: cycles << CLOCK_FRACTION, the present turn counted in.
uint64 machine_clock(const struct machine *m);
// Tells hart `id` that its pending interrupts may have changed.
void machine_attention(struct machine *m, unsigned id);
