// SPDX-License-Identifier: MIT
// touch.c - make all memory of the calling program present.
//
// Theory    Pages come at first touch, and those shared with a parent or child are copied at first
//           write. A program that has written to all its pages allocates no more of them.
#include "failnth.h"

#define STACK (8 * PAGE) // the deepest stack of this program

extern char __data_start[], end[]; // the bounds of the loaded data, see user.ld

static void
write_range(char *from, char *to)
{
    for (volatile char *p = from; p < to; p += PAGE)
        *p = *p;
}

void
touch_program(void)
{
    char here[STACK];

    for (volatile char *p = (char *)0; p < __data_start; p += PAGE)
        (void)*p;
    write_range(__data_start, end);
    write_range(here, here + STACK);
}
