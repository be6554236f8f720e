// SPDX-License-Identifier: MIT
// journal.h - the journal: operations reach the disk whole or not at all.
//
// The journal serves one file system, which it knows only by struct journal_fs.
//
// A page that an operation changes belongs to the running transaction. A commit holds operations
// for a moment, copies these pages, writes the files' data, then the copies to the journal, then
// the commit block. A copy stays in memory until its block is written to its home location (a
// checkpoint). doc/journal.md
#pragma once

#include "fs/journal/io.h"
#include "lib/list.h"
#include "lib/types.h"
#include "sync/sleeplock.h"
#include "sync/spinlock.h"
#include "sync/waitq.h"

struct pcache;
struct journal_fs;

// The functions that the file system provides to the journal.
struct journal_fs_ops {
    bool (*writable)(const struct journal_fs *fs); // whether the disk may be written to
    void (*stop)(struct journal_fs *fs);           // the disk must not be written to any more
    uint32 (*now)(struct journal_fs *fs);          // the time stamp of a commit
    // Blocks that a transaction frees stay in use until it is on the disk: their old contents may
    // be needed after a power cut. A commit calls these in this order for the blocks that its
    // transaction freed.
    void (*frees_take)(struct journal_fs *fs); // later frees are the next transaction's
    // Marks the blocks as free, or as in use again.
    void (*frees_mark)(struct journal_fs *fs, bool free);
    void (*frees_end)(struct journal_fs *fs); // forget them; the counts remain
};

struct journal_fs {
    const struct journal_fs_ops *ops;
    struct blkdev *dev;
    struct pcache *meta; // the disk's blocks, by number: replay writes to these pages
    uint32 blocks;       // of the disk
    // Read without a lock: how many blocks are free, and how many more are after a commit.
    const uint32 *nfree, *npending;
};

// Protection: [c] constant while mounted  [m] commit  [x] atomic  [l] cache_lists.lock, see
// pageio.h
struct journal {
    struct journal_fs *fs;   // [c]
    bool failed;             // [c] the journal had recorded an error before it was opened
    bool active;             // [x] else operations are not collected
    bool ordering;           // [x] the files' data of a commit are not on the disk yet
    bool noted;              // [m] the error is recorded in the journal
    uint32 *map;             // [c] the numbers of the journal's blocks
    uint32 first, end;       // [c] the log: these blocks of the journal
    uint32 room;             // [c] limit of blocks in use, about: copies of them are in memory
    uint32 limit;            // [c] pages in a transaction, about
    struct frame *super;     // [m] the journal's superblock
    struct frame *control;   // [m] a page for descriptors, revoke lists, commit blocks
    struct frame *spare;     // [m] a page for a block that needs escaping
    uint32 head, used;       // [m] start of the next transaction; blocks of the log in use
    uint32 tid, committed;   // [x] the running transaction, the last one that is on the disk
    uint32 ops;              // [x] operations in it, and JOURNAL_STOP
    struct spinlock lock;    // for the next two
    struct waitq drained;    // the last operation has ended
    struct waitq resumed;    // operations may begin
    struct sleeplock commit; // one commit or checkpoint at a time
    struct list fresh;       // [m] copies of the transaction that is being committed
    struct list logged;      // [m] copies not yet written to their home locations
    struct list dropping;    // [m] copies of blocks that this transaction freed
    uint64 commits, blocks;  // [m] statistics: transactions, blocks written to the log
    uint64 homes;            // [m] blocks written to their home locations
    struct jio io;           // [m]
};

#define JOURNAL_STOP       (1U << 31)
#define JOURNAL_MIN_BLOCKS 256 // of a journal that can be used

extern struct journal journal;

// fs/journal/journal.c
void journal_setup(struct journal_fs *fs); // there is no journal yet
// Opens and replays the journal in the n blocks of `map`, which it takes over. -EUCLEAN: it cannot
// be used; -EIO, -ENOMEM; *why is the reason.
int journal_open(uint32 *map, uint32 n, const char **why) must_check;
void journal_start(void);          // operations are collected from now on
int journal_stop(void) must_check; // all blocks are at their home locations
void journal_close(void);
void journal_note(struct journal *j, uint32 start, uint32 tid); // in its superblock
void journal_abort(struct journal *j, int error);

// fs/journal/recover.c
int journal_recover(struct journal *j) must_check; // 0 or -E; j->tid is the next transaction

// fs/journal/ops.c
int journal_commit(struct journal *j, uint32 tid);               // returns when it is on the disk
int journal_sync(struct journal *j, bool everything) must_check; // ... or at its home location
void journal_hold(struct journal *j);                            // no operation is under way ...
void journal_resume(struct journal *j);                          // ... until here
void journal_order(struct pcache *pc); // before pages of a file are dropped
bool journal_joined(void);             // false: no operation, though the caller needs one
bool journal_room(void);               // whether the operation may make more changes
void journal_begin(void);              // the caller's operation begins
void journal_end(bool wait);           // ... and ends; wait: durable=on waits for the disk

// fs/journal/commit.c
int journal_commit_running(struct journal *j) must_check; // j->commit is held

// fs/journal/log.c
uint32 journal_need(uint32 pages); // blocks of the log, at most
int journal_log(struct journal *j, struct list *pages, uint32 tid) must_check;

// fs/journal/checkpoint.c
int journal_checkpoint(struct journal *j) must_check; // j->commit is held
void journal_drop(struct list *copies);
