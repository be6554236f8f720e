// SPDX-License-Identifier: MIT
// spinlocks.h - the functions that acquire and release spinlocks, found by their code.
#pragma once

struct machine;

// If the kernel has no acquire() and release(): finds the only function that spins on an atomic
// exchange, and the only one that releases a word. known.c has them afterwards.
void spinlocks_find(struct machine *m);
