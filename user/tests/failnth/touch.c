// SPDX-License-Identifier: MIT
// touch.c - brings in all memory of the program that asks.
//
// Theory    Pages come at first touch, and those shared with a parent or child are copied at first
//           write. A program that has written to all of them needs no more from then on.
#include "failnth.h"

#define STACK (8 * PAGE) // as deep as this program ever goes

extern char __data_start[], end[]; // of what exec has loaded, see user.ld

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
