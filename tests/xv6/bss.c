// SPDX-License-Identifier: MIT
// bss.c - variables without initial value are zero, others have their values, over several pages.
#include "lib/lib.h"

static char zero[20000];
static int data[3000] = {1, 2, 3, [2999] = 4};
static const int constant[2000] = {5, [1999] = 6};
static char *volatile pointer = zero + 19999;

int
main(void)
{
    int n = 0, sum = 0;

    for (uint i = 0; i < sizeof(zero); i++)
        n += zero[i] != 0;
    for (int i = 0; i < 3000; i++)
        sum += data[i];
    for (int i = 0; i < 2000; i++)
        sum += ((volatile const int *)constant)[i];
    *pointer = 1;
    data[1500] = 7;
    printf("%d %d %d %d\n", n, sum, zero[19999], data[1500]);
    exit(0);
}
