// SPDX-License-Identifier: MIT
// world.h - the whole machine: RAM, harts, the kernel's boot, and a run from the first process to the last.
#pragma once

// Boots with that design of the kernel's page table and runs until all processes are gone; a failure ends the
// program. Once in a program's life.
void world_run(const char *design, unsigned long seed, unsigned long steps);

// All processes but the first are gone. The first time, what is allocated is noted; later it must be the same.
void world_rest(void);

// The test's main program (main.c): each seed in a program of its own. Arguments: seeds, steps, first
// seed, another design.
int world_main(const char *design, int argc, char **argv);
