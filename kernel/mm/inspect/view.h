// SPDX-License-Identifier: MIT
// view.h - looking at page tables: those of a process, and the kernel's.
#pragma once

#include "abi/pgmap.h"
#include "lib/types.h"
#include "pt/pt.h"

struct aspace;

// The table in use in user mode, or in the kernel; `as` NULL: the kernel's own.
const struct pt *view_table(const struct aspace *as, bool in_kernel);

// The part of the address space that va is in, and what the process may do there (PROT_...).
uint8 view_region(struct aspace *as, uint64 va, uint8 *prot);

// Describes the next entries that `q` asks for, and moves q behind them; how many, or -EINVAL.
int view_entries(struct aspace *as, struct pgquery *q, struct pgentry *buf, int max) must_check;

// Prints a table with printf(), in the style that courses of a year ask for, or in ours; `vmprint=`
// lists these in the same order.
enum view_style { VIEW_2020, VIEW_PLAIN, VIEW_2024, VIEW_VERBOSE, VIEW_DEFAULT };
extern int view_selected;                                  // one of these; constant after boot
void view_print(struct aspace *as, enum view_style usual); // in that style, unless one was selected
