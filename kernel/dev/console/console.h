// SPDX-License-Identifier: MIT
// console.h - the terminal: kernel messages, and lines for the processes that read it.
#pragma once

#include "lib/types.h"
#include "mm/copy/iobuf.h"

struct machine;

int console_init(const struct machine *m) must_check;   // output: printf goes here from now on
int console_listen(const struct machine *m) must_check; // input: after plic_init()

// Called for control key `key` ('A' & 0x1f and so on): ^P or ^Z. It runs in an interrupt with no
// lock held and must not sleep.
void console_set_hotkey(char key, void (*pressed)(void));

// At most one line; 0: end of file. -EINTR when there is none and *interrupted is not 0.
int64 console_read(struct iobuf dst, size_t n, const uint32 *interrupted) must_check;
int64 console_readline(const char *text, struct iobuf dst, size_t n,
                       const uint32 *interrupted) must_check; // a line, with completion by Tab
int64 console_history(uint32 ago, struct iobuf dst, size_t n) must_check; // a line typed before
int64 console_write(struct iobuf src, size_t n) must_check;               // bytes written
