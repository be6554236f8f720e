// SPDX-License-Identifier: MIT
// ops.c - begin and end of operations, and the synchronisation with commits.
//
// Theory    An operation counts itself into the running transaction and out again: one atomic
//           addition each. A commit sets the bit JOURNAL_STOP, waits until the count is 0, and
//           clears it when operations may go on. A caller that wants a transaction committed has
//           nothing to do if another caller has committed it meanwhile: so callers of fsync() share
//           commits.
// Promises  No operation waits for a commit once it has begun. Each has room in the transaction for
//           its changes, and can allocate blocks if the disk has any: pending frees are completed
//           before.
// Locks     begin_op() may be called with an open file's lock, and no other.
#include "fs/cache/pageio.h"
#include "fs/fs.h"
#include "fs/journal/journal.h"

#define OP_PAGES    20 // pages that an operation changes, about; long ones call journal_room()
#define OP_ALLOCATE 80 // blocks that one allocates, at most

// Returns whether the running transaction is too large for one more operation.
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

// Counts the operation in, unless operations are held or it should commit first.
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
    // Pairs with journal_hold(): the operation's changes come before.
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

// Leaves, and waits until the operation's changes are on the disk. After an error the file system
// is read-only, which a line reports.
static void __attribute__((noinline)) leave_settled(struct journal *j)
{
    uint32 tid = __atomic_load_n(&j->tid, __ATOMIC_RELAXED); // our operation's transaction
    leave_running(j);
    // These show whether the caller has changed anything; another operation's changes are committed
    // as well.
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
    if (unlikely(fs_durable) && wait)
        leave_settled(j);
    else
        leave_running(j);
}

// Returns whether an operation may make more changes, in steps that each leave the disk consistent;
// false: it should end now.
bool
journal_room(void)
{
    const struct journal *j = &journal;
    // An unlocked read: a few pages more or less do not matter.
    return !j->active || __atomic_load_n(&cache_lists.nrunning, __ATOMIC_RELAXED) <= j->limit;
}

// Waits, before an operation truncates a file, until the transaction that is being committed does
// not need the file's pages any more.
// Locks     the inode is locked, or there is no other reference to it. Sleeps
void
journal_order(struct pcache *pc)
{
    // Set while operations were held, so every resumed operation sees it.
    if (unlikely(__atomic_load_n(&journal.ordering, __ATOMIC_ACQUIRE)))
        cache_flush_some(pc);
}

// Holds operations: waits until none is under way, and lets none begin.
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

// Lets operations begin again, after a commit has held them.
// Locks     takes journal.lock.
void
journal_resume(struct journal *j)
{
    acquire(&j->lock);
    __atomic_fetch_and(&j->ops, ~JOURNAL_STOP, __ATOMIC_RELEASE); // pairs with join_running()
    wakeup(&j->resumed);
    release(&j->lock);
}

// Returns false if no operation is under way although the journal collects operations.
bool
journal_joined(void)
{
    const struct journal *j = &journal; // lockless reads: the caller's own operation stays
    return !__atomic_load_n(&j->active, __ATOMIC_RELAXED) ||
           (__atomic_load_n(&j->ops, __ATOMIC_RELAXED) & ~JOURNAL_STOP);
}

// Commits the transaction, if it is not committed yet.
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

// Commits all operations that have ended. With `everything` it empties the log, too; else only if
// the log is half full and durable=on does not need its contents (doc/journal.md).
// On error, locks  as journal_commit()
int
journal_sync(struct journal *j, bool everything)
{
    int error = journal_commit(j, __atomic_load_n(&j->tid, __ATOMIC_RELAXED));
    acquiresleep(&j->commit);
    if (!error && (everything || (!fs_durable && j->used > j->room / 2)))
        error = journal_checkpoint(j);
    releasesleep(&j->commit);
    return error;
}
