// SPDX-License-Identifier: MIT
// host.c - the environment of kernel code on the host: panic, the running hart, the direct map.
//
// printf and the memory functions are the C library's own.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/panic.h"
#include "lib/string.h"
#include "mm/frame/direct.h"
#include "panic/panic.h"
#include "rv/cpu.h"

jmp_buf *host_catch;         // where an expected panic continues; NULL: none is expected
char host_panic_text[512];   // the message of the last panic
_Thread_local int host_hart; // a test may run harts as threads
void (*host_on_spin)(void);  // lets another hart go on; NULL: that is one by itself
struct cpu cpus[MAXHART];
uint64 host_direct_map;

static void noreturn
vpanic(const char *fmt, va_list ap)
{
    vsnprintf(host_panic_text, sizeof host_panic_text, fmt, ap);
    if (host_catch != NULL)
        longjmp(*host_catch, 1);
    fflush(stdout);
    fprintf(stderr, "FAIL panic: %s\n", host_panic_text);
    abort();
}

void
panic(const char *fmt, ...)
{
    va_list ap;
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

// Called in the loop that waits for a spinlock. A panic ends a test or is caught by it, so no hart
// has to stop.
void
panic_park(void)
{
    if (host_on_spin)
        host_on_spin();
}

void
assert_failed(const char *what, const char *file, int line)
{
    panic("%s:%d: assertion failed: %s", file, line, what);
}

char *
safestrcpy(char *dst, const char *src, size_t size)
{
    snprintf(dst, size, "%s", src);
    return dst;
}
