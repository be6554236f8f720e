// SPDX-License-Identifier: MIT
// traps.c - see traps.h.
//
// Theory    trampoline.S, swtch.S and usercopy.S in C, as far as TLBs are concerned. Kernel stacks,
//           the trampoline and the trapframe are looked at whenever the real code would use them:
//           there, a fault is the kernel's end. tools/mutants.py compares the fences of the two.
#include "mmu/traps.h"

#include <string.h>

#include "abi/errno.h"
#include "abi/usyscall.h"
#include "mm/aspace/aspace.h"
#include "mm/kvm/layout.h"
#include "mmu/hart.h"
#include "proc/proc.h"
#include "proc/trap.h"
#include "rv/cpu.h"
#include "rv/csr.h"
#include "rv/swtch.h"
#include "rv/trapframe.h"
#include "rv/usercopy.h"

#define FLOWS           64
#define TRAMPOLINE_PAGE (MAXVA - PGSIZE)

// One kernel stack and the thread that runs on it.
static struct flow {
    const struct context *context;
    struct fiber fiber;
    uint64 top, token;
} flows[FLOWS];

char _trampoline[PGSIZE] __attribute__((aligned(4096)));
char uservec[4], uservec_switched[4], userret[4], userret_switched[4], syscall_switched[4],
    trap_entry[4];

__asm__(".data\n"
        ".globl usercopy_start, usercopy_end, usercopy_failed\n"
        "usercopy_start: .quad 0\n"
        "usercopy_end:\n"
        "usercopy_failed: .quad 0\n"
        ".text\n");

// The flow of a process: its own, or one whose process has left it for good.
static struct flow *
flow_of(const struct context *context)
{
    struct flow *free = NULL;
    for (struct flow *f = flows; f < &flows[FLOWS]; f++) {
        if (f->context == context)
            return f;
        if (!f->context && !free)
            free = f;
    }
    if (!free)
        model_fail("more flows than the model has room for");
    free->context = context;
    return free;
}

struct fiber *
traps_fiber(const struct context *context)
{
    struct flow *f = flow_of(context);
    f->top = context->sp;
    return &f->fiber;
}

// An access of the kernel at `va` that must not fault.
// Returns   the physical address.
static uint64
surely(const char *what, uint64 va, enum pt_access access)
{
    uint64 pa;
    enum sight s = hart_look(va, access, MODE_KERNEL, true, &pa);
    if (s != SIGHT_OK)
        model_fail("%s at 0x%lx, access %d: the kernel faults (%s)", what, va, access,
                   s == SIGHT_FAULT ? "the table forbids it" : "an old entry forbids it");
    return pa;
}

// The two words of a stack, at both ends, that a trap (0) or a switch (1) uses.
static uint64 *
stack_word(uint64 top, int user, bool high)
{
    uint64 va = high ? top - 8 * (uint64)(user + 1) : top - KSTACK_SIZE + 8 * (uint64)user;
    return p2v(surely("kernel stack", va, PT_WRITE));
}

// Leaves a token on the stack, to see later that it is still there.
static void
stack_mark(uint64 top, int user, uint64 token)
{
    *stack_word(top, user, false) = token;
    *stack_word(top, user, true) = token;
}

static void
stack_check(uint64 top, int user, uint64 token)
{
    uint64 found = *stack_word(top, user, model_rnd(2));
    if (found != token)
        model_fail("kernel stack below 0x%lx holds 0x%lx, not the 0x%lx left there", top, found,
                   token);
}

void
traps_vector(void)
{
    if (design->switches)
        surely("trampoline", TRAMPOLINE_PAGE, PT_EXEC);
}

static void
load_satp(uint64 satp, bool fence)
{
    surely("trampoline", TRAMPOLINE_PAGE, PT_EXEC);
    hart_load(satp);
    surely("trampoline", TRAMPOLINE_PAGE, PT_EXEC); // the next instruction
    if (fence)
        sfence_vma();
    surely("trampoline", TRAMPOLINE_PAGE, PT_EXEC);
}

static void
to_user(void)
{
    struct trapframe *tf = myproc()->trapframe;
    bool fence = !mycpu()->asid_mask;
    tf->whole = 0;
    if (!tf->user_satp)
        return;
    load_satp(tf->user_satp, fence);
    surely("trapframe", TRAPFRAME, PT_READ);
}

// From user mode through the kernel and back.
static void
trap(uint64 cause, uint64 stval)
{
    struct trapframe *tf = myproc()->trapframe;
    uint64 token = model_rnd(~0UL);
    *model_csr(CSR_scause) = cause;
    *model_csr(CSR_stval) = stval;
    *model_csr(CSR_sstatus) &= ~(SSTATUS_SPP | SSTATUS_SUM);
    if (tf->kernel_satp) {
        surely("trapframe", TRAPFRAME, PT_WRITE);
        load_satp(tf->kernel_satp, tf->kernel_fence);
    }
    stack_mark(tf->kernel_sp, 0, token);
    tf->whole = 1;
    if (cause == CAUSE_ECALL_U)
        calls_serve();
    else
        usertrap();
    stack_check(tf->kernel_sp, 0, token);
    to_user();
}

// The code at which trap_start() continues.
void
user_resume(void)
{
    to_user();
    traps_user_main();
}

static void
start(void)
{
    trap_start();
}

void
swtch(struct context *old, struct context *new, uint64 satp, bool drop)
{
    struct flow *from = flow_of(old), *to = flow_of(new);
    from->token = model_rnd(~0UL);
    stack_mark(from->top, 1, from->token);
    old->sstatus = *model_csr(CSR_sstatus);
    if (satp)
        w_satp(satp);
    if (satp && drop)
        sfence_vma();
    if (new->ra == (uint64)trap_start) {
        fiber_start(traps_fiber(new), start);
        new->ra = 0;
        stack_mark(to->top, 1, to->token = model_rnd(~0UL));
    }
    *model_csr(CSR_sstatus) = new->sstatus;
    stack_check(to->top, 1, to->token); // on the new stack already
    model_running[model_hart] = &to->fiber;
    if (container_of(old, struct proc, context)->state == ZOMBIE)
        from->context = NULL;
    fiber_switch(&from->fiber, &to->fiber);
}

// Fails the test if this fault must not come after `handled` faults of the same access.
static void
judge_fault(enum sight s, uint64 va, int handled)
{
    if (s == SIGHT_OLD_HOLE)
        model_fail(
            "va 0x%lx faults because of a remembered hole, although the kernel has filled it", va);
    if (s == SIGHT_OLD_RIGHTS && handled)
        model_fail("va 0x%lx faults again: the kernel has left an old entry in this hart", va);
    if (s == SIGHT_FAULT && handled)
        model_fail("va 0x%lx faults again: the kernel has not made the access possible", va);
    if (handled > 1)
        model_fail("va 0x%lx faults for ever: an old pointer is never fenced", va);
}

static uint64
cause_of(enum pt_access access)
{
    static const uint64 cause[] = {CAUSE_PAGE_LOAD, CAUSE_PAGE_STORE, CAUSE_PAGE_FETCH};
    return cause[access];
}

uint64
traps_at(uint64 va, enum pt_access access)
{
    uint64 pa;
    enum sight s;
    for (int handled = 0; (s = hart_look(va, access, MODE_USER, handled, &pa)) != SIGHT_OK;
         handled++) {
        judge_fault(s, va, handled);
        model_note("pid %d faults: va 0x%lx access %d", myproc()->pid, va, access);
        trap(cause_of(access), va);
    }
    return pa;
}

int64
traps_call(uint64 number, uint64 a0, uint64 a1)
{
    struct trapframe *tf = myproc()->trapframe;
    tf->a7 = number;
    tf->a0 = a0;
    tf->a1 = a1;
    trap(CAUSE_ECALL_U, 0);
    return (int64)tf->a0;
}

void
traps_timer(void)
{
    trap(IRQ_TIMER, 0);
}

// The kernel's pointer for user address `va`; NULL: the copy has to end with *error.
static char *
copy_at(uint64 va, enum pt_access access, int *error)
{
    uint64 pa;
    enum sight s;
    for (int handled = 0; (s = hart_look(va, access, MODE_KERNEL, handled, &pa)) != SIGHT_OK;
         handled++) {
        judge_fault(s, va, handled);
        struct kernelframe f = {.sepc = (uint64)usercopy_start,
                                .sstatus = *model_csr(CSR_sstatus),
                                .scause = cause_of(access),
                                .stval = va};
        traps_vector();
        kerneltrap(&f);
        *model_csr(CSR_sstatus) = f.sstatus;
        if (f.sepc == (uint64)usercopy_failed) {
            *error = (int)f.x[10];
            return NULL;
        }
    }
    return p2v(pa);
}

int
usercopy(void *dst, const void *src, size_t n)
{
    int error = 0;
    while (n && !error) {
        bool out = (uint64)dst < MAXVA;
        uint64 va = (uint64)(out ? dst : src);
        size_t room = PGSIZE - va % PGSIZE, chunk = n < room ? n : room;
        char *user = copy_at(va, out ? PT_WRITE : PT_READ, &error);
        if (user)
            memcpy(out ? user : dst, out ? src : user, chunk);
        dst = (char *)dst + chunk;
        src = (const char *)src + chunk;
        n -= chunk;
    }
    return error;
}

int
directcopy(void *dst, const void *src, size_t n)
{
    memcpy(dst, src, n);
    return 0;
}

int64
usercopy_str(char *dst, const char *src, size_t max)
{
    int64 result = -ENAMETOOLONG;
    int error = 0;
    for (size_t i = 0; i < max && result == -ENAMETOOLONG; i++) {
        const char *user = copy_at((uint64)src + i, PT_READ, &error);
        if (user)
            dst[i] = *user;
        if (!user || !*user)
            result = user ? (int64)i : error;
    }
    return result;
}
