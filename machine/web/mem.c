// SPDX-License-Identifier: MIT
// mem.c - the four functions that clang may call when it compiles for wasm32.
//
// Theory    The build compiles this file with -fno-builtin, so that a loop here does not become a
//           call of the function that holds it.
// Next      base/mem.h
#include "base/types.h"

void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);

void *
memcpy(void *to, const void *from, size_t n)
{
    uint8 *t = to;
    const uint8 *f = from;
    for (size_t i = 0; i < n; i++)
        t[i] = f[i];
    return to;
}

void *
memmove(void *to, const void *from, size_t n)
{
    uint8 *t = to;
    const uint8 *f = from;
    if (t < f)
        return memcpy(to, from, n);
    while (n-- > 0)
        t[n] = f[n];
    return to;
}

void *
memset(void *to, int value, size_t n)
{
    uint8 *t = to;
    for (size_t i = 0; i < n; i++)
        t[i] = (uint8)value;
    return to;
}

int
memcmp(const void *a, const void *b, size_t n)
{
    const uint8 *x = a, *y = b;
    for (size_t i = 0; i < n; i++) {
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    }
    return 0;
}
