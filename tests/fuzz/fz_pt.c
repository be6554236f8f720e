// SPDX-License-Identifier: MIT
// fz_pt.c - any bytes as a sequence of page-table operations: first byte the format and half, then
// two bytes for each choice an operation makes.
//
// SOURCES: kernel/pt/*.c kernel/pt/read/*.c tests/host/pt/help/*.c
// SOURCES: tests/host/shim/host.c
#include <stddef.h>
#include <stdint.h>

#include "ptops.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *at, *end;

static uint64
next(void)
{
    uint64 n = 0;
    for (int i = 0; i < 2 && at < end; i++)
        n = n << 8 | *at++;
    return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    at = data + 1;
    end = data + size;
    int steps = size / 32 < 60 ? (int)(size / 32) : 60;
    ptops_run(next, steps, 3 + data[0] % 3, data[0] & 64 ? -0x40200000UL : 0x3fe00000);
    return 0;
}
