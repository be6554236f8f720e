// SPDX-License-Identifier: MIT
// run.h - makes a machine and runs it.
#pragma once

#include "machine.h"

// Gives `bytes` of zeroed memory, or NULL.
typedef void *(*machine_alloc)(size_t bytes);

// Makes a machine with `ram` bytes of RAM (a multiple of PAGE_BYTES) and no disk, reset.
// Returns   NULL if there is not enough memory.
struct machine *machine_new(const struct config *config, uint64 ram, machine_alloc alloc);
// Attaches a disk image of `size` bytes, which the machine changes in place: `bytes` must have room
// for `size` rounded up to PAGE_BYTES. Before the first run. Returns false if memory is lacking.
bool machine_disk(struct machine *m, unsigned slot, uint8 *bytes, uint64 size, bool readonly,
                  machine_alloc alloc);
// Runs until `steps` more steps have been made or the machine stops. After STOP_IDLE, a byte of
// input lets it go on.
enum stop machine_run(struct machine *m, uint64 steps);
// Begins the next turn if none runs: the hart is known then that makes the next step. Returns false
// if no hart can go on.
bool machine_turn(struct machine *m);
// The clock at which something happens by itself next: a timer, a disk. ~0: nothing will.
uint64 machine_due(const struct machine *m);
// A number that is equal for equal RAM, disks and registers.
uint64 machine_hash(const struct machine *m);
