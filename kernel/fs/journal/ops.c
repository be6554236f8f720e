// SPDX-License-Identifier: MIT
// ops.c - operations begin and end; commits wait for them, and they for commits.
//
// Theory    An operation counts itself into the running transaction and out again: one atomic
//           addition each. A commit sets the bit JOURNAL_STOP, waits until the count is 0, and
//           clears it when operations may go on. A caller that asks for a commit of a transaction
//           which another caller has committed meanwhile has nothing to do: so callers of fsync()
//           share commits.
// Promises  No operation waits for a commit once it has begun. Each has room in the
//           transaction for its changes, and blocks to allocate if the disk has any: pending frees
//           are made free before.
// Locks     begin_op() may be called with an open file's lock, and no other.
#include "fs/cache/pageio.h"
#include "fs/journal/journal.h"

#define OP_PAGES    20 // that an operation changes, about; long ones ask journal_room()
#define OP_ALLOCATE 80 // blocks that one allocates, at most

// Whether the running transaction is large enough without one more operation.
static bool
full(const struct journal *j, uint32 ops)
{
    // Unlocked reads: a few pages more or less do not matter.
    struct journal_fs *fs = j->fs;
    uint64 pages = __atomic_load_n(&cache_lists.nrunning, __ATOMIC_RELAXED);
    if (likely(pages + (uint64)(ops + 1) * OP_PAGES <= j->limit &&
               (*fs->nfree >= (ops + 1) * OP_ALLOCATE || !*fs->npending)))
        return false;
    return pages > 0 && fs->ops->writable(fs);
}

// Counts the operation in, unless operations are held up or it should commit first.
static bool
join_running(struct journal *j)
{
    // Pairs with journal_hold(): either it sees us, or we see it.
    uint32 ops = __atomic_fetch_add(&j->ops, 1, __ATOMIC_ACQUIRE);
    return likely(!(ops & JOURNAL_STOP) && !full(j, ops));
}

static void
leave_running(struct journal *j)
{
    // Pairs with journal_hold(): what the operation changed comes before.
    if (likely(__atomic_sub_fetch(&j->ops, 1, __ATOMIC_RELEASE) != JOURNAL_STOP))
        return;
    acquire(&j->lock);
    wakeup(&j->drained);
    release(&j->lock);
}

static void
wait_resumed(struct journal *j)
{
    acquire(&j->lock);
    while (__atomic_load_n(&j->ops, __ATOMIC_RELAXED) & JOURNAL_STOP) // cleared under the lock
        sleep_unkillable(&j->resumed, &j->lock);
    release(&j->lock);
}

static void __attribute__((noinline)) join_slow(struct journal *j)
{
    do {
        leave_running(j);
        wait_resumed(j);
        uint32 tid = __atomic_load_n(&j->tid, __ATOMIC_RELAXED);
        if (full(j, __atomic_load_n(&j->ops, __ATOMIC_RELAXED)))
            journal_commit(j, tid); // after an error the file system is read-only: nothing is full
    } while (!join_running(j));
}

// Counts the caller's operation into the running transaction.
// Sleeps    while a commit begins, and for a commit when the transaction is full.
void
journal_begin(void)
{
    // Pairs with journal_start().
    if (likely(__atomic_load_n(&journal.active, __ATOMIC_ACQUIRE)) &&
        unlikely(!join_running(&journal)))
        join_slow(&journal);
}

// Leaves, and waits until what the operation changed is on the disk. An error turns the file system
// read-only, and a line says so.
static void __attribute__((noinline)) leave_settled(struct journal *j)
{
    uint32 tid = __atomic_load_n(&j->tid, __ATOMIC_RELAXED); // ours, while we are in it
    leave_running(j);
    // The caller's own changes are seen in one of these; if they are another's, they go as well.
    if (__atomic_load_n(&j->tid, __ATOMIC_RELAXED) != tid ||
        __atomic_load_n(&cache_lists.nrunning, __ATOMIC_RELAXED) ||
        __atomic_load_n(&cache_lists.dirty, __ATOMIC_RELAXED))
        (void)journal_commit(j, tid);
}

// Counts the operation out. With durable=on and `wait` its changes are on the disk on return.
// Locks     as begin_op(). Sleeps
void
journal_end(bool wait)
{
    struct journal *j = &journal;
    if (unlikely(!j->active))
        return;
    if (unlikely(j->durable) && wait)
        leave_settled(j);
    else
        leave_running(j);
}

// Whether an operation may change more, in steps that each leave a consistent disk, or had better
// end.
bool
journal_room(void)
{
    const struct journal *j = &journal;
    // An unlocked read: a few pages more or less do not matter.
    return !j->active || __atomic_load_n(&cache_lists.nrunning, __ATOMIC_RELAXED) <= j->limit;
}

// Before an operation cuts a file: the transaction that is being committed may still need the
// file's pages.
// Locks     the inode is locked, or there is no other reference to it. Sleeps
void
journal_order(struct pcache *pc)
{
    // Set while operations were held up: every operation that goes on sees it.
    if (unlikely(__atomic_load_n(&journal.ordering, __ATOMIC_ACQUIRE)))
        cache_flush_some(pc);
}

// Waits until no operation is under way and lets none begin.
// Locks     j->commit is held. Sleeps.
void
journal_hold(struct journal *j)
{
    acquire(&j->lock);
    __atomic_fetch_or(&j->ops, JOURNAL_STOP,
                      __ATOMIC_ACQ_REL); // pairs with join_running() and leave_running()
    while (__atomic_load_n(&j->ops, __ATOMIC_ACQUIRE) != JOURNAL_STOP)
        sleep_unkillable(&j->drained, &j->lock);
    release(&j->lock);
}

void
journal_resume(struct journal *j)
{
    acquire(&j->lock);
    __atomic_fetch_and(&j->ops, ~JOURNAL_STOP, __ATOMIC_RELEASE); // pairs with join_running()
    wakeup(&j->resumed);
    release(&j->lock);
}

// False when no operation is under way, though changes are collected in operations.
bool
journal_joined(void)
{
    const struct journal *j = &journal; // glances: the caller's own operation cannot go away
    return !__atomic_load_n(&j->active, __ATOMIC_RELAXED) ||
           (__atomic_load_n(&j->ops, __ATOMIC_RELAXED) & ~JOURNAL_STOP);
}

// Brings the transaction to the disk, if it is not there yet.
// On error  -EIO, -ENOMEM, -EROFS.
// Locks     none is held, and the caller is in no operation. Sleeps.
int
journal_commit(struct journal *j, uint32 tid)
{
    int error = 0;
    acquiresleep(&j->commit);
    if ((int32)(__atomic_load_n(&j->committed, __ATOMIC_ACQUIRE) - tid) < 0)
        error = journal_commit_running(j);
    releasesleep(&j->commit);
    return error;
}

// Commits what was done until now; with `everything` the log is empty afterwards, else only if it
// is half full and calls do not have to leave a trace in it (doc/journal.md, durable=on).
// On error, locks  as journal_commit()
int
journal_sync(struct journal *j, bool everything)
{
    int error = journal_commit(j, __atomic_load_n(&j->tid, __ATOMIC_RELAXED));
    acquiresleep(&j->commit);
    if (!error && (everything || (!j->durable && j->used > j->room / 2)))
        error = journal_checkpoint(j);
    releasesleep(&j->commit);
    return error;
}
