// SPDX-License-Identifier: MIT
// heap.c - malloc and free in many sizes; every block keeps its bytes.
#include "lib/lib.h"

#define N 200

static char *block[N];
static uint size[N];

static int
intact(int i)
{
    for (uint k = 0; k < size[i]; k++) {
        if (block[i][k] != (char)(i + k))
            return 0;
    }
    return 1;
}

int
main(void)
{
    uint x = 1, bad = 0;

    for (int round = 0; round < 2000; round++) {
        x = x * 1103515245 + 12345;
        int i = (x >> 16) % N;
        if (block[i]) {
            bad += !intact(i);
            free(block[i]);
            block[i] = 0;
            continue;
        }
        size[i] = 1 + (x >> 8) % 3000;
        block[i] = malloc(size[i]);
        if (!block[i])
            exit(1);
        for (uint k = 0; k < size[i]; k++)
            block[i][k] = i + k;
    }
    for (int i = 0; i < N; i++)
        bad += block[i] && !intact(i);
    printf("heap: %d bad\n", bad);
    exit(0);
}
