// SPDX-License-Identifier: MIT
// usercopy.h - copies by words: of user memory, which may fault, and between places of the kernel.
//
// SUM is never set: user memory is dereferenced only where the kernel's table has a mirror of it.
// A page fault between usercopy_start and usercopy_end is resolved as a user's own is (demand
// paging, copy-on-write), and the access is repeated. If the fault cannot be resolved, the trap
// handler continues at usercopy_failed, and the function returns the error. So the two functions
// for user memory may sleep, and the caller holds no spinlock.
#pragma once

#include "lib/types.h"

// Copies n bytes; one side is user memory. Returns 0, or vmfault()'s error, with a part copied.
int usercopy(void *dst, const void *src, size_t n) must_check;

// Copies a string with its NUL, at most max bytes. Returns its length; -ENAMETOOLONG: no NUL in max
// bytes; else vmfault()'s error.
int64 usercopy_str(char *dst, const char *src, size_t max) must_check;

// Copies n bytes between two places in kernel memory that do not overlap. Returns 0.
int directcopy(void *dst, const void *src, size_t n);

extern char usercopy_start[], usercopy_end[], usercopy_failed[];
