// SPDX-License-Identifier: MIT
// journal.c - the journal's superblock: open, close, abort.
//
// Theory    The file system passes the numbers of the journal's blocks when it opens the journal,
//           so a commit needs neither memory nor the disk to look them up. The journal's superblock
//           has the start of the oldest transaction that may have to be replayed; 0: none.
// Promises  A journal with an unknown feature is not used. After journal_abort() no change of an
//           operation is written any more: the disk stays at the last commit.
// Locks     journal.commit guards the superblock once the journal is in use.
// Next      fs/journal/ops.c, fs/journal/commit.c, fs/journal/checkpoint.c, fs/journal/recover.c
#include "fs/journal/journal.h"

#include "abi/errno.h"
#include "fs/cache/cache.h"
#include "fs/fs.h"
#include "fs/journal/jbd.h"
#include "lib/printf.h"
#include "mm/frame/kmem.h"

#define MIN_ROOM 128 // blocks in use at least, however little memory there is

struct journal journal;
bool fs_journals_data, fs_durable;

static struct jbd_super *
super_of(struct journal *j)
{
    return page_data(j->super);
}

// Returns the error in the journal's superblock, as text; NULL: none.
static const char *
impossible(const struct jbd_super *s, uint64 blocks)
{
    uint32 type = be32_get(s->head.type), maxlen = be32_get(s->maxlen), first = be32_get(s->first),
           start = be32_get(s->start);
    if (be32_get(s->head.magic) != JBD_MAGIC || (type != JBD_SUPER_V1 && type != JBD_SUPER_V2))
        return "there is none in its file";
    if (be32_get(s->block_size) != BLKSIZE || maxlen > blocks || maxlen < JOURNAL_MIN_BLOCKS ||
        first == 0 || first >= maxlen / 2)
        return "its size is impossible";
    if (start && (start < first || start >= maxlen))
        return "it begins outside of itself";
    if (type == JBD_SUPER_V2 &&
        (be32_get(s->incompat) & ~(uint32)JBD_INCOMPAT_REVOKE || s->ro_compat))
        return "it has features that only a newer system knows";
    return NULL;
}

static struct frame *
page_new(void)
{
    void *data = kzalloc(FRAME_CACHE, 0);
    return data ? frame_of(v2p(data)) : NULL;
}

// Reads and checks the journal's superblock.
static int
load(struct journal *j, uint32 blocks, const char **why)
{
    j->super = page_new();
    j->control = page_new();
    j->spare = page_new();
    *why = "there is no memory for it";
    if (!j->super || !j->control || !j->spare)
        return -ENOMEM;
    *why = "it cannot be read";
    int error = blk_rw(j->fs->dev, BLK_READ, j->map[0], frame_pa(j->super));
    if (error)
        return error;
    *why = impossible(super_of(j), blocks);
    j->first = be32_get(super_of(j)->first);
    j->end = be32_get(super_of(j)->maxlen);
    j->failed = super_of(j)->error != 0;
    return *why ? -EUCLEAN : 0;
}

// Prepares to serve the file system; it has no journal yet.
void
journal_setup(struct journal_fs *fs)
{
    struct journal *j = &journal;
    *j = (struct journal){.fs = fs};
    initlock(&j->lock, "journal", RANK_FS);
    waitq_init(&j->drained, "journal");
    waitq_init(&j->resumed, "begin_op");
    initsleeplock(&j->commit, "commit");
    list_init(&j->fresh);
    list_init(&j->logged);
    list_init(&j->dropping);
    jio_init(&j->io, fs->dev);
}

// Opens the journal in the n blocks of `map`, which the journal takes over, and replays it.
// On error  -EUCLEAN: it cannot be used; -EIO, -ENOMEM. *why is the reason. The caller then calls
//           journal_close().
// Sleeps
int
journal_open(uint32 *map, uint32 n, const char **why)
{
    struct journal *j = &journal;
    j->map = map;
    int error = load(j, n, why);
    if (error)
        return error;
    *why = "it is damaged";
    error = journal_recover(j);
    j->head = j->first;
    // Each block of the log in use takes two pages of memory: the page, and its copy.
    uint64 memory = frames_total() / 8 > MIN_ROOM ? frames_total() / 8 : MIN_ROOM;
    j->room = memory < j->end - j->first ? (uint32)memory : j->end - j->first;
    j->limit = j->room / 2;
    return error;
}

static void
write_super(struct journal *j)
{
    jio_write(&j->io, j->map[0], frame_pa(j->super));
}

// Notes in the journal's superblock where replaying has to start; 0: nowhere, and `tid` comes
// next. The write is collected in j->io: the caller waits for it, or flushes.
// Locks     j->commit.
void
journal_note(struct journal *j, uint32 start, uint32 tid)
{
    struct jbd_super *s = super_of(j);
    s->start = be32_make(start);
    s->tid = be32_make(tid);
    s->head.type = be32_make(JBD_SUPER_V2);
    s->incompat |= be32_make(JBD_INCOMPAT_REVOKE);
    write_super(j);
}

// Starts collecting operations; the journal has been opened.
void
journal_start(void)
{
    super_of(&journal)->error = 0;
    journal.fs->meta->journalled = true;
    __atomic_store_n(&journal.active, true, __ATOMIC_RELEASE); // pairs with journal_begin()
}

// Empties the journal and stops using it, at unmount.
// On error  -EIO, -EROFS: the journal's contents stay.
int
journal_stop(void)
{
    struct journal *j = &journal;
    if (!j->active)
        return 0;
    int error = journal_sync(j, true);
    j->active = error != 0;
    j->fs->meta->journalled = error != 0;
    return error;
}

// Ends all writing after an error. The disk stays at the last committed transaction; the journal
// records the error, so that e2fsck checks the disk.
// Locks     j->commit. Sleeps.
void
journal_abort(struct journal *j, int error)
{
    if (j->fs->ops->writable(j->fs))
        printf("ext2: %s: the journal cannot be written (error %d); read-only from now on\n",
               j->fs->dev->name, -error);
    j->fs->ops->stop(j->fs);
    if (j->noted)
        return;
    j->noted = true;
    super_of(j)->error = be32_make((uint32)-EIO);
    write_super(j);
    if (jio_wait(&j->io))
        printf("ext2: %s: nor can that be noted on it\n", j->fs->dev->name);
}

static void
page_drop(struct frame **f)
{
    if (*f)
        frame_put(*f);
    *f = NULL;
}

// Frees all memory, also the copies of pages.
void
journal_close(void)
{
    struct journal *j = &journal;
    if (!j->fs)
        return;
    j->active = false;
    j->fs->meta->journalled = false;
    journal_drop(&j->fresh);
    journal_drop(&j->logged);
    journal_drop(&j->dropping);
    kmem_free(j->map);
    j->map = NULL;
    page_drop(&j->super);
    page_drop(&j->control);
    page_drop(&j->spare);
    j->fs = NULL;
}
