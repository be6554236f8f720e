// SPDX-License-Identifier: MIT
// waitq.c - wait queues.
//
// Theory    A waiter is a record of its process. The waker takes it off the queue, or the sleeper
//           does when it was killed; both hold q->lock. A waker never touches a record that is off
//           the queue, so the process may use it for its next wait.
// Promises  No wakeup is lost: the waiter is queued, and marked as blocking, before the
//           condition's lock is dropped; thread_block() returns at once if the wakeup came before
//           it.
// Locks     q->lock, inside the condition's lock.
#include "sync/waitq.h"

#include "sync/sleeplock.h"
#include "sync/thread.h"

// Makes the queue empty. The name, which must stay, is that of its lock.
void
waitq_init(struct waitq *q, const char *name)
{
    initlock(&q->lock, name, RANK_WAITQ);
    list_init(&q->waiters);
}

static struct waiter *
enqueue(struct waitq *q)
{
    struct proc *self = thread_self();
    struct waiter *w = thread_waiter(self);
    w->proc = self;
    w->queued = 1;
    acquire(&q->lock);
    list_push_back(&q->waiters, &w->node);
    thread_prepare_block(self);
    release(&q->lock);
    return w;
}

// Takes the record off the queue unless a waker has done so. It is then free for the next wait.
static void
dequeue(struct waitq *q, struct waiter *w)
{
    if (!__atomic_load_n(&w->queued, __ATOMIC_ACQUIRE)) // pairs with wake_first()
        return;
    acquire(&q->lock);
    if (w->queued)
        list_remove(&w->node);
    release(&q->lock);
}

static int
wait_released(struct waitq *q, struct waiter *w, bool killable)
{
    int error = thread_block(killable);
    dequeue(q, w);
    return error;
}

// Blocks the process until a wakeup of the queue or a kill. The caller checks its condition under
// `lk`, calls sleep(), and checks the condition again afterwards.
// Returns   0; -EINTR: the process was killed.
// Locks     lk, held on entry and on return, is released meanwhile; no other spinlock held.
// Sleeps    yes.
int
sleep(struct waitq *q, struct spinlock *lk)
{
    struct waiter *w = enqueue(q);
    release(lk); // a waker may change the condition from here on; it will find the record
    int error = wait_released(q, w, true);
    acquire(lk);
    return error;
}

// As sleep(), for a wait that must end before the process can: a kill does not wake it.
// Locks     lk, held on entry and on return, is released meanwhile; no other spinlock held.
// Sleeps    yes.
void
sleep_unkillable(struct waitq *q, struct spinlock *lk)
{
    struct waiter *w = enqueue(q);
    release(lk); // as in sleep()
    (void)wait_released(q, w, false);
    acquire(lk);
}

// As sleep(), with a condition that a sleeplock guards.
// Returns   0; -EINTR: the process was killed.
// Locks     lk, held on entry and on return, is released meanwhile; no spinlock held.
// Sleeps    yes.
int
sleep_on(struct waitq *q, struct sleeplock *lk)
{
    struct waiter *w = enqueue(q);
    releasesleep(lk); // as in sleep()
    int error = wait_released(q, w, true);
    acquiresleep(lk);
    return error;
}

static bool
wake_first(struct waitq *q)
{
    struct list *node = list_pop_front(&q->waiters);
    if (!node)
        return false;
    struct waiter *w = list_entry(node, struct waiter, node);
    thread_wake(w->proc);
    // Last touch: pairs with the load in dequeue(), after which the record may be in another queue,
    // or gone with its process.
    __atomic_store_n(&w->queued, 0, __ATOMIC_RELEASE);
    return true;
}

// Wakes all processes that wait now. An empty queue is seen without its lock: a sleeper queues
// itself under the condition's lock, which the caller has held when it changed the condition or
// later.
void
wakeup(struct waitq *q)
{
    if (list_empty(&q->waiters))
        return;
    acquire(&q->lock);
    while (wake_first(q))
        ;
    release(&q->lock);
}

// Wakes the process that has waited longest, if any.
void
wakeup_one(struct waitq *q)
{
    acquire(&q->lock);
    wake_first(q);
    release(&q->lock);
}

// For sleeplock.c: blocks until *state could be set from 0 to 2, which takes the lock.
// Locks     no spinlock held.
// Sleeps    yes; a kill does not end it.
void
waitq_lock_slow(struct waitq *q, uint32 *state)
{
    struct proc *self = thread_self();
    struct waiter *w = thread_waiter(self);
    for (;;) {
        acquire(&q->lock);
        if (__atomic_exchange_n(state, 2, __ATOMIC_ACQUIRE) == 0) { // pairs with releasesleep()
            release(&q->lock);
            return;
        }
        w->proc = self;
        w->queued = 1;
        list_push_back(&q->waiters, &w->node);
        thread_prepare_block(self);
        release(&q->lock);
        (void)wait_released(q, w, false);
    }
}
