// SPDX-License-Identifier: MIT
// board.h - all devices together, for the loop that gives harts their turns.
//
// Theory    A device acts at a store to its registers, or later, at a cycle that it has named
//           before. board_tick() is called between turns; board_due() tells the loop how far the
//           clock may jump while all harts wait.
#pragma once

#include "base/types.h"

struct machine;

// Resets all devices by configuration and disks.
void board_reset(struct machine *m);
// Lets each device do its due work. Called between turns.
void board_tick(struct machine *m);
// The cycle at which a device, or a timer of the CLINT, next does something; ~0: none will.
uint64 board_due(const struct machine *m);
// MSIP, MTIP, MEIP and SEIP of a hart, as bits of mip.
uint64 board_irqs(const struct machine *m, unsigned hart);
// The machine's clock in cycles.
uint64 board_cycles(const struct machine *m);
