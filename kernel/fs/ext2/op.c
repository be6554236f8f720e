// SPDX-License-Identifier: MIT
// op.c - operations: the changes of one system call, which reach the disk whole or not at all.
//
// Theory    The journal collects them (fs/journal/ops.c). Blocks of unlinked files that one
//           operation could not free are freed after it, in operations of their own.
// Locks     begin_op() may be called with an open file's lock, and no other.
#include "fs/ext2/inode.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"
#include "fs/journal/journal.h"

// Begins an operation. When too many pages are dirty, the caller writes some of them first.
// Sleeps    also while a commit begins.
void
begin_op(void)
{
    journal_begin();
    cache_balance();
}

// Frees the blocks and inodes that earlier operations have left.
static void __attribute__((noinline)) free_leftovers(void)
{
    while (__atomic_exchange_n(&rootfs.more, 0, __ATOMIC_RELAXED)) { // orders nothing
        begin_op();
        orphans_retry(&rootfs);
        journal_end(false);
    }
}

// Ends an operation; with durable=on its changes are on the disk then.
// Locks     as begin_op(). Sleeps
void
end_op(void)
{
    journal_end(true);
    if (unlikely(__atomic_load_n(&rootfs.more, __ATOMIC_RELAXED))) // unlocked: may be seen later
        free_leftovers();
}
