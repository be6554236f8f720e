// SPDX-License-Identifier: MIT
// copy.h - copies between the kernel and user memory. Addresses from a program are not trusted:
// every pointer, range and permission is checked here. All may sleep: no spinlock held.
#pragma once

#include "lib/types.h"

struct aspace;

void copy_choose_usyscall(int private); // whether calls refuse pointers to the page at USYSCALL

// 0, or -EFAULT (or -ENOMEM, -EIO: the page could not be brought in) with a part copied.
int copyin(struct aspace *as, void *dst, uint64 srcva, size_t n) must_check;
int copyout(struct aspace *as, uint64 dstva, const void *src, size_t n) must_check;
// The string's length without its NUL; -EFAULT; -ENAMETOOLONG: no NUL within `max` bytes.
int64 copyinstr(struct aspace *as, char *dst, uint64 srcva, size_t max) must_check;
