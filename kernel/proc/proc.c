// SPDX-License-Identifier: MIT
// proc.c - processes in memory: making, finding, listing, killing.
//
// Theory    A process is allocated, not a slot of a table. It is found by its pid through a table
//           of chains, and by its parent through two lists: the living and the exited children.
// Locks     proc_tree_lock guards all links between processes and the counts; p->lock, inside it,
//           the scheduling state.
#include "proc/proc.h"

#include "abi/errno.h"
#include "abi/onintr.h"
#include "explain/explain.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace/viewers.h"
#include "mm/frame/frame.h"
#include "mm/frame/kmem.h"
#include "mm/kvm/kvm.h"
#include "proc/alarm.h"
#include "proc/failtree.h"
#include "proc/interpose.h"
#include "proc/oom.h"
#include "proc/sched/sched.h"
#include "proc/trap.h"
#include "rv/csr.h"

#define PID_CHAINS 128
#define PID_MAX    0x7fffffff

struct spinlock proc_tree_lock;
struct proc *initproc;

static struct kmem_cache proc_cache;
static struct list pids[PID_CHAINS]; // [t] by pid % PID_CHAINS
static int last_pid;                 // [t]
static uint32 nproc;                 // [t]

// Prepares the table of processes and proc_tree_lock. Once at boot.
void
procinit(void)
{
    initlock(&proc_tree_lock, "tree", RANK_TREE);
    kmem_cache_init(&proc_cache, "proc", sizeof(struct proc));
    oom_init();
    for (int i = 0; i < PID_CHAINS; i++)
        list_init(&pids[i]);
}

static struct proc *
proc_find(int pid)
{
    list_for_each (node, &pids[pid % PID_CHAINS]) {
        struct proc *p = list_entry(node, struct proc, pidlink);
        if (p->pid == pid)
            return p;
    }
    return NULL;
}

// Counts a new process and gives it a pid. -1: there are too many.
static int
take_pid(void)
{
    int pid = -1;
    acquire(&proc_tree_lock);
    if (nproc < kstack_processes()) {
        do {
            last_pid = last_pid == PID_MAX ? 2 : last_pid + 1;
        } while (proc_find(last_pid));
        pid = last_pid;
        nproc++;
    }
    release(&proc_tree_lock);
    return pid;
}

static void
give_pid(void)
{
    acquire(&proc_tree_lock);
    nproc--;
    release(&proc_tree_lock);
}

static void
init_fields(struct proc *p, int pid)
{
    *p = (struct proc){.pid = pid, .state = EMBRYO, .hart = (uint32)cpuid(), .calls = native_calls};
    initlock(&p->lock, "proc", RANK_PROC);
    list_init(&p->runq);
    list_init(&p->children);
    list_init(&p->zombies);
    list_init(&p->sibling);
    list_init(&p->pidlink);
    waitq_init(&p->childwait, "childwait");
}

// Gives the process a kernel stack and a context, so that the first switch to it enters
// trap_start().
// Returns   false: no memory.
static bool
give_stack(struct proc *p, bool private)
{
    p->context.ra = (uint64)trap_start;
    p->context.sstatus = SSTATUS_SPIE; // an sret leads to user mode with interrupts on
    if (kstack_alloc(&p->own.kstack, (uint32)p->pid, private) < 0)
        return false;
    p->context.sp = p->own.kstack.top;
    return true;
}

// Makes an embryo: a process with a pid, a kernel stack and a trapframe, which cannot be found yet.
// On error  -EAGAIN: there are too many processes; -ENOMEM. *out is not set.
int
allocproc(struct proc **out)
{
    int pid = take_pid();
    if (pid < 0)
        return -EAGAIN;
    struct proc *p = kmem_cache_alloc(&proc_cache);
    if (!p) {
        give_pid();
        return -ENOMEM;
    }
    init_fields(p, pid);
    p->own.pid = (uint32)pid;
    p->own.trapframe = p->trapframe = kalloc(FRAME_TRAPFRAME, (uint32)pid);
    if (!p->trapframe || !give_stack(p, design->private_table)) {
        freeproc(p);
        return -ENOMEM;
    }
    *out = p;
    return 0;
}

// Frees the process and all that it still has; it cannot be found, is on no hart, and has no files.
// Locks     none held.
// Sleeps    while another process looks at its memory.
void
freeproc(struct proc *p)
{
    if (p->as)
        uvmfree(p->as); // a kernel table of its own served until the last switch away from it
    kstack_free(&p->own.kstack);
    if (p->trapframe)
        kfree(p->trapframe);
    kmem_free(p->fp);
    alarm_drop(p);
    kmem_free(p->watch);
    if (DEBUG_BUILD)
        failtree_leave(p);
    interpose_leave(p);
    kmem_cache_free(&proc_cache, p);
    give_pid();
}

// Makes a process findable by its pid, and a child of `parent`; NULL: it has none.
// Locks     takes proc_tree_lock.
void
proc_insert(struct proc *p, struct proc *parent)
{
    acquire(&proc_tree_lock);
    p->parent = parent;
    if (parent) {
        list_push_back(&parent->children, &p->sibling);
        // A ^C that came while the child was being made is also the child's, so that a process that
        // forks without end cannot escape it.
        p->onintr = parent->onintr;
        p->interrupted = parent->interrupted;
        if (p->interrupted && p->onintr == INTR_EXIT)
            p->killed = 1;
    }
    list_push_back(&pids[p->pid % PID_CHAINS], &p->pidlink);
    release(&proc_tree_lock);
}

// Marks the process as killed, and ends its sleep if that is killable. It exits at its next return
// to user mode.
// Locks     takes p->lock.
void
setkilled(struct proc *p)
{
    acquire(&p->lock);
    __atomic_store_n(&p->killed, 1, __ATOMIC_RELAXED); // p->lock orders it against falling asleep
    if (p->state == SLEEPING && p->killable)
        make_runnable(p);
    release(&p->lock);
}

// Kills a process: it exits at its next return to user mode.
// Returns   0; -ESRCH: there is no such process; -EPERM: process 1, without which no machine runs.
// Locks     takes proc_tree_lock.
int
kill(int pid)
{
    acquire(&proc_tree_lock);
    struct proc *p = pid > 0 ? proc_find(pid) : NULL;
    int error = !p ? -ESRCH : p == initproc ? -EPERM : 0;
    if (!error)
        setkilled(p);
    release(&proc_tree_lock);
    return error;
}

// Goes through the processes that can be found, in no order: finds the one after `p`, or the first
// if `p` is NULL.
// Returns   NULL: there are no more.
// Locks     proc_tree_lock held, or the other harts have stopped.
struct proc *
proc_next(const struct proc *p)
{
    int chain = p ? p->pid % PID_CHAINS : 0;
    struct list *node = p ? p->pidlink.next : pids[chain].next;
    while (node == &pids[chain]) {
        if (++chain == PID_CHAINS)
            return NULL;
        node = pids[chain].next;
    }
    return list_entry(node, struct proc, pidlink);
}

static void
interrupt_one(struct proc *p)
{
    if (p->onintr == INTR_IGNORE || p->state == ZOMBIE)
        return;
    __atomic_store_n(&p->interrupted, 1, __ATOMIC_RELAXED); // ordered by the locks of the sleeps
    if (p->onintr == INTR_EXIT)
        setkilled(p);
    else
        wakeup(&p->childwait);
}

// Acts on ^C: kills each process in mode INTR_EXIT and marks those in mode INTR_NOTE, whose wait()
// then fails. The caller wakes the readers of the console.
// Locks     takes proc_tree_lock; an interrupt handler may call it.
void
proc_interrupt(void)
{
    acquire(&proc_tree_lock);
    for (struct proc *p = NULL; (p = proc_next(p));)
        interrupt_one(p);
    release(&proc_tree_lock);
}

// Chooses what ^C does to the process and to the children that it makes from now on.
// Returns   1 if ^C came since the last call, else 0; -EPERM: the mode is INTR_EXIT for good, so
//           that no program can keep the console from its user.
// Locks     takes proc_tree_lock.
int
proc_onintr(struct proc *p, uint32 mode)
{
    acquire(&proc_tree_lock);
    int result = p->onintr == INTR_EXIT && mode != INTR_EXIT ? -EPERM : (int)p->interrupted;
    if (result >= 0) {
        p->onintr = mode;
        p->interrupted = 0;
    }
    release(&proc_tree_lock);
    return result;
}

// The address space of a process, which cannot be freed until the caller calls viewers_leave().
// Returns   NULL: there is no such process, or it has no memory.
// Locks     takes proc_tree_lock.
struct aspace *
proc_view(int pid)
{
    acquire(&proc_tree_lock);
    struct proc *p = pid > 0 ? proc_find(pid) : NULL;
    struct aspace *as = p ? p->as : NULL;
    if (as)
        viewers_enter(as); // p->as is valid: it is taken off p before it is freed
    release(&proc_tree_lock);
    return as;
}

// Kills all processes but `self` and process 1.
// Returns   how many have not exited yet.
// Locks     takes proc_tree_lock.
int
kill_others(struct proc *self)
{
    int alive = 0;
    acquire(&proc_tree_lock);
    for (struct proc *p = NULL; (p = proc_next(p));) {
        if (p == self || p == initproc || p->state == ZOMBIE)
            continue;
        setkilled(p);
        alive++;
    }
    release(&proc_tree_lock);
    return alive;
}

// The youngest process that has an address space of that family and has not exited; NULL: none.
// Locks     proc_tree_lock held.
struct proc *
proc_youngest(uint64 family)
{
    struct proc *youngest = NULL;
    for (struct proc *p = NULL; (p = proc_next(p));)
        if (p->state != ZOMBIE && p->as && p->as->family == family &&
            (!youngest || p->pid > youngest->pid))
            youngest = p;
    return youngest;
}

// The number of processes, the embryos and zombies included; it may be out of date at once.
uint64
proc_count(void)
{
    return __atomic_load_n(&nproc, __ATOMIC_RELAXED); // a snapshot for statistics
}

// Finds the process whose kernel stack ends at `top`, for panics.
// Locks     none: the other harts have stopped.
bool
proc_on_kstack(uint64 top, struct subject *s)
{
    const struct proc *p = NULL;
    while ((p = proc_next(p)))
        if (p->own.kstack.top == top) {
            *s = (struct subject){p->pid, p->name, p->as, p->trapframe};
            return true;
        }
    return false;
}

// Makes a thread of the kernel that runs entry(), which never returns. The caller makes it
// runnable.
// Returns   NULL: no memory.
struct proc *
kthread(const char *name, void (*entry)(void))
{
    struct proc *p = kmem_cache_alloc(&proc_cache);
    if (!p)
        return NULL;
    init_fields(p, 0);
    safestrcpy(p->name, name, sizeof p->name);
    p->entry = entry;
    if (give_stack(p, false))
        return p;
    kmem_cache_free(&proc_cache, p);
    return NULL;
}
