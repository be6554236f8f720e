// SPDX-License-Identifier: MIT
// panic.c - the end of the kernel.
//
// Theory    The first hart to panic owns the console: printf's sink is replaced by one that takes
//           no lock and in which every other hart that prints comes to rest.
// Promises  the message gets out even if the lock of the console is held, by this hart or another;
//           a panic inside a panic says so and stops; the machine stops with a failing exit code.
// Locks     none.
#include "panic/panic.h"

#include <stdarg.h>

#include "lib/printf.h"
#include "panic/backtrace.h"
#include "panic/ksyms.h"
#include "rv/cpu.h"
#include "rv/kstack.h"
#include "rv/sbi.h"
#include "rv/trapframe.h"

#define EXIT_PANIC 1

uint32 panic_owner;
static void (*stop_others)(void);
static void (*power_off)(int code);
static const struct panic_explainer *explainer;

static void
sink_end(void)
{
}

static struct print_sink sink = {panic_park, NULL, sink_end};

// Tells how to stop the other harts (they are made to call panic_park()) and how to turn the
// machine off. Either may be NULL. Called at boot, when the means are known.
void
panic_set_hooks(void (*stop)(void), void (*off)(int code))
{
    stop_others = stop;
    power_off = off;
}

// Tells what explains a panic after its message. Called once at the start of the boot.
void
panic_set_explainer(const struct panic_explainer *e)
{
    explainer = e;
}

// Stops this hart for good if another one has panicked; else does nothing. panic_park() calls it.
void
panic_wait(void)
{
    // Orders nothing: the hart only stops.
    uint32 panicker = __atomic_load_n(&panic_owner, __ATOMIC_RELAXED);
    while (panicker != 0 && panicker != (uint32)cpuid() + 1)
        __asm__ volatile("" ::: "memory"); // until the owner turns the machine off
}

// Makes this hart the owner of the panic. Returns false if it is already.
static bool
take_over(void)
{
    uint32 none = 0, me = (uint32)cpuid() + 1;
    // Acquire and release: one hart only goes on from here.
    if (!__atomic_compare_exchange_n(&panic_owner, &none, me, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE)) {
        panic_park();
        return false;
    }
    const struct print_sink *console = printf_sink();
    if (console != NULL) {
        sink.write = console->write;
        printf_set_sink(&sink);
    }
    if (stop_others != NULL)
        stop_others();
    return true;
}

static void noreturn
turn_off(void)
{
    if (power_off != NULL)
        power_off(EXIT_PANIC);
    sbi_shutdown(true);
}

// The subject of a panic, besides its message.
struct about {
    uint64 pc, fp; // where the backtrace starts; a pc of 0: with the caller of fp's frame
    const struct kernelframe *trap; // NULL: none
    uint64 table, there, wanted;    // frames; 0: none
    void (*tell)(const void *of);   // explains what else it is about; NULL: nothing
    const void *of;
};

// Prints the caller of a leaf function, which has no stack frame: its return address is in ra
// alone.
static void
print_leaf_caller(uint64 pc, uint64 ra, uint64 fp)
{
    uint64 here = 0, there = 0, first = 0;
    const char *name = ksyms_lookup(ra - 1, &there);
    backtrace_walk(fp, fp - 2 * sizeof(uint64), fp, &first, 1);
    if (name != NULL && name != ksyms_lookup(pc, &here) && ra != first)
        backtrace_print_pc(ra);
}

// Prints the callers from frame pointer fp on, up to the end of the stack around it.
static void
print_callers(const struct about *about)
{
    uint64 fp = about->fp, top = ((fp - 1) | (KSTACK_SIZE - 1)) + 1;
    printf("on hart %d, called from:\n", cpuid());
    if (about->pc != 0)
        backtrace_print_pc(about->pc);
    if (about->trap != NULL)
        print_leaf_caller(about->pc, about->trap->x[1], fp);
    backtrace_print(fp, fp - 2 * sizeof(uint64), top);
}

static void
tell_about(const struct about *about)
{
    if (about->tell != NULL)
        about->tell(about->of);
    if (explainer == NULL)
        return;
    if (about->trap != NULL)
        explainer->trap(about->trap);
    explainer->frames(about->table, about->there, about->wanted);
}

static void noreturn
vpanic(const struct about *about, const char *fmt, va_list ap)
{
    if (!take_over()) {
        printf("\npanic: inside panic, at 0x%016lx\n", about->pc);
        turn_off();
    }
    va_list again;
    va_copy(again, ap);
    printf("\npanic: ");
    vprintf(fmt, ap);
    printf("\n");
    if (explainer != NULL)
        explainer->message(fmt, again);
    va_end(again);
    tell_about(about);
    print_callers(about);
    if (explainer != NULL)
        explainer->user();
    turn_off();
}

// The backtrace starts with the return address in the frame of the function below.
#define HERE ((uint64)__builtin_frame_address(0))

// Ends the kernel: prints the message, what explains it and a backtrace, and turns the machine off
// with a failing exit code. Only the first hart that panics gets further than panic_park().
// Locks     any may be held: the console's is bypassed.
void
panic(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vpanic(&(struct about){.fp = HERE}, fmt, ap);
}

// Panics about page tables: names the owners of the frames at these physical addresses; 0: none.
void
panic_frames(uint64 table, uint64 there, uint64 wanted, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vpanic(&(struct about){.fp = HERE, .table = table, .there = there, .wanted = wanted}, fmt, ap);
}

// Panics about `of`, which tell(of) explains below the message.
void
panic_telling(void (*tell)(const void *of), const void *of, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vpanic(&(struct about){.fp = HERE, .tell = tell, .of = of}, fmt, ap);
}

// Panics about a trap, and explains it.
void
panic_trap(const struct kernelframe *f, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vpanic(&(struct about){.pc = f->sepc, .fp = f->x[8], .trap = f}, fmt, ap);
}

// Panics for the assertion `what` at that place in the source.
void
assert_failed(const char *what, const char *file, int line)
{
    panic("%s:%d: assertion failed: %s", file, line, what);
}
