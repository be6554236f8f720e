// SPDX-License-Identifier: MIT
// oom.c - ends a process when overcommitted memory runs out.
//
// Theory    A fork takes no frame for a shared page until a process writes to it, so together the
//           processes may have more memory than there is (overcommit). When a store needs a
//           frame for its copy and none is left, the youngest process of the family ends: of those
//           that forks have made from one program. Its frames are freed, and the store is tried
//           again. A process that is alone in its family shares no page, so its stores need no
//           copies.
// Promises  eldest-lives: the oldest process of a family never ends, and no system call of it
//           fails, because no frame is left for memory that it has.
// Locks     proc_tree_lock. The caller holds no lock: the process that has to end may wait for it.
// Next      mm/frame/commit.h, doc/decisions/0025-overcommit.md
#include "proc/oom.h"

#include "abi/errno.h"
#include "explain/explain.h"
#include "fs/fs.h"
#include "lib/string.h"
#include "proc/proc.h"

static struct waitq endings; // condition: a process has become a zombie, under proc_tree_lock

// Sets up the queue of processes that wait for memory. Called once, at boot.
void
oom_init(void)
{
    waitq_init(&endings, "endings");
}

// Wakes the processes that wait for memory: a process has given its frames back.
// Locks     proc_tree_lock held, and no process's lock.
void
oom_ended(void)
{
    wakeup(&endings);
}

// Kills `victim` if it has not been killed yet, else waits until a process has ended.
// Returns   true: this call has killed it. *error is -EINTR if kill() ended the wait.
// Locks     proc_tree_lock held.
static bool
stop_or_wait(struct proc *victim, int *error)
{
    if (!killed(victim)) {
        setkilled(victim);
        return true;
    }
    *error = sleep(&endings, &proc_tree_lock);
    return false;
}

// Ends the youngest process of the family, so that its frames are freed, after a store or a system
// call of `p` has failed with -ESTARVED.
// Returns   whether the caller tries again. If not, p is the youngest itself, or has been killed.
// Locks     none held.
// Sleeps    until the youngest has ended.
static bool
oom_relieve(struct proc *p)
{
    char name[sizeof p->name];
    int error = 0;
    if (p->as->starved != __atomic_load_n(&uvm_ended, __ATOMIC_ACQUIRE)) // pairs with uvmretire()
        return true; // memory has been freed since the attempt
    acquire(&proc_tree_lock);
    struct proc *victim = proc_youngest(p->as->family);
    bool self = victim == p, stopped = !self && stop_or_wait(victim, &error);
    int pid = stopped ? victim->pid : 0;
    if (stopped)
        safestrcpy(name, victim->name, sizeof name);
    release(&proc_tree_lock);
    if (stopped)
        explain_starved(pid, name, p->pid, p->name);
    return !self && !error;
}

// Gains memory after a store or a system call of the process found none: it writes dirty pages to
// the disk, once, and, where the memory is the process's own (-ESTARVED), ends other processes.
// Returns   whether the caller tries again.
// Locks     none held.
// Sleeps    until pages have been written, or the youngest of the family has ended.
bool
memory_relieve(struct proc *p, int64 error, bool *written)
{
    if (error != -ENOMEM && error != -ESTARVED)
        return false;
    if (!*written && !killed(p)) {
        *written = true;
        if (fs_relieve())
            return true;
    }
    return error == -ESTARVED && oom_relieve(p);
}
