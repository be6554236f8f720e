// SPDX-License-Identifier: MIT
// harts.c - the harts come online.
//
// Theory    The first hart starts the others through the firmware, one at a time. Each becomes an
//           idle process. The device tree may describe a hart that is not there, so the wait for a
//           hart has an end.
// Promises  When harts_start() returns, each hart below nharts is online, or never will be.
// Locks     none. The exchange of boot_wanted decides between a hart that arrives late and the hart
//           that stops waiting for it.
// Next      rv/entry.S, proc/sched/sched.c
#include "boot/harts.h"

#include "dev/machine.h"
#include "dev/plic.h"
#include "lib/panic.h"
#include "lib/printf.h"
#include "mm/aspace/asid.h"
#include "mm/frame/frame.h"
#include "mm/kvm/kimage.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"
#include "proc/proc.h"
#include "proc/sched/fpu.h"
#include "proc/sched/sched.h"
#include "proc/trap.h"
#include "rv/csr.h"
#include "rv/sbi.h"
#include "rv/timer.h"

#define PATIENCE          5      // seconds for a hart to start
#define NO_HART           (~0UL) // the machine's number of no hart, as in rv/entry.S
#define PANIC_STACK_ORDER 2      // one slot, aligned, so that its upper half looks like a stack

_Static_assert(PGSIZE << PANIC_STACK_ORDER == KSTACK_SLOT, "one slot");

void boot_secondary(void) noreturn;

extern void _start(void);         // rv/entry.S
extern struct cpu *boot_starting; // rv/entry.S
extern uint64 boot_wanted;        // rv/entry.S

static uint64 timebase; // ticks of `time` per second

// Gives a hart its idle process, with a stack to start on, and one for reporting that a stack is
// full.
static void
hart_prepare(struct cpu *c)
{
    struct proc *idle = kthread("idle", sched_idle);
    char *spare = kalloc_order(FRAME_KSTACK, 0, PANIC_STACK_ORDER);
    if (!idle || !spare)
        panic("no memory for hart %d", c->id);
    c->boot_sp = idle->own.kstack.top;
    c->panic_sp = (uint64)spare + KSTACK_SLOT; // in the direct map, which all tables contain
    sched_init_hart(c, idle);
}

static void
hart_online(struct cpu *c)
{
    trapinithart();
    fpu_init_hart();
    plic_init_hart((int)c->id);
    kstack_sync(&c->idle->own.kstack);
    asid_init_hart();
    __atomic_store_n(&c->online, 1, __ATOMIC_RELEASE); // pairs with await_hart()
}

// Waits until a hart is online, but not for ever.
// Returns   false: it has not come; if it comes later, it finds that it is not wanted, and stops.
static bool
await_hart(struct cpu *c)
{
    uint64 end = r_time() + PATIENCE * timebase;
    while (!__atomic_load_n(&c->online, __ATOMIC_ACQUIRE)) { // pairs with hart_online()
        uint64 wanted = c->hartid;
        // Relaxed: it only matters which of both is the first to change it (rv/entry.S).
        if (r_time() > end && __atomic_compare_exchange_n(&boot_wanted, &wanted, NO_HART, false,
                                                          __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return false;
        // A machine that runs its harts in turns, as QEMU does under -icount, lets the next one run
        // only when this one sleeps.
        timer_set(r_time() + timebase / 10000);
        asm volatile("wfi");
    }
    return true;
}

static bool
start_hart(struct cpu *c)
{
    hart_prepare(c);
    boot_starting = c;
    __atomic_store_n(&boot_wanted, c->hartid, __ATOMIC_SEQ_CST);
    __atomic_thread_fence(__ATOMIC_SEQ_CST); // before the firmware lets it go: rv/entry.S
    return sbi_hart_start(c->hartid, kimage_pa((uint64)_start), 0) == 0 && await_hart(c);
}

// Brings the running hart online, then starts the others, one by one. Harts that do not come are
// printed; their indices in cpus[] stay unused, and nharts does not count those at the end.
// Locks     none: no process runs yet.
void
harts_start(const struct machine *machine)
{
    timebase = machine->timebase;
    hart_prepare(mycpu());
    hart_online(mycpu());
    for (int i = 0; i < nharts; i++) {
        struct cpu *c = &cpus[i];
        if (c == mycpu())
            continue;
        c->id = (uint32)i;
        c->hartid = machine->hart[i].id;
        if (start_hart(c))
            printf("hart %d starting\n", i);
        else
            printf("vitrine: hart %lu does not start; going on without it\n", c->hartid);
    }
    while (!cpu_online(nharts - 1))
        nharts--;
}

// The first C code of a hart that start_hart() has started, on its idle process's stack. Entered
// from rv/entry.S.
void
boot_secondary(void)
{
    hart_online(mycpu());
    sched_idle();
}
