// SPDX-License-Identifier: MIT
// watch.c - a process stops after certain system calls, so that its parent can look at it.
//
// Theory    The child asks to be watched; the parent resumes it from stop to stop. A stop wakes the
//           parent's childwait, as the end of a child does.
// Promises  A child does not stay stopped without a parent that can resume it; kill() ends a stop.
// Locks     proc_tree_lock.
#include "proc/watch.h"

#include "abi/errno.h"
#include "mm/frame/kmem.h"
#include "proc/proc.h"

struct watch {
    uint64 mask; // calls after which it stops
    uint64 call; // the one after which it has stopped; 0: it runs
    bool seen;   // watch_child() has reported the stop
    struct waitq go;
};

// Makes the running process stop after each system call whose bit is set in `mask`; 0: after none.
// On error  -ENOMEM: nothing has changed.
// Locks     takes proc_tree_lock.
int
watch_self(uint64 mask)
{
    struct proc *p = myproc();
    struct watch *w = p->watch ? p->watch : kmem_zalloc(sizeof *w);
    if (!w)
        return -ENOMEM;
    if (!p->watch)
        waitq_init(&w->go, "watch");
    acquire(&proc_tree_lock);
    w->mask = mask;
    p->watch = w;
    release(&proc_tree_lock);
    return 0;
}

// Stops the running process after `call` if its mask says so, until its parent resumes it or it is
// killed.
// Locks     takes proc_tree_lock; no spinlock held.
// Sleeps    while it is stopped.
void
watch_stop(struct proc *p, uint64 call)
{
    struct watch *w = p->watch;
    int error = 0;
    acquire(&proc_tree_lock);
    if (w->mask >> call & 1) {
        w->call = call;
        w->seen = false;
        wakeup(&p->parent->childwait);
        while (w->call && !error)
            error = sleep(&w->go, &proc_tree_lock);
        w->call = 0;
    }
    release(&proc_tree_lock);
}

static void
watch_resume(struct watch *w)
{
    if (w && w->call) {
        w->call = 0;
        wakeup(&w->go);
    }
}

// Ends the watching of a process whose parent has ended, and resumes it.
// Locks     proc_tree_lock held.
void
watch_forget(struct proc *p)
{
    if (p->watch)
        p->watch->mask = 0;
    watch_resume(p->watch);
}

// Finds a child of `p`, alive or not yet waited for; NULL: none.
// Locks     proc_tree_lock held.
static struct proc *
find_child(struct proc *p, int pid)
{
    struct list *const both[] = {&p->children, &p->zombies};
    for (size_t i = 0; i < NELEM(both); i++)
        list_for_each (node, both[i]) {
            struct proc *child = list_entry(node, struct proc, sibling);
            if (child->pid == pid)
                return child;
        }
    return NULL;
}

// The call after which the child has stopped, now reported; 0: it has not stopped since.
static int
stopped_after(struct proc *child)
{
    struct watch *w = child->watch;
    if (!w || !w->call)
        return 0;
    w->seen = true;
    return (int)w->call;
}

// Resumes a child from the stop that was reported last, and waits until it stops again.
// Returns   the number of the call after which it has stopped; 0: it has ended, and can be waited
//           for; -ECHILD: there is no such child; -EINTR: killed. Only this process can reap the
//           child, so it stays while proc_tree_lock is released.
// Locks     takes proc_tree_lock.
// Sleeps    until the child stops or ends.
int
watch_child(int pid)
{
    struct proc *p = myproc();
    int error = 0, call = 0;
    acquire(&proc_tree_lock);
    struct proc *child = find_child(p, pid);
    if (!child)
        error = -ECHILD;
    else if (child->watch && child->watch->seen)
        watch_resume(child->watch);
    while (!error && !(call = stopped_after(child)) && child->state != ZOMBIE)
        error = sleep(&p->childwait, &proc_tree_lock);
    release(&proc_tree_lock);
    return error ? error : call;
}
