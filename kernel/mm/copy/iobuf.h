// SPDX-License-Identifier: MIT
// iobuf.h - one side of a transfer: user memory of an address space, or kernel memory.
#pragma once

#include "lib/string.h"
#include "lib/types.h"
#include "mm/copy/copy.h"

struct iobuf {
    struct aspace *as; // NULL: addr is a kernel pointer
    uint64 addr;
};

// Copies n bytes from src to `off` bytes into the buffer.
// Returns   0; for user memory as copyout().
// Locks     for user memory as copyout().
// Sleeps    for user memory, if a page has to be brought in.
static inline must_check int
iobuf_write(struct iobuf b, uint64 off, const void *src, size_t n)
{
    if (likely(b.as != NULL))
        return copyout(b.as, b.addr + off, src, n);
    memmove((void *)(b.addr + off), src, n); // a kernel pointer kept as an address
    return 0;
}

// Copies n bytes from `off` bytes into the buffer to dst.
// Returns   0; for user memory as copyin().
// Locks     for user memory as copyin().
// Sleeps    for user memory, if a page has to be brought in.
static inline must_check int
iobuf_read(void *dst, struct iobuf b, uint64 off, size_t n)
{
    if (likely(b.as != NULL))
        return copyin(b.as, dst, b.addr + off, n);
    memmove(dst, (const void *)(b.addr + off), n); // a kernel pointer kept as an address
    return 0;
}

// Describes a buffer in kernel memory at p.
static inline struct iobuf
iobuf_kernel(void *p)
{
    return (struct iobuf){NULL, (uint64)p}; // a kernel pointer kept as an address
}
