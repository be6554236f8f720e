// SPDX-License-Identifier: MIT
// journal.c - the journal's file and its superblock: opening, closing, giving up.
//
// Theory    The journal is a regular file, inode 8. Where its blocks lie is looked up once, when
//           it is opened, so that a commit needs neither memory nor the disk to find out. The
//           journal's superblock says where the oldest transaction begins that may have to be
//           replayed; 0 there says that there is none.
// Promises  A journal that asks for what we do not know is not touched: the disk is read-only
//           then, and a line says why. After journal_abort() nothing that belongs to an operation
//           is written any more: the disk stays at the last commit.
// Locks     journal.commit guards the superblock once the journal is in use.
// Next      fs/journal/ops.c, fs/journal/commit.c, fs/journal/checkpoint.c, fs/journal/recover.c
#include "fs/journal/journal.h"

#include "abi/errno.h"
#include "abi/stat.h"
#include "fs/ext2/alloc.h"
#include "fs/ext2/bmap.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"
#include "fs/journal/jbd.h"
#include "lib/printf.h"
#include "mm/frame/kmem.h"

#define MIN_BLOCKS 256     // of a journal that can be used
#define MIN_ROOM   128     // blocks of it in use, however little memory there is
#define MAX_BLOCKS 0x80000 // so that its map is one piece of memory

struct journal journal;

static struct jbd_super *
super_of(struct journal *j)
{
    return page_data(j->super);
}

// What is wrong with the journal's superblock; NULL: nothing.
static const char *
impossible(const struct jbd_super *s, uint64 blocks)
{
    uint32 type = be32_get(s->head.type), maxlen = be32_get(s->maxlen), first = be32_get(s->first),
           start = be32_get(s->start);
    if (be32_get(s->head.magic) != JBD_MAGIC || (type != JBD_SUPER_V1 && type != JBD_SUPER_V2))
        return "there is none in its file";
    if (be32_get(s->block_size) != BLKSIZE || maxlen > blocks || maxlen < MIN_BLOCKS ||
        first == 0 || first >= maxlen / 2)
        return "its size is impossible";
    if (start && (start < first || start >= maxlen))
        return "it begins outside of itself";
    if (type == JBD_SUPER_V2 &&
        (be32_get(s->incompat) & ~(uint32)JBD_INCOMPAT_REVOKE || s->ro_compat))
        return "it has features that only a newer system knows";
    return NULL;
}

// Looks up where the first `n` blocks of the file lie.
static int
read_map(struct journal *j, struct inode *ip, uint32 n)
{
    int error = 0;
    j->map = kmem_alloc(n * sizeof *j->map);
    if (!j->map)
        return -ENOMEM;
    acquiresleep(&ip->map);
    for (uint32 i = 0; i < n && !error; i++) {
        error = bmap_find(ip, i, &j->map[i]);
        if (!error && !j->map[i])
            error = -EUCLEAN;
    }
    releasesleep(&ip->map);
    return error;
}

static int
read_file(struct journal *j, struct inode *ip, const char **why)
{
    uint64 blocks = inode_size(ip) / BLKSIZE;
    *why = "its file cannot be one";
    if (ip->type != T_FILE || blocks < MIN_BLOCKS || blocks > MAX_BLOCKS)
        return -EUCLEAN;
    int error = read_map(j, ip, (uint32)blocks);
    if (!error)
        error = blk_rw(j->fs->dev, BLK_READ, j->map[0], frame_pa(j->super));
    if (error)
        return error;
    *why = impossible(super_of(j), blocks);
    j->first = be32_get(super_of(j)->first);
    j->end = be32_get(super_of(j)->maxlen);
    return *why ? -EUCLEAN : 0;
}

static struct frame *
page_new(void)
{
    void *data = kzalloc(FRAME_CACHE, 0);
    return data ? frame_of(v2p(data)) : NULL;
}

// Finds the journal's file and reads what stands at its start.
static int
load(struct journal *j, const char **why)
{
    struct inode *ip;
    j->super = page_new();
    j->control = page_new();
    j->spare = page_new();
    *why = "there is no memory for it";
    if (!j->super || !j->control || !j->spare)
        return -ENOMEM;
    *why = "its inode cannot be read";
    int error = iget_special(j->fs, ext2_super(j->fs)->journal_inum, &ip);
    if (error)
        return error;
    error = read_file(j, ip, why);
    iput(ip);
    return error;
}

static void
setup(struct journal *j, struct ext2 *fs)
{
    bool data = j->data, durable = j->durable;
    *j = (struct journal){.fs = fs, .data = data, .durable = durable};
    initlock(&j->lock, "journal", RANK_FS);
    waitq_init(&j->drained, "journal");
    waitq_init(&j->resumed, "begin_op");
    initsleeplock(&j->commit, "commit");
    list_init(&j->fresh);
    list_init(&j->logged);
    list_init(&j->dropping);
    jio_init(&j->io, fs->dev);
}

// Says that the disk cannot be written to, since there is no using its journal.
static void
decline(struct ext2 *fs, const char *why, bool *readonly)
{
    printf("ext2: %s: read-only: its journal cannot be used: %s\n", fs->dev->name, why);
    *readonly = true;
}

// What is in the log takes twice its size in memory, the pages and their copies.
static uint32
room_of(const struct journal *j)
{
    uint64 memory = frames_total() / 8 > MIN_ROOM ? frames_total() / 8 : MIN_ROOM;
    return memory < j->end - j->first ? (uint32)memory : j->end - j->first;
}

static int
use(struct journal *j, bool *readonly)
{
    const char *why;
    int error = load(j, &why);
    if (!error) {
        if (super_of(j)->error)
            j->fs->state |= EXT2_ERRORS;
        error = journal_recover(j);
        why = "it is damaged";
    }
    if (error && error != -EUCLEAN) {
        printf("ext2: %s: not mounted: its journal: %s\n", j->fs->dev->name, why);
        return error;
    }
    if (error)
        decline(j->fs, why, readonly);
    j->head = j->first;
    j->room = room_of(j);
    j->limit = j->room / 2;
    j->fs->journalled = !error;
    return 0;
}

// Opens the journal of a file system that has one, and replays it.
// Returns   0; *readonly if it cannot be used, and a line has said why. -EIO, -ENOMEM. Sleeps
int
journal_open(struct ext2 *fs, bool *readonly)
{
    const struct ext2_super *sb = ext2_super(fs);
    struct journal *j = &journal;
    bool there = sb->feature_compat & COMPAT_JOURNAL,
         dirty = sb->feature_incompat & INCOMPAT_RECOVER;
    setup(j, fs);
    if (*readonly && dirty)
        printf("ext2: %s: read-only: its journal has not been replayed\n", fs->dev->name);
    else if (!there && dirty)
        decline(fs, "the superblock does not say where it is", readonly);
    else if (there && !*readonly && !sb->journal_inum)
        decline(fs, "it is on another device", readonly);
    else if (there && !*readonly)
        return use(j, readonly);
    return 0;
}

static int
write_super(struct journal *j)
{
    jio_write(&j->io, j->map[0], frame_pa(j->super));
    return jio_wait(&j->io);
}

// Notes where replaying has to start; 0: nowhere, and `tid` comes next.
// Locks     j->commit. Sleeps.
int
journal_note(struct journal *j, uint32 start, uint32 tid)
{
    struct jbd_super *s = super_of(j);
    s->start = be32_make(start);
    s->tid = be32_make(tid);
    s->head.type = be32_make(JBD_SUPER_V2);
    s->incompat |= be32_make(JBD_INCOMPAT_REVOKE);
    return write_super(j);
}

void
fs_journal_data(void)
{
    journal.data = true;
}

// Before the mount: each call's changes are on the disk when it returns.
void
fs_durable(void)
{
    journal.durable = true;
}

// Lets operations be collected from now on.
int
journal_start(struct ext2 *fs)
{
    if (!fs->journalled)
        return 0;
    int error = limbo_setup(fs);
    if (error)
        return error;
    super_of(&journal)->error = 0;
    fs->meta.journalled = true;
    __atomic_store_n(&journal.active, true, __ATOMIC_RELEASE); // pairs with begin_op()
    return 0;
}

// The orderly end: nothing is left in the journal, and it is used no more.
// On error  -EIO, -EROFS: what is in the journal stays there.
int
journal_stop(struct ext2 *fs)
{
    struct journal *j = &journal;
    if (!j->active)
        return 0;
    int error = journal_sync(j, true);
    j->active = error != 0;
    fs->meta.journalled = error != 0;
    return error;
}

// Writing is over. The disk stays at the last transaction that was committed; the journal says
// that there was an error, so that e2fsck looks for more.
// Locks     j->commit. Sleeps.
void
journal_abort(struct journal *j, int error)
{
    if (ext2_writable(j->fs))
        printf("ext2: %s: the journal cannot be written (error %d); read-only from now on\n",
               j->fs->dev->name, -error);
    __atomic_store_n(&j->fs->readonly, true, __ATOMIC_RELAXED); // seen by later calls, soon enough
    if (j->noted)
        return;
    j->noted = true;
    super_of(j)->error = be32_make((uint32)-EIO);
    if (write_super(j))
        printf("ext2: %s: nor can that be noted on it\n", j->fs->dev->name);
}

static void
page_drop(struct frame **f)
{
    if (*f)
        frame_put(*f);
    *f = NULL;
}

// Gives all memory back. The pages that have copies lose them.
void
journal_close(struct ext2 *fs)
{
    struct journal *j = &journal;
    if (j->fs != fs)
        return;
    j->active = false;
    fs->journalled = fs->meta.journalled = false;
    journal_drop(&j->fresh);
    journal_drop(&j->logged);
    journal_drop(&j->dropping);
    limbo_close(fs);
    kmem_free(j->map);
    j->map = NULL;
    page_drop(&j->super);
    page_drop(&j->control);
    page_drop(&j->spare);
}
