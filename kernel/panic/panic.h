// SPDX-License-Identifier: MIT
// panic.h - what panic() of lib/panic.h needs to know of the machine, and its other forms.
#pragma once

#include <stdarg.h>

#include "lib/panic.h"
#include "lib/types.h"
#include "panic/park.h"

struct kernelframe;

// Explains to people what a panic is about; called after the message. None takes a lock.
struct panic_explainer {
    void (*message)(const char *fmt, va_list ap); // the message, in the language of the reader
    void (*trap)(const struct kernelframe *f);    // a trap of the kernel's own
    void (*frames)(uint64 table, uint64 there, uint64 wanted); // their owners; 0: none
    void (*user)(void); // what the current process was doing in user mode
};

void panic_set_explainer(const struct panic_explainer *e); // at the start of the boot
// Known from some point of the boot on: the functions that ask the other harts to call
// panic_park(), and that turn the machine off with an exit code. Either may be NULL.
void panic_set_hooks(void (*stop_others)(void), void (*power_off)(int code));
// About a trap of the kernel's own: it is explained.
void panic_trap(const struct kernelframe *f, const char *fmt, ...) noreturn printflike(2, 3);
// About what `tell(of)` explains below the message.
void panic_telling(void (*tell)(const void *of), const void *of, const char *fmt, ...) noreturn
    printflike(3, 4);
