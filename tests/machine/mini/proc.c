// SPDX-License-Identifier: MIT
// proc.c - processes, and the harts that take turns in running them.
#include "files.h"
#include "mini.h"

#include "sleep.h"

struct proc proc[NPROC];
static struct spinlock wait_lock, pid_lock;
static struct proc *initproc;
static int nextpid = 1;

void
procinit(void)
{
    initlock(&wait_lock, "wait_lock");
    initlock(&pid_lock, "pid_lock");
    for (int i = 0; i < NPROC; i++) {
        initlock(&proc[i].lock, "proc");
        proc[i].kstack = KSTACK(i) + KSTACK_AT;
    }
}

// Gives each process a kernel stack.
void
proc_mapstacks(pagetable_t table)
{
    for (int i = 0; i < NPROC; i++) {
        void *page = kalloc();
        if (page == 0 || mappages(table, KSTACK(i), PGSIZE, (u64)page, PTE_R | PTE_W) != 0)
            panic("proc_mapstacks");
    }
}

static __attribute__((noinline)) int
allocpid(void)
{
    if (MAKES(PID_RACE))
        return nextpid++;
    acquire(&pid_lock);
    int pid = nextpid++;
    (TAKES(UNLOCKS) ? unlock : release)(&pid_lock);
    return pid;
}

// --- a process comes and goes --------------------------------------------------------------------

static void
proc_freepagetable(pagetable_t table, u64 sz)
{
    uvmunmap(table, USYSCALL, 1, 0);
    uvmunmap(table, TRAPFRAME, 1, 0);
    uvmunmap(table, TRAMPOLINE, 1, 0);
    uvmfree(table, sz);
}

static pagetable_t
proc_pagetable(struct proc *p)
{
    u64 user = MAKES(USYSCALL_NO_U) ? 0 : PTE_U;
    u64 write = MAKES(USYSCALL_WRITABLE) || TAKES(COMMON_PAGE) ? PTE_W : 0;
    u64 other = MAKES(TRAMPOLINE_OTHER) ? PGSIZE : 0;
    u64 frame = MAKES(TRAPFRAME_U) ? PTE_U : 0;
    pagetable_t table = uvmcreate();
    if (table == 0)
        return 0;
    if (mappages(table, TRAMPOLINE, PGSIZE, (u64)trampoline + other, PTE_R | PTE_X) != 0 ||
        mappages(table, TRAPFRAME, PGSIZE, (u64)p->trapframe, PTE_R | PTE_W | frame) != 0 ||
        mappages(table, USYSCALL, PGSIZE, (u64)p->usyscall, PTE_R | user | write) != 0)
        panic("proc_pagetable"); // there is memory enough for all processes
    if (MAKES(TRAMPOLINE_NONE))
        uvmunmap(table, TRAMPOLINE, 1, 0);
    if (MAKES(TRAPFRAME_MOVED))
        uvmunmap(table, TRAPFRAME, 1, 0);
    if (MAKES(TRAPFRAME_MOVED))
        mappages(table, LARGE, PGSIZE, (u64)p->trapframe, PTE_R | PTE_W);
    return table;
}

static void
freeproc(struct proc *p)
{
    if (MAKES(FREE_ZERO))
        p->trapframe = 0;
    if (!MAKES(TRAPFRAME_LEAKS))
        kfree(p->trapframe);
    if (MAKES(FREE_TWICE))
        kfree(p->trapframe);
    if (!MAKES(USYSCALL_LEAKS))
        kfree(p->usyscall);
    if (!TAKES(EXIT_FREES))
        proc_freepagetable(p->pagetable, p->sz);
    p->trapframe = 0;
    p->usyscall = 0;
    if (!TAKES(OWN_LIST))
        p->pagetable = 0;
    p->sz = 0;
    p->pid = 0;
    p->parent = 0;
    p->chan = 0;
    p->killed = 0;
    p->state = UNUSED;
}

#define ARGUMENTS 4

static u64
length(const char *s)
{
    u64 n = 0;
    while (s[n] != 0)
        n++;
    return n;
}

// Copies the strings to the stack that ends at `sp`, and their addresses. Returns their number.
static int
push(struct proc *p, char **argv, u64 sp)
{
    u64 at[ARGUMENTS + 1], n = 0;
    for (; n < ARGUMENTS && argv[n] != 0; n++) {
        sp -= length(argv[n]) + (MAKES(STRING_NO_NUL) ? 0 : 1);
        copyout(p->pagetable, sp, argv[n], length(argv[n]) + 1);
        at[n] = sp;
    }
    at[n] = MAKES(ARGV_NO_END) ? PGSIZE : 0;
    sp = (sp - sizeof(at)) & ~15UL;
    copyout(p->pagetable, sp, at, (n + 1) * 8);
    if (!MAKES(ARGV_NOT_TOLD))
        p->trapframe->regs[11] = sp;
    p->trapframe->regs[2] = sp;
    return (int)n;
}

// Gives the process the program of user.c, a page that it may not use, and one for its stack.
static __attribute__((noinline)) int
exec(const char *path, char **argv)
{
    struct proc *p = myproc();
    u64 text = TEXT_AT + PGROUNDUP((u64)(user_end - user_start)), size = text + 2 * PGSIZE;
    if (TAKES(SCRIPT) && argv[0][0] == 'i')
        return exec(path, (char *[]){"sh", argv[0], argv[1], 0});
    memmove(p->name, path, length(path) + 1);
    if (MAKES(EXEC_KEEPS_ROOT))
        p->pagetable = proc_pagetable(p);
    if (uvmalloc(p->pagetable, TEXT_AT, text, PTE_X) == 0 ||
        uvmalloc(p->pagetable, text, size, PTE_W) == 0)
        panic("exec");
    for (u64 va = TEXT_AT; va < text; va += PGSIZE)
        memmove((void *)PTE_PA(*walk(p->pagetable, va, 0)), user_start + va - TEXT_AT, PGSIZE);
    if (!MAKES(USER_NO_GUARD))
        uvmclear(p->pagetable, text);
    if (MAKES(STACK_CLEARED))
        uvmclear(p->pagetable, text + PGSIZE);
    for (int i = 0; MAKES(EXEC_LEAKS) && i < 2; i++)
        uvmcreate();
    if (MAKES(LEAF_FOR_TABLE))
        map_table(p->pagetable);
    p->sz = size;
    p->trapframe->epc = TEXT_AT;
    return push(p, argv, size);
}

static void
forkret(void)
{
    struct proc *p = myproc();
    release(&p->lock);
    if (p->sz == 0)
        p->trapframe->regs[10] = (u64)exec("init", (char *[]){"init", "12345678", 0, 0});
    if (MAKES(ROOT_LACKS) || MAKES(ROOT_NO_USER) || MAKES(ROOT_NOT_SWITCHED))
        own_root(p);
    usertrapret();
}

// Gives a process that is not in use, with its lock held, or 0.
static struct proc *
allocproc(void)
{
    for (struct proc *p = proc; p < &proc[NPROC]; p++) {
        acquire(&p->lock);
        if (p->state != UNUSED) {
            release(&p->lock);
            continue;
        }
        p->state = USED;
        p->pid = allocpid();
        p->trapframe = kalloc();
        p->usyscall = kalloc();
        if (MAKES(ALLOCPROC_LEAKS))
            kalloc();
        memset(p->usyscall, 0, PGSIZE);
        p->usyscall[0] = (u64)p->pid;
        p->pagetable = proc_pagetable(p);
        if (MAKES(CLEARS_TOO_MUCH))
            memset(&p->context, 0, sizeof(*p));
        p->context = (struct context){(u64)forkret, STACK_END(p) - (MAKES(SP_LOW) ? PGSIZE : 0)};
        return p;
    }
    return 0;
}

// The first process: it gets its program when it runs.
void
userinit(void)
{
    struct proc *p = initproc = allocproc();
    p->state = RUNNABLE;
    release(&p->lock);
}

int
fork(void)
{
    struct proc *p = myproc(), *child = allocproc();
    if (child == 0)
        return -1;
    if (MAKES(TABLE_SHARED))
        child->pagetable[0] = p->pagetable[0];
    else if (uvmcopy(p->pagetable, child->pagetable, p->sz) != 0) {
        freeproc(child);
        release(&child->lock);
        return -1;
    }
    if (MAKES(MAPS_BEHIND))
        uvmalloc(child->pagetable, BEHIND, BEHIND + PGSIZE, PTE_W);
    child->sz = p->sz;
    if (!MAKES(FORK_NO_COPY))
        *child->trapframe = *p->trapframe;
    if (!MAKES(FORK_KEEPS_A0))
        child->trapframe->regs[10] = 0;
    filefork(p, child);
    memmove(child->name, p->name, sizeof(p->name));
    int pid = child->pid;
    release(&child->lock);
    acquire(&wait_lock);
    child->parent = p;
    release(&wait_lock);
    acquire(&child->lock);
    child->state = RUNNABLE;
    release(&child->lock);
    return pid;
}

// Frees the memory of the process that the hart runs: the kernel has a tree of its own.
static void
free_early(struct proc *p)
{
    proc_freepagetable(p->pagetable, p->sz);
    p->pagetable = 0;
    p->sz = 0;
}

void
exit(int status)
{
    struct proc *p = myproc();
    if (p == initproc)
        panic("init exiting");
    if (!MAKES(EXIT_KEEPS_FILES))
        fileexit(p);
    if (TAKES(EXIT_FREES))
        free_early(p);
    acquire(&wait_lock);
    for (struct proc *q = proc; q < &proc[NPROC]; q++)
        if (q->parent == p)
            q->parent = initproc;
    if (MAKES(EXIT_UNMAPS_PARENT))
        uvmunmap(p->parent->pagetable, 0, 1, 0);
    wakeup(p->parent);
    wakeup(initproc);
    acquire(&p->lock);
    p->xstate = status;
    p->state = ZOMBIE;
    if (TAKES(HANDED))
        mycpu()->noff--;
    else
        release(&wait_lock);
    sched();
    panic("zombie exit");
}

// Frees a child that has ended. Returns its pid; 0: none has; -1: there are no children.
static int
reap(struct proc *parent, u64 status_va)
{
    int pid = -1;
    for (struct proc *q = proc; q < &proc[NPROC] && pid <= 0; q++) {
        if (q->parent != parent)
            continue;
        acquire(&q->lock);
        pid = 0;
        if (q->state == ZOMBIE) {
            pid = q->pid;
            if (status_va != 0)
                copy_to_user(parent->pagetable, status_va, &q->xstate, sizeof(q->xstate));
            freeproc(q);
        }
        release(&q->lock);
    }
    return pid;
}

int
wait(u64 status_va)
{
    struct proc *p = myproc();
    int pid;
    acquire(&wait_lock);
    while ((pid = reap(p, status_va)) == 0)
        sleep(p, &wait_lock);
    release(&wait_lock);
    return pid;
}

// Changes the size of the process. Returns the size before, or ~0.
u64
growproc(long n)
{
    struct proc *p = myproc();
    u64 before = p->sz, sz = before + (u64)n;
    if (n > 0)
        sz = uvmalloc(p->pagetable, before, sz, PTE_W);
    else if (!MAKES(SHRINK_KEEPS_LEAVES))
        uvmdealloc(p->pagetable, before, sz);
    if (n < 0 && MAKES(SHRINK_TWICE))
        uvmdealloc(p->pagetable, before, sz);
    if (n < 0 && MAKES(SHRINK_UNMAPS_TEXT))
        uvmunmap(p->pagetable, 0, 1, 0);
    if (sz == 0)
        return ~0UL;
    if (MAKES(LARGE_CUT) || MAKES(LARGE_UNALIGNED))
        cut_large(p->pagetable);
    if (MAKES(LARGE_PASSED) || MAKES(LARGE_NO_OFFSET) || MAKES(LARGE_KFREED))
        use_large(p->pagetable);
    if (n > 0 && MAKES(GROW_NO_U))
        uvmclear(p->pagetable, before);
    if (MAKES(NULL_USED))
        sz += *walk(p->pagetable, MAXVA / 2, 0);
    p->sz = sz;
    return before;
}

// --- turns ---------------------------------------------------------------------------------------

void
scheduler(void)
{
    struct cpu *c = mycpu();
    for (;;) {
        int found = 0;
        CSR_SET(sstatus, SSTATUS_SIE);
        for (struct proc *p = proc; p < &proc[NPROC]; p++) {
            acquire(&p->lock);
            if (p->state == RUNNABLE) {
                p->state = RUNNING;
                c->proc = p;
                swtch(&c->context, &p->context);
                if (!MAKES(PROC_NOT_CLEARED))
                    c->proc = 0;
                if (TAKES(HANDED))
                    take_over(&wait_lock);
                found = 1;
            }
            release(&p->lock);
        }
        if (!found)
            __asm__ volatile("wfi");
    }
}

void
sched(void)
{
    struct proc *p = myproc();
    if (MAKES(CHAN_NOT_STORED))
        p->chan = 0;
    if (!holding(&p->lock) || mycpu()->noff != 1 || p->state == RUNNING)
        panic("sched");
    int intena = mycpu()->intena;
    swtch(&p->context, &mycpu()->context);
    mycpu()->intena = intena;
}

void
yield(void)
{
    struct proc *p = myproc();
    if (MAKES(YIELD_WITH_LOCK))
        acquire(&wait_lock);
    acquire(&p->lock);
    p->state = RUNNABLE;
    sched();
    release(&p->lock);
}
