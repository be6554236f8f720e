// SPDX-License-Identifier: MIT
// mem.c - the four functions that clang may call when it compiles for wasm32.
//
// Theory    The build compiles this file with -fno-builtin, so that a loop here does not become a
//           call of the function that holds it.
// Next      base/mem.h
#include "base/types.h"

// A word at any address: WebAssembly has no alignment.
struct word {
    uint64 value;
} __attribute__((packed, may_alias));

static uint64
word_at(const uint8 *p)
{
    return ((const struct word *)p)->value;
}

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

// The first words that are equal are passed over: a snapshot compares whole pages.
int
memcmp(const void *a, const void *b, size_t n)
{
    const uint8 *x = a, *y = b;
    size_t i = 0;
    while (n - i >= sizeof(uint64) && word_at(x + i) == word_at(y + i))
        i += sizeof(uint64);
    for (; i < n; i++) {
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    }
    return 0;
}
