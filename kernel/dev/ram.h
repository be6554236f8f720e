// SPDX-License-Identifier: MIT
// ram.h - collects the RAM that can be used from the device tree's description.
#pragma once

#include "lib/types.h"

struct machine;

// While the tree is read: adds a range of RAM, or a reserved range.
void ram_add(struct machine *m, uint64 base, uint64 size);
bool ram_reserve(struct machine *m, uint64 base, uint64 size) must_check; // false: too many
void ram_settle(struct machine *m);                                       // after the last

void ram_drop_last(struct machine *m);          // the highest range is not used
uint64 ram_usable(const struct machine *m);     // bytes that are not reserved
void ram_tell_dropped(const struct machine *m); // prints what is not used, if that is anything
