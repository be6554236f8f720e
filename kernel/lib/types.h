// SPDX-License-Identifier: MIT
// types.h - the integer types of the kernel and the attributes its contracts use.
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef unsigned char uint8;
typedef unsigned short uint16;
typedef unsigned int uint32;
typedef signed char int8;
typedef short int16;
typedef int int32;

// The glass machine compiles files of lib/ and pt/ for wasm32 too, where a long has 32 bits.
#if __SIZEOF_LONG__ == 8
typedef unsigned long uint64;
typedef long int64;
#else
typedef unsigned long long uint64;
typedef long long int64;
#endif

#ifdef DEBUG
#define DEBUG_BUILD true
#else
#define DEBUG_BUILD false // the compiler drops code that only a debug build runs
#endif

#define must_check       __attribute__((warn_unused_result))
#define noreturn         __attribute__((noreturn))
#define printflike(f, a) __attribute__((format(__printf__, f, a)))

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

// The struct of type `type` whose field `member` is at `ptr`.
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

_Static_assert(sizeof(uint64) == 8 && sizeof(int64) == 8, "64 bits");
