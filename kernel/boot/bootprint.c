// SPDX-License-Identifier: MIT
// bootprint.c - prints the page table of process 1, once at boot.
#include "boot/bootprint.h"

#include "mm/inspect/view.h"

static bool done;

// Suppresses the print: the command line has the word `quiet`.
void
bootprint_quiet(void)
{
    done = true;
}

// Prints process 1's user table after its first exec, unless that has been done or suppressed.
void
bootprint(struct aspace *init)
{
    if (!done)
        view_print(init, VIEW_2020);
    done = true;
}
