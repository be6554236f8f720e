// SPDX-License-Identifier: MIT
// recover.c - replay the journal after a power cut.
//
// Theory    The log is read three times, from the oldest transaction on: to find the last commit
//           block, to collect the blocks that each transaction revoked, and to write every block of
//           a committed transaction to its home location, unless that or a later transaction
//           revoked it. An incomplete transaction is ignored. Each read takes a window of
//           consecutive blocks.
// Promises  Idempotent: the journal's superblock is marked empty only after all blocks are at their
//           home locations. The first pass finds a log that lists impossible blocks: then nothing
//           was written. No pass reads more blocks than the log has.
#include "abi/errno.h"
#include "fs/cache/cache.h"
#include "fs/cache/radix.h"
#include "fs/journal/jbd.h"
#include "fs/journal/journal.h"
#include "lib/page.h"
#include "lib/printf.h"

#define FLUSH_EACH 64 // pages replayed
#define WINDOW     32 // blocks of the log that are read at once

enum pass { SCAN, REVOKE, REPLAY };

struct recovery {
    struct journal *j;
    enum pass pass;
    uint32 at, tid;       // the position of the reader
    uint32 end;           // the first transaction that is not complete
    uint32 left;          // blocks to read, at most
    uint32 dirty;         // pages since the last flush
    bool bad;             // transaction `tid` lists blocks that do not exist
    struct radix revoked; // block -> the last transaction that revoked it
    struct frame *page[WINDOW];
    uint32 pages;    // frames in page[]; fewer when memory is short
    uint32 from, to; // they hold these blocks of the log
};

static const struct jbd_header *
header(struct recovery *r)
{
    return page_data(r->j->control);
}

// Goes on to the next block of the log, if any are left.
static void
log_advance(struct recovery *r)
{
    if (!r->left)
        return;
    r->left--;
    r->at = r->at + 1 == r->j->end ? r->j->first : r->at + 1;
}

// Reads the blocks of the log from r->at on, as many as there are pages.
// On error  no page holds anything.
static void
fill_window(struct recovery *r)
{
    struct journal *j = r->j;
    uint32 left = j->end - r->at, n = left < r->pages ? left : r->pages;
    for (uint32 i = 0; i < n; i++)
        jio_read(&j->io, j->map[r->at + i], frame_pa(r->page[i]));
    r->from = r->at;
    r->to = jio_wait(&j->io) ? r->at : r->at + n;
}

// Reads the block of the log at r->at.
// On error  -EIO, -ENOMEM. A block that cannot be read does not affect its neighbours.
static int
read_log(struct recovery *r, struct frame *into)
{
    if (r->at < r->from || r->at >= r->to)
        fill_window(r);
    if (r->from == r->to)
        return blk_rw(r->j->fs->dev, BLK_READ, r->j->map[r->at], frame_pa(into));
    page_copy(page_data(into), page_data(r->page[r->at - r->from]));
    return 0;
}

// Returns whether this transaction or a later one has freed the block.
static bool
revoked(struct recovery *r, uint32 block)
{
    uint64 item = (uint64)radix_get(&r->revoked, block); // tid << 1 | 1: never NULL
    return item && (int32)((uint32)(item >> 1) - r->tid) >= 0;
}

static int
revoke_listed(struct recovery *r)
{
    const struct jbd_revoke *list = page_data(r->j->control);
    uint32 bytes = be32_get(list->bytes);
    if (bytes < sizeof *list || bytes > BLKSIZE)
        return -EUCLEAN;
    int error = 0;
    for (uint32 i = 0; i < (bytes - sizeof *list) / 4 && !error; i++) {
        uint32 block = be32_get(list->block[i]);
        if (revoked(r, block))
            continue;
        radix_del(&r->revoked, block);
        error = radix_put(&r->revoked, block, (void *)((uint64)r->tid << 1 | 1));
    }
    return error;
}

// Copies the next block of the log to its home location.
static int
replay(struct recovery *r, uint32 block, uint16 flags)
{
    struct pcache *meta = r->j->fs->meta;
    struct frame *f;
    if (revoked(r, block))
        return 0;
    int error = cache_zero(meta, block, &f);
    if (error)
        return error;
    error = read_log(r, f);
    if (!error && flags & JBD_ESCAPED)
        *(be32 *)page_data(f) = be32_make(JBD_MAGIC);
    if (!error)
        cache_dirty(meta, f);
    frame_put(f);
    if (!error && ++r->dirty % FLUSH_EACH == 0)
        error = cache_flush(meta);
    return error;
}

// Handles the descriptor that was read, and the blocks behind it.
static int
take_descriptor(struct recovery *r)
{
    const char *page = page_data(r->j->control);
    uint32 off = sizeof(struct jbd_header);
    uint16 flags = 0;
    int error = 0;
    log_advance(r);
    while (!error && !(flags & JBD_LAST_TAG) && off + sizeof(struct jbd_tag) <= BLKSIZE) {
        struct jbd_tag tag = *(const struct jbd_tag *)(page + off);
        flags = be16_swap(tag.flags);
        off += sizeof tag + (flags & JBD_SAME_UUID ? 0 : 16);
        uint32 block = be32_get(tag.block);
        r->bad |= block >= r->j->fs->blocks; // the descriptor may have been written only in part
        error = r->pass == REPLAY ? replay(r, block, flags) : 0;
        log_advance(r); // over the block's contents
    }
    return error;
}

// Handles one block with a head, and the blocks that belong to it.
// Returns   0; -ENOENT: the log ends here.
static int
step(struct recovery *r)
{
    int error = read_log(r, r->j->control);
    if (error)
        return error;
    if (be32_get(header(r)->magic) != JBD_MAGIC || be32_get(header(r)->tid) != r->tid)
        return -ENOENT;
    switch (be32_get(header(r)->type)) {
    case JBD_DESCRIPTOR:
        return take_descriptor(r);
    case JBD_REVOKE:
        error = r->pass == REVOKE ? revoke_listed(r) : 0;
        log_advance(r);
        return error;
    case JBD_COMMIT:
        r->tid++;
        log_advance(r);
        return r->bad ? -EUCLEAN : 0;
    default:
        return -ENOENT;
    }
}

// Reads the log once, up to transaction r->end.
static int
run(struct recovery *r, enum pass pass)
{
    const struct jbd_super *s = page_data(r->j->super);
    int error = 0;
    r->pass = pass;
    r->at = be32_get(s->start);
    r->tid = be32_get(s->tid);
    r->left = r->j->end - r->j->first;
    r->bad = false;
    while (!error && r->left && (pass == SCAN || r->tid != r->end))
        error = step(r);
    if (pass == SCAN)
        r->end = r->tid;
    return error == -ENOENT ? 0 : error;
}

static int
replay_all(struct recovery *r)
{
    int error = run(r, SCAN);
    if (!error)
        error = run(r, REVOKE);
    if (!error)
        error = run(r, REPLAY);
    if (!error)
        error = cache_flush(r->j->fs->meta);
    if (!error)
        error = jio_flush(&r->j->io);
    if (error)
        return error;
    journal_note(r->j, 0, r->end + 1);
    return jio_flush(&r->j->io);
}

// Replays the journal.
// On error  -EIO, -ENOMEM, -EUCLEAN: the next attempt starts anew. Sleeps
int
journal_recover(struct journal *j)
{
    const struct jbd_super *s = page_data(j->super);
    struct recovery r = {.j = j, .end = be32_get(s->tid)};
    int error = 0;
    if (s->start) {
        printf("recovering: replaying the journal of %s\n", j->fs->dev->name);
        void *data;
        while (r.pages < WINDOW && (data = kalloc(FRAME_CACHE, 0)))
            r.page[r.pages++] = frame_of(v2p(data));
        error = replay_all(&r);
        while (r.pages)
            frame_put(r.page[--r.pages]);
        for (uint64 index = 0; radix_next(&r.revoked, &index);)
            radix_del(&r.revoked, index);
    }
    j->tid = r.end + 2; // the number in between may be that of an incomplete transaction
    j->committed = j->tid - 1;
    return error;
}
