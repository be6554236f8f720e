// SPDX-License-Identifier: MIT
// trap.c - traps from user mode and from the kernel.
//
// Theory    usertrap() is entered by the trampoline on the process's kernel stack and returns to
//           it; a new process starts as if returning. Kernel traps are faults in copies of user
//           memory and, where they are allowed (idle, preempt_point), interrupts. Any other one
//           is a panic.
// Promises  killed and need_resched are tested before each return to user mode.
// Manual    priv: stvec, scause, sstatus
#include "proc/trap.h"

#include "abi/errno.h"
#include "abi/onintr.h"
#include "dev/plic.h"
#include "explain/explain.h"
#include "lib/panic.h"
#include "mm/aspace/aspace.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"
#include "panic/panic.h"
#include "proc/alarm.h"
#include "proc/oom.h"
#include "proc/sched/fpu.h"
#include "proc/sched/sched.h"
#include "proc/sched/ticks.h"
#include "proc/selftest.h"
#include "rv/usercopy.h"

uint64 trap_userret;
static uint64 trap_stvec; // where all traps enter, in the user's table as well

static bool
describe_current(struct subject *s)
{
    const struct proc *p = myproc();
    if (!p)
        return false;
    *s = (struct subject){p->pid, p->name, p->as, p->trapframe};
    return true;
}

static const struct explain_hooks explain_hooks = {describe_current, proc_on_kstack};

// Prepares traps from user mode for the design in force. Once at boot, after the design is chosen.
void
trapinit(void)
{
    trap_stvec = (uint64)uservec;
    trap_userret = (uint64)userret;
    if (design->switches) {
        trap_userret = TRAMPOLINE;
        trap_stvec = TRAMPOLINE + (uint64)(uservec_switched - userret_switched);
    }
    explain_set_hooks(&explain_hooks);
}

// Leads this hart's traps into the kernel, and enables the interrupts that it waits for. They are
// taken where the kernel allows interrupts, and in user mode.
void
trapinithart(void)
{
    csr_write(sscratch, 0); // the kernel's mark: rv/trampoline.S
    csr_write(stvec, trap_stvec);
    csr_write(sie, SIE_SSIE | SIE_STIE | SIE_SEIE);
}

// Fills in the kernel's part of the process's trapframe. Called when its tables, stack or hart's
// ASIDs have changed.
void
trap_prepare(struct proc *p)
{
    struct trapframe *tf = p->trapframe;
    tf->kernel_satp = design->switches ? p->as->ksatp : 0;
    tf->kernel_sp = p->own.kstack.top;
    tf->kernel_trap = (uint64)trap_entry;
    tf->kernel_syscall = (uint64)syscall_switched;
    tf->kernel_fence = !mycpu()->asid_mask;
    tf->user_satp = design->switches ? p->as->satp : 0;
}

// The start of each new process: the first switch to it enters here, with its predecessor's lock
// held. A thread of the kernel runs its entry(); a user process returns to user mode.
void
trap_start(void)
{
    sched_finish_switch();
    struct proc *p = myproc();
    fpu_enter(p);
    if (p->entry)
        p->entry();
    trap_leave(p);
    user_resume();
}

static bool
interrupt(uint64 cause)
{
    switch (cause) {
    case IRQ_TIMER:
        ticks_interrupt();
        return true;
    case IRQ_EXTERNAL:
        plic_handle(cpuid());
        return true;
    case IRQ_SOFT:
        csr_clear(sip, SIE_SSIE);
        panic_park();
        return true;
    default:
        return false;
    }
}

static bool
page_fault(uint64 cause, enum pt_access *access)
{
    switch (cause) {
    case CAUSE_PAGE_FETCH:
        *access = PT_EXEC;
        return true;
    case CAUSE_PAGE_LOAD:
        *access = PT_READ;
        return true;
    case CAUSE_PAGE_STORE:
        *access = PT_WRITE;
        return true;
    default:
        return false;
    }
}

static void
report_and_kill(struct proc *p, uint64 cause, uint64 stval, int error)
{
    struct subject who = {p->pid, p->name, p->as, p->trapframe};
    explain_user(&who, cause, stval, error);
    setkilled(p);
}

// Handles a trap that is no system call: a page fault, an interrupt, or a mistake of the process,
// which ends it.
static void
other_trap(struct proc *p, uint64 cause)
{
    enum pt_access access;
    int error = -EFAULT;
    uint64 stval = csr_read(stval);
    if (csr_read(sstatus) & SSTATUS_SPP)
        panic("usertrap: not from user mode, sepc 0x%lx", p->trapframe->epc);
    if (page_fault(cause, &access)) {
        bool written = false;
        do
            error = vmfault(p->as, stval, access);
        while (unlikely(error) && memory_relieve(p, error, &written));
        if (!error || killed(p))
            return;
    }
    if (interrupt(cause))
        return;
    if (cause == CAUSE_ILLEGAL && !p->fp && (error = fpu_first_use(p)) == 0)
        return; // if it was an FP instruction, it is executed again with the unit on
    report_and_kill(p, cause, stval, error);
}

// Runs pending work before the process returns to user mode: preemption, alarms, kill.
// Sleeps    when another process runs first. Does not return if the process was killed.
void
trap_exit_work(struct proc *p)
{
    if (mycpu()->need_resched) {
        alarm_tick(p);
        yield();
    }
    if (killed(p))
        exit(p->onintr == INTR_EXIT && p->interrupted ? INTR_STATUS : -1);
}

// Handles a trap from user mode that is no system call. Entered from rv/trampoline.S.
// The trapframe is whole.
// Sleeps    when a page is read or another process runs first. Does not return if the process ends.
void
usertrap(void)
{
    struct proc *p = myproc();
    other_trap(p, csr_read(scause));
    trap_leave(p);
}

static bool
in_usercopy(uint64 pc)
{
    return pc >= (uint64)usercopy_start && pc < (uint64)usercopy_end;
}

// Handles a trap from the kernel: an interrupt, or a page fault in a copy of user memory, which is
// resolved or makes the copy fail. Any other trap is a panic. Entered from rv/kernelvec.S.
// Sleeps    when a page is read.
void
kerneltrap(struct kernelframe *f)
{
    enum pt_access access;
    if (interrupt(f->scause))
        return;
    if (!in_usercopy(f->sepc) || !page_fault(f->scause, &access) || f->stval >= MAXVA) {
        if (DEBUG_BUILD && selftest_caught(f))
            return;
        panic_trap(f, "kerneltrap: scause 0x%lx stval 0x%lx sepc 0x%lx", f->scause, f->stval,
                   f->sepc);
    }
    int error = vmfault(myproc()->as, f->stval, access);
    if (error) {
        f->sepc = (uint64)usercopy_failed;
        f->x[10] = (uint64)error; // the copy's result
    }
}

// Panics because the kernel has left its stack; runs on the hart's spare stack. Entered from
// rv/kernelvec.S.
void
kstack_overflow(struct kernelframe *f)
{
    struct proc *p = myproc();
    panic_trap(f, "kernel stack overflow: pid %d %s, sp 0x%lx, scause 0x%lx stval 0x%lx",
               p ? p->pid : 0, p ? p->name : "boot", f->x[2], f->scause, f->stval);
}
