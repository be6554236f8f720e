// SPDX-License-Identifier: MIT
// iobuf.h - one side of a transfer: user memory of an address space, or kernel memory.
#pragma once

#include "lib/types.h"

struct aspace;

struct iobuf {
    struct aspace *as; // NULL: addr is a kernel pointer
    uint64 addr;
};

// Copy `n` bytes at `off` bytes into the buffer. User memory may fault: both may sleep, so no
// spinlock is held. 0, or -EFAULT with an unknown part copied.
int iobuf_write(struct iobuf b, uint64 off, const void *src, size_t n) must_check;
int iobuf_read(void *dst, struct iobuf b, uint64 off, size_t n) must_check;

// Describes a buffer in kernel memory at p.
static inline struct iobuf
iobuf_kernel(void *p)
{
    return (struct iobuf){NULL, (uint64)p}; // a kernel pointer kept as an address
}
