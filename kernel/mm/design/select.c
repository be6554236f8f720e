// SPDX-License-Identifier: MIT
// select.c - chooses one of the designs.
#include "mm/design/select.h"

#include "abi/errno.h"
#include "lib/string.h"

static const struct design *const designs[] = {&design_unified, &design_global, &design_fullcopy,
                                               &design_sharedroot};

// Makes the design of that name the one in force.
// Returns   0; -EINVAL: there is none of that name, and nothing changes.
int
design_select(const char *name)
{
    for (size_t i = 0; i < NELEM(designs); i++) {
        if (strcmp(designs[i]->name, name) == 0) {
            design = designs[i];
            return 0;
        }
    }
    return -EINVAL;
}
