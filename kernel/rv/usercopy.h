// SPDX-License-Identifier: MIT
// usercopy.h - copies that go fast, and copies that may fault.
//
// SUM is never set: user memory is dereferenced only where the kernel's table has a mirror of it.
// A page fault between usercopy_start and usercopy_end is resolved like a user's own (demand, COW)
// and the access repeated; if it cannot be, the trap handler continues at usercopy_failed, which
// makes the function return why. May sleep, then: no spinlock held.
#pragma once

#include "lib/types.h"

// Copies n bytes; one side is user memory. 0, or what vmfault() said, with a part copied.
int usercopy(void *dst, const void *src, size_t n) must_check;

// Copies a string with its NUL, at most max bytes. Its length; -ENAMETOOLONG: no NUL in max bytes;
// else as above.
int64 usercopy_str(char *dst, const char *src, size_t max) must_check;

// Copies n bytes between two places of the kernel's that do not overlap.
void directcopy(void *dst, const void *src, size_t n);

extern char usercopy_start[], usercopy_end[], usercopy_failed[];
