// SPDX-License-Identifier: MIT
// stubs.c - stubs of functions that the model does not need: panic, console, timer, FP, devices.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "dev/plic.h"
#include "dev/power.h"
#include "explain/explain.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mmu/hart.h"
#include "panic/panic.h"
#include "proc/trap.h"
#include "rv/fp.h"
#include "rv/sbi.h"
#include "rv/timer.h"

static void noreturn
vpanic(const char *fmt, va_list ap)
{
    char text[300];
    vsnprintf(text, sizeof text, fmt, ap);
    model_fail("panic: %s", text);
}

void
panic(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vpanic(fmt, ap);
}

void
panic_trap(const struct kernelframe *f, const char *fmt, ...)
{
    va_list ap;
    (void)f;
    va_start(ap, fmt);
    vpanic(fmt, ap);
}

void
panic_frames(uint64 table, uint64 there, uint64 wanted, const char *fmt, ...)
{
    va_list ap;
    (void)table, (void)there, (void)wanted;
    va_start(ap, fmt);
    vpanic(fmt, ap);
}

void
panic_telling(void (*tell)(const void *of), const void *of, const char *fmt, ...)
{
    va_list ap;
    (void)tell, (void)of;
    va_start(ap, fmt);
    vpanic(fmt, ap);
}

void
assert_failed(const char *what, const char *file, int line)
{
    model_fail("%s:%d: assertion failed: %s", file, line, what);
}

// Called in the loop that waits for a spinlock.
void
panic_park(void)
{
    model_pause();
}

void
model_wait(void)
{
    model_waits[model_hart] = true;
    model_pause();
}

int
printf(const char *fmt, ...)
{
    char text[100];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    model_note("prints %s", text);
    return n;
}

char *
safestrcpy(char *dst, const char *src, size_t size)
{
    snprintf(dst, size, "%s", src);
    return dst;
}

void
plic_handle(int hart)
{
    (void)hart;
}

void
power_off(int code)
{
    model_fail("the kernel switches off with code %d", code);
}

void
timer_set(uint64 when)
{
    (void)when;
}

void
fp_save(struct fpstate *to)
{
    (void)to;
}

void
fp_restore(const struct fpstate *from)
{
    (void)from;
}

syscall_fn *const native_calls[1]; // the model has calls of its own (user.c)

void
explain_user(const struct subject *s, uint64 cause, uint64 stval, int error)
{
    model_note("pid %d ends: scause %lu, stval 0x%lx, error %d", s->pid, cause, stval, error);
}

void
explain_starved(int pid, const char *name, int other, const char *other_name)
{
    (void)name, (void)other_name;
    model_note("pid %d is stopped for pid %d", pid, other);
}

void
explain_layout(const void *layout_fault)
{
    (void)layout_fault;
}

void
explain_set_hooks(const struct explain_hooks *h)
{
    (void)h;
}
