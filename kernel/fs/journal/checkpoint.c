// SPDX-License-Identifier: MIT
// checkpoint.c - write the blocks of the journal to their home locations.
//
// Theory    The copies that the commits left are the contents for the blocks' home locations. All
//           are written; once the disk has flushed them, the log is empty. It begins at its first
//           block again, behind the journal's superblock: the first transaction and the note of it
//           in the superblock are one transfer. Blocks of older transactions in the log have lower
//           numbers, and recovery does not take them for new.
// Promises  Operations go on meanwhile: a checkpoint writes copies, not the pages that they change.
//           A block that the running transaction frees is written as well, since the free takes
//           effect only with that transaction.
// Locks     journal.commit is held; cache_lists.lock for the links between a page and its copy.
#include "fs/cache/pageio.h"
#include "fs/journal/journal.h"

// Separates a copy from its page, which now equals the disk unless it was changed since.
// Locks     cache_lists.lock
static void
part(struct frame *copy)
{
    struct frame *f = copy->obj;
    cache_lists.nrevoked -= !f;
    list_remove(&copy->link);
    if (!f)
        return;
    f->copy = 0;
    if (!(f->flags & PG_DIRTY))
        page_idle(f);
}

// Frees copies, and separates them from their pages.
void
journal_drop(struct list *copies)
{
    while (!list_empty(copies)) {
        struct frame *copy = list_entry(copies->next, struct frame, link);
        acquire(&cache_lists.lock);
        part(copy);
        release(&cache_lists.lock);
        frame_put(copy);
    }
}

static int
write_home(struct journal *j)
{
    list_for_each (node, &j->logged) {
        struct frame *copy = list_entry(node, struct frame, link);
        jio_write(&j->io, copy->block, frame_pa(copy));
        j->homes++;
    }
    return jio_flush(&j->io);
}

// Empties the log.
// On error  -EIO: the log stays as it is. Sleeps
int
journal_checkpoint(struct journal *j)
{
    if (!j->used)
        return 0;
    int error = write_home(j);
    if (error)
        return error;
    journal_note(j, 0, j->committed + 1);
    error = jio_flush(&j->io); // before any block of the log is used again
    if (error)
        return error;
    j->used = 0;
    j->head = j->first;
    journal_drop(&j->logged);
    return 0;
}
