// SPDX-License-Identifier: MIT
// calls.h - the numbers of the system calls.
#pragma once

enum {
    CALL_FORK = 1,
    CALL_EXIT,
    CALL_WAIT,
    CALL_SBRK,
    CALL_PUTC,
    CALL_GETC,
    CALL_DIVE,
    CALL_SHUTDOWN,
    CALL_GROW_LAZILY,
    CALL_OPEN,
    CALL_CLOSE,
    CALL_MMAP,
    CALL_MUNMAP,
    CALL_CHDIR,
    CALL_STACK,
    CALL_KILL
};
