// SPDX-License-Identifier: MIT
// select.h - the designs that there are, and the choice among them.
#pragma once

#include "mm/aspace/design.h"

extern const struct design design_unified, design_global, design_fullcopy, design_sharedroot;

int design_select(const char *name) must_check; // before aspace_init(); -EINVAL: no such design
