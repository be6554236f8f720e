// SPDX-License-Identifier: MIT
// bootprint.c - see bootprint.h.
#include "boot/bootprint.h"

#include "mm/inspect/view.h"

static bool done;

void
bootprint_quiet(void)
{
    done = true;
}

void
bootprint(struct aspace *init)
{
    if (!done)
        view_print(init, VIEW_2020);
    done = true;
}
