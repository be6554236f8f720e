// SPDX-License-Identifier: MIT
// rvc_print.c - writes rvc_expand() of every 16-bit value as 65536 little-endian words to stdout.
#include "hart/rvc.h"

#include <stdio.h>

int
main(void)
{
    for (int c = 0; c < 65536; c++) {
        uint32 word = rvc_expand((uint16)c);
        for (int i = 0; i < 4; i++)
            putchar((int)(word >> 8 * i & 0xff));
    }
    return 0;
}
