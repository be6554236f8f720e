// SPDX-License-Identifier: MIT
// commit.c - write the running transaction to the log.
//
// Theory    The commit holds operations (journal_hold()) while it copies the pages that they
//           changed. Then the next transaction begins, and the copies are written to the log in
//           the background. The copies of the bitmaps show the blocks that the transaction freed
//           as free. The live bitmaps keep them in use until the commit is on the disk, because a
//           recovery before that needs their old contents. Without memory for copies, operations
//           are held until the commit ends: it writes the pages themselves to the log, and then to
//           their home locations.
// Promises  ordered-data: the data of the transaction's files is on the disk before its commit
//           block. A page that has a copy is written from the copy only.
// Locks     journal.commit; cache_lists.lock within the lock of a page's cache.
#include "abi/errno.h"
#include "fs/cache/pageio.h"
#include "fs/journal/journal.h"
#include "lib/page.h"

// Allocates frames for copies of all pages of the transaction, in j->fresh.
// Returns   false: not enough memory; none are allocated.
static bool
copies_alloc(struct journal *j)
{
    for (uint64 n = cache_lists.nrunning; n > 0; n--) {
        void *data = kalloc(FRAME_CACHE, 0);
        if (!data) {
            while (!list_empty(&j->fresh))
                frame_put(list_entry(list_pop_front(&j->fresh), struct frame, link));
            return false;
        }
        struct frame *copy = frame_of(v2p(data));
        copy->obj = NULL;
        list_push_front(&j->fresh, &copy->link);
    }
    return true;
}

// Links the page to its new copy, which has the transaction's contents.
// Returns   the copy of an earlier transaction, which is not needed any more, or NULL.
static struct frame *
tie(struct frame *f, struct frame *copy)
{
    struct pcache *pc = f->obj; // constant, since operations are held
    acquire(&pc->lock);
    acquire(&cache_lists.lock);
    struct frame *old = page_copy_of(f);
    page_stop_running(f);
    page_tie(f, copy);
    copy->block = f->block;
    copy->flags = 0;
    if (old)
        list_remove(&old->link);
    release(&cache_lists.lock);
    release(&pc->lock);
    return old;
}

// Copies the pages of the transaction.
static void
copy_running(struct journal *j)
{
    list_for_each (node, &j->fresh) {
        struct frame *copy = list_entry(node, struct frame, link);
        struct frame *f = list_entry(cache_lists.running.next, struct frame, link);
        page_copy(page_data(copy), page_data(f));
        struct frame *old = tie(f, copy);
        if (old)
            frame_put(old);
    }
}

// Moves the copies of freed blocks to j->dropping. The transaction writes revoke records for those
// blocks. After the commit the copies are freed.
static void
take_revoked(struct journal *j)
{
    if (!cache_lists.nrevoked) // constant: operations are held
        return;
    list_for_each_safe (node, &j->logged) {
        if (list_entry(node, struct frame, link)->obj)
            continue;
        list_remove(node);
        list_push_back(&j->dropping, node);
    }
}

// Writes the copied transaction while the next one is running.
static int
commit_copies(struct journal *j, uint32 tid)
{
    int data = cache_flush_all(false);
    __atomic_store_n(&j->ordering, false, __ATOMIC_RELEASE); // pairs with journal_order()
    int error = journal_log(j, &j->fresh, tid);
    if (error) {
        journal_abort(j, error);
        return error;
    }
    // The transaction is on the disk: the blocks that it freed can be allocated, their copies go,
    // and the other copies stay for the checkpoint.
    j->fs->ops->frees_mark(j->fs, true);
    j->fs->ops->frees_end(j->fs);
    journal_drop(&j->dropping);
    list_append(&j->logged, &j->fresh);
    __atomic_store_n(&j->committed, tid, __ATOMIC_RELEASE); // pairs with journal_commit()
    return data;
}

// Writes the transaction's pages to their home locations and makes them clean.
static int
settle_pages(struct journal *j, struct list *pages)
{
    list_for_each (node, pages) {
        struct frame *f = list_entry(node, struct frame, link);
        jio_write(&j->io, f->block, frame_pa(f));
        j->homes++;
    }
    int error = jio_wait(&j->io);
    while (!error && !list_empty(pages)) {
        struct frame *f = list_entry(pages->next, struct frame, link);
        struct pcache *pc = f->obj;
        acquire(&pc->lock);
        acquire(&cache_lists.lock);
        page_stop_running(f);
        page_idle(f);
        release(&cache_lists.lock);
        release(&pc->lock);
    }
    return error;
}

// Writes the transaction without copies, while operations are held.
static int
commit_in_place(struct journal *j, uint32 tid)
{
    struct list pages = LIST_INIT(pages);
    int error = journal_checkpoint(j); // afterwards no copy is left, so nothing to revoke
    int data = cache_flush_all(false);
    acquire(&cache_lists.lock);
    list_append(&pages, &cache_lists.running); // a mapped file's page may be added at any time
    release(&cache_lists.lock);
    if (!error)
        error = journal_log(j, &pages, tid);
    if (!error)
        error = settle_pages(j, &pages);
    acquire(&cache_lists.lock);
    list_append(&cache_lists.running, &pages); // after an error
    release(&cache_lists.lock);
    if (!error) {
        __atomic_store_n(&j->committed, tid, __ATOMIC_RELEASE); // pairs with journal_commit()
        error = journal_checkpoint(j);
    }
    if (error)
        journal_abort(j, error);
    return error ? error : data;
}

// Returns whether the log should be emptied before the transaction is written to it.
static bool
tight(const struct journal *j)
{
    return j->used && j->used + journal_need((uint32)cache_lists.nrunning) > j->room;
}

// Commits with copies if there is memory for them, else in place. Operations are held at the call
// and run again on return.
static int
commit_held(struct journal *j)
{
    uint32 tid = j->tid;
    j->fs->ops->frees_take(j->fs);
    // The bitmaps show the freed blocks as free only while they are copied: the call below takes it
    // back. Without copies it stays: the commit writes the bitmaps themselves.
    j->fs->ops->frees_mark(j->fs, true);
    bool copied = copies_alloc(j);
    if (copied) {
        take_revoked(j);
        copy_running(j);
        j->fs->ops->frees_mark(j->fs, false);
    }
    __atomic_store_n(&j->tid, tid + 1, __ATOMIC_RELAXED); // operations are held
    if (copied) {
        __atomic_store_n(&j->ordering, true, __ATOMIC_RELEASE); // pairs with journal_order()
        journal_resume(j);
        return commit_copies(j, tid);
    }
    int error = commit_in_place(j, tid);
    j->fs->ops->frees_end(j->fs);
    journal_resume(j);
    return error;
}

// Writes the data of all files; no transaction is needed, and no operation is held.
static int
commit_data(struct journal *j)
{
    int error = cache_flush_all(false);
    int e = jio_flush(&j->io);
    return e ? e : error;
}

// Commits the running transaction, if there is anything in it; else only the files' data are
// written.
// On error  -EIO, -ENOMEM, -EROFS; the journal may have been given up. Sleeps
int
journal_commit_running(struct journal *j)
{
    // Relaxed: the read needs to see only completed operations.
    if (!__atomic_load_n(&cache_lists.nrunning, __ATOMIC_RELAXED) && j->fs->ops->writable(j->fs))
        return commit_data(j);
    int error = tight(j) ? journal_checkpoint(j) : 0;
    journal_hold(j);
    if (!error && tight(j)) // again: operations went on during the checkpoint above
        error = journal_checkpoint(j);
    if (!error && journal_need((uint32)cache_lists.nrunning) > j->end - j->first)
        error = -EFBIG;
    if (!j->fs->ops->writable(j->fs))
        error = -EROFS;
    if (!error && cache_lists.nrunning)
        return commit_held(j);
    journal_resume(j);
    if (error) {
        journal_abort(j, error);
        return error;
    }
    return commit_data(j);
}
