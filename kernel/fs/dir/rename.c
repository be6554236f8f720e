// SPDX-License-Identifier: MIT
// rename.c - rename and move files and directories.
//
// Theory    Both names are resolved without locks, which tells whether one directory is below the
//           other and whether the move would make a cycle. Then the directories are locked, an
//           ancestor first, and the names resolved again. If they changed in between, rename starts
//           anew. Then the needed pages are pinned, and one new entry is added or one changed; the
//           other steps cannot fail.
// Promises  At any moment the new name refers to the old or the new file. On error nothing changed.
// Locks     fs->rename (no other rename changes the tree of directories), the two directories, the
//           replaced one, the moved one. No other code locks two directories that are not parent
//           and child.
#include "abi/errno.h"
#include "abi/stat.h"
#include "fs/dir/dir.h"
#include "fs/dir/path.h"
#include "fs/ext2/orphanlist.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"

#define MAX_DEPTH 4096 // of directories; a deeper path, or a cycle, is damage

// The two names and their inodes. tp: the replaced one, or NULL.
struct move {
    struct inode *d1, *d2, *ip, *tp;
    struct name n1, n2;
    bool dir;                    // a directory moves
    bool want_dir;               // one of the paths ends in a slash: only a directory may move
    struct frame *pin[4];        // of d1, d2, ip, tp
    struct dir_place p1, p2, up; // the old name, the replaced one, the moved directory's ".."
};

// Finds out whether directory `dp` is `above`, or below it.
// Returns   1, 0, or -E.
static int
below(struct inode *dp, struct inode *above)
{
    struct inode *at = idup(dp), *next;
    int answer = 0;
    for (uint32 depth = 0; !answer && at->inum != EXT2_ROOT; depth++) {
        if (at == above) {
            answer = 1;
            break;
        }
        answer = depth > MAX_DEPTH ? -ELOOP : path_walk(at, &dir_dotdot, &next);
        if (answer)
            break;
        iput(at);
        at = next;
    }
    answer = !answer && at == above ? 1 : answer;
    iput(at);
    return answer;
}

// Locks both directories, an ancestor first.
static int
lock_dirs(struct move *m)
{
    int under = below(m->d1, m->d2); // d2 is above: it comes first
    if (under < 0)
        return under;
    if (!under) {
        int over = below(m->d2, m->d1);
        if (over < 0)
            return over;
        under = !over && m->d2->inum < m->d1->inum; // unrelated: any fixed order will do
    }
    struct inode *first = under ? m->d2 : m->d1, *second = under ? m->d1 : m->d2;
    ilock(first);
    if (second != first)
        ilock(second);
    return 0;
}

// Resolves the names, with references.
static int
rename_resolve(struct move *m)
{
    int error = path_walk(m->d1, &m->n1, &m->ip);
    if (error)
        return error;
    m->dir = m->ip->type == T_DIR;
    error = path_walk(m->d2, &m->n2, &m->tp);
    if (error)
        m->tp = NULL;
    if (error == -ENOENT)
        error = 0;
    if (error)
        iput(m->ip);
    return error;
}

// Checks that the tree allows the move.
// Returns   0; -ENOTDIR, -EISDIR, -EINVAL (below itself), -ENOTEMPTY, -EMLINK: it does not; or -E.
static int
check_shape(const struct move *m)
{
    if (m->want_dir && !m->dir)
        return -ENOTDIR;
    if (m->dir) {
        int cycle = below(m->d2, m->ip);
        if (cycle)
            return cycle < 0 ? cycle : -EINVAL;
    }
    if (!m->tp)
        return m->dir && m->d1 != m->d2 && m->d2->nlink >= EXT2_LINK_MAX ? -EMLINK : 0;
    if (m->tp->type == T_DIR) {
        int full = m->dir ? below(m->d1, m->tp) : -EISDIR;
        return full > 0 ? -ENOTEMPTY : full;
    }
    return m->dir ? -ENOTDIR : 0;
}

// Checks, now that the directories are locked, that the names still refer to the resolved inodes.
// Returns   0; -EAGAIN: they do not; -ENOENT: the old name is gone; or -E.
static int
unchanged(const struct move *m)
{
    uint32 inum;
    if (m->d1->nlink == 0 || m->d2->nlink == 0)
        return -ENOENT;
    int error = dir_lookup(m->d1, &m->n1, &inum);
    if (!error && inum != m->ip->inum)
        error = -EAGAIN;
    if (error)
        return error;
    error = dir_lookup(m->d2, &m->n2, &inum);
    if (error == -ENOENT)
        return m->tp ? -EAGAIN : 0;
    if (!error && (!m->tp || inum != m->tp->inum))
        error = -EAGAIN;
    return error;
}

static void
rename_release(struct move *m)
{
    for (uint32 i = 0; i < NELEM(m->pin); i++) {
        if (m->pin[i])
            frame_put(m->pin[i]);
    }
    struct dir_place *places[] = {&m->p1, &m->p2, &m->up};
    for (uint32 i = 0; i < NELEM(places); i++) {
        if (places[i]->f)
            frame_put(places[i]->f);
    }
}

// Pins all pages that the move will change.
// On error  rename_release() must release those already pinned.
static int
rename_reserve(struct move *m)
{
    struct inode *inodes[] = {m->d1, m->d2, m->ip, m->tp};
    int error = 0;
    for (uint32 i = 0; i < NELEM(inodes) && !error; i++) {
        if (inodes[i])
            error = inode_pin(inodes[i], &m->pin[i]);
    }
    if (!error)
        error = dir_find(m->d1, &m->n1, &m->p1);
    if (!error && m->tp)
        error = dir_find(m->d2, &m->n2, &m->p2);
    if (!error && m->dir && m->d1 != m->d2)
        error = dir_find(m->ip, &dir_dotdot, &m->up);
    if (!error && m->tp && m->tp->type == T_DIR)
        error = dir_empty(m->tp);
    if (!error && !m->tp)
        error = dir_add(m->d2, &m->n2, m->ip); // the last step that can fail
    return error;
}

// Passes a pin or place to a callee that releases it.
static struct frame *
hand_over(struct frame **f)
{
    struct frame *mine = *f;
    *f = NULL;
    return mine;
}

// Makes the changes, none of which can fail.
static void
rename_commit(struct move *m)
{
    bool tdir = m->tp && m->tp->type == T_DIR;
    m->d1->nlink = (uint16)(m->d1->nlink - m->dir);
    m->d2->nlink = (uint16)(m->d2->nlink + m->dir - tdir);
    if (m->tp) {
        dir_set(m->d2, &m->p2, &m->n2, m->ip, hand_over(&m->pin[1]));
        m->tp->nlink = tdir ? 0 : (uint16)(m->tp->nlink - 1);
        if (!m->tp->nlink)
            orphanlist_add(m->tp);
        if (tdir)
            dcache_set(m->tp->inum, &dir_dotdot, 0);
        inode_store(m->tp, hand_over(&m->pin[3]));
    } else {
        inode_store(m->d2, hand_over(&m->pin[1]));
    }
    dir_erase(m->d1, &m->p1, &m->n1, hand_over(&m->pin[0]));
    if (m->up.f)
        dir_set(m->ip, &m->up, &dir_dotdot, m->d2, hand_over(&m->pin[2]));
    m->p1.f = m->p2.f = m->up.f = NULL;
}

static void
lock_children(struct move *m)
{
    if (m->tp)
        ilock(m->tp);
    if (m->dir)
        ilock(m->ip);
}

static void
unlock_children(struct move *m)
{
    if (m->tp)
        iunlock(m->tp);
    if (m->dir)
        iunlock(m->ip);
}

// Locks, checks and moves, after the names have been resolved.
// Returns   0 or -E; -EAGAIN: the names changed, start anew.
static int
perform(struct move *m)
{
    if (m->ip == m->tp)
        return 0; // two names of one file: nothing to do
    int error = check_shape(m);
    if (!error)
        error = lock_dirs(m);
    if (error)
        return error;
    error = unchanged(m);
    if (!error) {
        lock_children(m);
        error = rename_reserve(m);
        if (!error)
            rename_commit(m);
        rename_release(m);
        unlock_children(m);
    }
    iunlock(m->d1);
    if (m->d2 != m->d1)
        iunlock(m->d2);
    return error;
}

static int
rename_in(struct move *m)
{
    int error;
    do {
        m->ip = m->tp = NULL;
        m->p1.f = m->p2.f = m->up.f = NULL;
        for (uint32 i = 0; i < NELEM(m->pin); i++)
            m->pin[i] = NULL;
        error = rename_resolve(m);
        if (error)
            return error;
        error = perform(m);
        iput(m->ip);
        if (m->tp)
            iput(m->tp);
    } while (error == -EAGAIN);
    return error;
}

// Moves the file or directory `old` to the name `new`, replacing a file or an empty directory.
// On error  -ENOENT, -EISDIR, -ENOTDIR, -ENOTEMPTY, -EINVAL (dots, or below itself), -EMLINK,
//           -EROFS, -ENOSPC, -EIO, -ENOMEM ...: nothing changed.
// Locks     none is held; inside begin_op(). Sleeps.
int
fs_rename(struct inode *cwd, const char *old, const char *new)
{
    struct move m = {.want_dir = path_wants_dir(old) || path_wants_dir(new)};
    int error = path_parent(cwd, old, &m.d1, &m.n1);
    if (error)
        return error;
    error = path_parent(cwd, new, &m.d2, &m.n2);
    if (error) {
        iput(m.d1);
        return error;
    }
    struct ext2 *fs = m.d1->fs;
    if (name_is_dots(&m.n1) || name_is_dots(&m.n2)) {
        error = -EINVAL;
    } else if (!ext2_writable(fs)) {
        error = -EROFS;
    } else {
        acquiresleep(&fs->rename);
        error = rename_in(&m);
        releasesleep(&fs->rename);
    }
    iput(m.d1);
    iput(m.d2);
    return error;
}
