// SPDX-License-Identifier: MIT
// exit.c - the end of a process, and the parent that waits for it.
//
// Theory    A process gives back its files and its memory itself. Its parent frees the rest
//           with freeproc(): the record, the kernel stack, and the roots of its page tables, which a
//           hart may have in satp until the last switch. Orphans belong to process 1.
// Locks     proc_tree_lock; then p->lock, which is held across the last switch, so that the parent
//           that acquires it knows that no hart is on the stack.
#include "abi/errno.h"
#include "abi/onintr.h"
#include "dev/power.h"
#include "fs/file/file.h"
#include "fs/fs.h"
#include "lib/panic.h"
#include "lib/printf.h"
#include "mm/aspace/aspace.h"
#include "mm/copy/copy.h"
#include "mm/frame/ledger.h"
#include "proc/alarm.h"
#include "proc/oom.h"
#include "proc/proc.h"
#include "proc/sched/fpu.h"
#include "proc/sched/sched.h"
#include "proc/sched/ticks.h"
#include "proc/watch.h"
#include "rv/csr.h"

static void
drop_files(struct proc *p)
{
    for (int fd = 0; fd < NOFILE; fd++) {
        if (!p->ofile[fd])
            continue;
        fileclose(p->ofile[fd]);
        p->ofile[fd] = NULL;
    }
    if (!p->cwd)
        return;
    begin_op();
    iput(p->cwd);
    end_op();
    p->cwd = NULL;
}

// Ends all processes, writes everything to the disk and turns the machine off; `code` is for the
// host. Each process has a second to close its files, so that unlinked ones are freed.
// Locks     none held.
// Sleeps    until the processes have ended and the disk is written.
void
shutdown(int code)
{
    struct proc *p = myproc();
    uint64 step = ticks_timebase() / 200, end = r_time() + ticks_timebase();
    drop_files(p);
    while (kill_others(p) > 0 && r_time() < end)
        if (ticks_sleep_until(r_time() + step) < 0)
            break;
    if (fs_unmount() < 0)
        printf("vitrine: the disk could not be written completely\n");
    if (kill_others(p) == 0 && DEBUG_BUILD)
        check_ledger(); // no other process is left to allocate
    power_off(code);
}

// Makes the children on a list process 1's.
// Locks     proc_tree_lock held.
static void
give_to_init(struct list *from, struct list *to)
{
    struct list *node;
    while ((node = list_pop_front(from))) {
        struct proc *orphan = list_entry(node, struct proc, sibling);
        orphan->parent = initproc;
        if (orphan->onintr == INTR_EXIT && !killed(orphan))
            orphan->onintr = INTR_IGNORE; // the command in the foreground has gone on without it
        watch_forget(orphan);
        list_push_back(to, node);
    }
}

// Ends the machine because process 1 ends, and says why.
static void noreturn
exit_init(struct proc *p, int status)
{
    if (killed(p))
        printf("vitrine: process 1 (%s) was killed; the machine stops\n", p->name);
    else
        printf("vitrine: process 1 (%s) has exited with status %d; the machine stops\n", p->name,
               status);
    shutdown(status);
}

// Ends the running process; its parent gets the status from wait(). When process 1 ends, the
// machine does.
// Locks     none held; takes proc_tree_lock.
// Sleeps    yes, to close files.
void
exit(int status)
{
    struct proc *p = myproc();
    if (p == initproc)
        exit_init(p, status);
    drop_files(p);
    uvmretire(p->as);
    fpu_drop(p);
    alarm_drop(p);

    acquire(&proc_tree_lock);
    bool orphans = !list_empty(&p->zombies);
    give_to_init(&p->children, &initproc->children);
    give_to_init(&p->zombies, &initproc->zombies);
    if (orphans)
        wakeup(&initproc->childwait);
    p->xstate = status;
    list_remove(&p->sibling);
    list_push_back(&p->parent->zombies, &p->sibling);
    wakeup(&p->parent->childwait);
    oom_ended();
    acquire(&p->lock);
    p->state = ZOMBIE;
    release(&proc_tree_lock);
    sched();
    panic("exit: process %d ran again", p->pid);
}

// Frees a zombie child.
// Returns   its pid.
// Locks     proc_tree_lock, held on entry, is released.
static int
reap(struct proc *zombie)
{
    int pid = zombie->pid;
    list_remove(&zombie->sibling);
    list_remove(&zombie->pidlink); // it cannot be found any more
    release(&proc_tree_lock);
    acquire(&zombie->lock); // until it has left its stack: sched_finish_switch() releases it
    release(&zombie->lock);
    freeproc(zombie);
    return pid;
}

// Copies the status to the caller's address; 0: nowhere. proc_tree_lock is released meanwhile: the
// zombie stays, since only this process, its parent, can reap it.
static int
store_status(struct proc *p, struct proc *zombie, uint64 status_va)
{
    int status = zombie->xstate;
    if (!status_va)
        return 0;
    release(&proc_tree_lock);
    int error = copyout(p->as, status_va, &status, sizeof status);
    acquire(&proc_tree_lock);
    return error;
}

// Waits until a child of the running process has exited, and frees it. Its status goes to the user
// address status_va unless that is 0.
// Returns   the child's pid; -ECHILD: there are no children; -EINTR: killed, or ^C as proc_onintr()
//           says; or copyout()'s error. On error a child can still be waited for.
// Locks     takes proc_tree_lock.
// Sleeps    until a child exits.
int
wait(uint64 status_va)
{
    struct proc *p = myproc();
    int error = 0;
    acquire(&proc_tree_lock);
    while (!error) {
        if (!list_empty(&p->zombies)) {
            struct proc *zombie = list_entry(p->zombies.next, struct proc, sibling);
            error = store_status(p, zombie, status_va);
            if (!error)
                return reap(zombie);
        } else if (list_empty(&p->children)) {
            error = -ECHILD;
        } else if (p->interrupted) {
            error = -EINTR;
        } else {
            error = sleep(&p->childwait, &proc_tree_lock);
        }
    }
    release(&proc_tree_lock);
    return error;
}
