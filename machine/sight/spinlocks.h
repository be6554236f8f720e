// SPDX-License-Identifier: MIT
// spinlocks.h - the functions that take and give back spinlocks, found by their code.
#pragma once

struct machine;

// Where the kernel has no acquire() and release(): looks for the one function that spins on an
// atomic exchange, and the one that gives a word back. known.c has them then.
void spinlocks_find(struct machine *m);
