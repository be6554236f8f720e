// SPDX-License-Identifier: MIT
// format.c - a library's printf of its own, byte by byte.
#include "lib/lib.h"

int
main(void)
{
    printf("%d %d %d %x %p %s %c %%\n", 0, -1, -2147483647 - 1, 0xdeadbeef, 0x3fffffd000UL, "text",
           'c');
    exit(0);
}
