// SPDX-License-Identifier: MIT
// log.c - write a transaction to the log.
//
// Theory    Blocks of the log are used in turn. The transaction's pages go there, each run of them
//           behind a descriptor with their block numbers; then the list of revoked blocks. The disk
//           may write these in any order. Once it has flushed them, and the files' data, the commit
//           block is written, which makes the transaction valid, and flushed.
// Promises  A page whose first word looks like a head of the log is escaped: written with that word
//           zeroed, and flagged in its tag.
// Locks     journal.commit is held. The pages stay as they are.
#include "fs/cache/cache.h"
#include "fs/journal/jbd.h"
#include "fs/journal/journal.h"
#include "lib/page.h"
#include "lib/string.h"

#define RUN     (JIO_MAX - 2) // pages behind one descriptor: all can be written at once
#define REVOKES ((BLKSIZE - sizeof(struct jbd_revoke)) / 4) // in a block

// Blocks of the log that a transaction of that many pages takes, at most.
uint32
journal_need(uint32 pages)
{
    return pages + pages / RUN + pages / REVOKES + 4;
}

// Takes the next block of the log, and counts it as used.
// Returns   its number on the disk.
// Locks     journal.commit held.
static uint64
journal_block(struct journal *j)
{
    uint32 at = j->head++;
    if (j->head == j->end)
        j->head = j->first;
    j->used++;
    j->blocks++;
    return j->map[at];
}

// Prepares an empty block of the log with a head; write_control() writes it.
static void *
head(struct journal *j, uint32 type, uint32 tid)
{
    struct jbd_header *h = page_data(j->control);
    memset(h, 0, BLKSIZE);
    *h = (struct jbd_header){be32_make(JBD_MAGIC), be32_make(type), be32_make(tid)};
    return h;
}

static void
write_control(struct journal *j, uint64 block)
{
    jio_write(&j->io, block, frame_pa(j->control));
}

// Writes one page to its block of the log.
// Returns   the flags of its tag.
static uint16
put_page(struct journal *j, const struct frame *f, uint64 block, int *error)
{
    if (likely(*(const be32 *)page_data(f) != be32_make(JBD_MAGIC))) {
        jio_write(&j->io, block, frame_pa(f));
        return 0;
    }
    page_copy(page_data(j->spare), page_data(f));
    *(be32 *)page_data(j->spare) = 0;
    jio_write(&j->io, block, frame_pa(j->spare));
    int e = jio_wait(&j->io); // the next page may need the spare page
    *error = e ? e : *error;
    return JBD_ESCAPED;
}

// Writes a descriptor and up to RUN pages, from *node on.
static int
put_run(struct journal *j, struct list **node, const struct list *end, uint32 tid)
{
    char *page = head(j, JBD_DESCRIPTOR, tid);
    uint64 own = journal_block(j);
    uint32 off = sizeof(struct jbd_header);
    int error = 0;
    for (uint32 n = 0; n < RUN && *node != end; n++) {
        const struct frame *f = list_entry(*node, struct frame, link);
        *node = (*node)->next;
        uint16 flags = put_page(j, f, journal_block(j), &error);
        flags |= n ? JBD_SAME_UUID : 0;
        flags |= n + 1 == RUN || *node == end ? JBD_LAST_TAG : 0;
        *(struct jbd_tag *)(page + off) =
            (struct jbd_tag){be32_make(f->block), 0, be16_swap(flags)};
        off += sizeof(struct jbd_tag);
        if (n == 0) {
            memcpy(page + off, ((struct jbd_super *)page_data(j->super))->uuid, 16);
            off += 16;
        }
    }
    write_control(j, own);
    int e = jio_wait(&j->io); // the next descriptor uses this page again
    return e ? e : error;
}

// Writes one block of the list of blocks that the transaction has freed, from *node on.
static int
put_revokes(struct journal *j, struct list **node, uint32 tid)
{
    struct jbd_revoke *r = head(j, JBD_REVOKE, tid);
    uint32 n = 0;
    for (; n < REVOKES && *node != &j->dropping; n++) {
        r->block[n] = be32_make(list_entry(*node, struct frame, link)->block);
        *node = (*node)->next;
    }
    r->bytes = be32_make((uint32)(sizeof *r + n * 4));
    write_control(j, journal_block(j));
    return jio_wait(&j->io);
}

static int
put_commit(struct journal *j, uint32 tid)
{
    struct jbd_commit *c = head(j, JBD_COMMIT, tid);
    c->seconds[1] = be32_make(j->fs->ops->now(j->fs));
    write_control(j, journal_block(j));
    return jio_wait(&j->io);
}

// Writes the transaction with these pages to the log.
// On error  -EIO: it is not committed, or that is unknown. Sleeps
int
journal_log(struct journal *j, struct list *pages, uint32 tid)
{
    int error = 0;
    if (!j->used) // it is the oldest one; that is on the disk before the commit block
        journal_note(j, j->head, tid);
    for (struct list *node = pages->next; node != pages && !error;)
        error = put_run(j, &node, pages, tid);
    for (struct list *node = j->dropping.next; node != &j->dropping && !error;)
        error = put_revokes(j, &node, tid);
    if (!error)
        error = jio_flush(&j->io);
    if (!error)
        error = put_commit(j, tid);
    if (!error)
        error = jio_flush(&j->io);
    j->commits += !error;
    return error;
}
