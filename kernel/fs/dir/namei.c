// SPDX-License-Identifier: MIT
// namei.c - translate paths to inodes.
//
// Theory    A walk goes from directory to directory with a reference to one at a time. A recently
//           used name is found in the name cache (fs/ext2/dcache.c) without a lock; else the
//           directory is locked and searched. The target of a symbolic link replaces its name at
//           the front of the remaining path.
// Promises  A walk ends: it follows at most MAX_LINKS links, and the path has at most MAXPATH - 1
//           bytes, also with targets of links; the caller's path has no more (sys/syscall.c,
//           fetchpath()). Only the first DIRSIZ bytes of a component count.
// Locks     one directory at a time, none on return.
#include "abi/errno.h"
#include "abi/stat.h"
#include "fs/dir/dir.h"
#include "fs/dir/path.h"
#include "fs/dir/symlink.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"
#include "lib/string.h"

#define MAX_LINKS 10

// The state of a walk.
struct walk {
    struct inode *at;  // a reference
    const char *rest;  // of the path
    uint32 links;      // passed so far
    char buf[MAXPATH]; // the rest, after a link was followed
};

// Returns whether the component is "." or "..".
bool
name_is_dots(const struct name *n)
{
    return n->s[0] == '.' && (n->s[15] == 1 || (n->s[15] == 2 && n->s[1] == '.'));
}

// Takes one component off the path and the slashes behind it; false: there is none left.
static bool
next_name(const char **path, struct name *n)
{
    const char *p = *path;
    uint32 len = 0;
    n->w[0] = n->w[1] = 0;
    for (; *p && *p != '/'; p++) {
        if (len < DIRSIZ)
            n->s[len++] = *p;
    }
    n->s[15] = (char)len;
    while (*p == '/')
        p++;
    *path = p;
    return len > 0;
}

// Finds the inode that the directory has under that name.
// Returns   0, and *out with a reference; -ENOENT; -EUCLEAN: the directory contains itself; -EIO.
// Locks     dp locked by the caller.
// Sleeps    for the disk.
int
path_step(struct inode *dp, const struct name *n, struct inode **out)
{
    uint32 inum;
    int error = dir_lookup(dp, n, &inum);
    if (!error && inum == dp->inum && !name_is_dots(n))
        error = ext2_damage(dp->fs, "directory %u contains itself", inum);
    return error ? error : iget(dp->fs, inum, out);
}

// Looks up a name in a directory. Locks the directory if the name is not cached.
int
path_walk(struct inode *dp, const struct name *n, struct inode **out)
{
    if (unlikely(dp->type != T_DIR))
        return -ENOTDIR;
    *out = dcache_get(dp->inum, n);
    if (likely(*out != NULL))
        return 0;
    if (n->s[0] == '.' && n->s[15] == 1) {
        *out = idup(dp);
        return 0;
    }
    ilock(dp);
    // The parent of a removed directory may have been freed.
    int error = dp->nlink ? path_step(dp, n, out) : -ENOENT;
    iunlock(dp);
    return error;
}

static int
walk_start(struct walk *w, struct inode *cwd, const char *path)
{
    if (!*path)
        return -ENOENT;
    w->at = *path == '/' ? fs_root() : idup(cwd);
    while (*path == '/')
        path++;
    w->rest = path;
    w->links = 0;
    return 0;
}

// Returns whether a slash follows the name that was taken last, which must then be a directory's.
static bool
before_slash(const struct walk *w)
{
    return w->rest[-1] == '/';
}

// Puts the target of the link `ip` in front of the rest; the walk goes on from the link's
// directory.
static int
follow(struct walk *w, struct inode *ip)
{
    char target[MAXPATH];
    if (++w->links > MAX_LINKS)
        return -ELOOP;
    int error = symlink_read(ip, target, sizeof target);
    if (error)
        return error;
    size_t len = strlen(target), left = strlen(w->rest);
    if (len == 0)
        return -ENOENT;
    size_t slash = before_slash(w); // without it a target may use the full length of a path
    if (len + slash + left >= sizeof w->buf)
        return -ENAMETOOLONG;
    memmove(w->buf + len + slash, w->rest, left + 1);
    memcpy(w->buf, target, len);
    if (slash)
        w->buf[len] = '/';
    w->rest = w->buf;
    if (*target == '/') {
        iput(w->at);
        w->at = fs_root();
        while (*w->rest == '/')
            w->rest++;
    }
    return 0;
}

// Advances the walk by one name.
static int
walk_one_name(struct walk *w, const struct name *n, bool follow_it)
{
    struct inode *next;
    int error = path_walk(w->at, n, &next);
    if (error)
        return error;
    if (unlikely(next->type == T_SYMLINK) && follow_it) {
        error = follow(w, next);
        iput(next);
        return error;
    }
    iput(w->at);
    w->at = next;
    return 0;
}

// Ends a walk: its reference becomes the caller's, unless there was an error.
static int
end_walk(struct walk *w, int error, struct inode **out)
{
    if (error)
        iput(w->at);
    else
        *out = w->at;
    return error;
}

static int
resolve_path(struct inode *cwd, const char *path, bool follow_last, struct inode **out)
{
    struct walk w;
    struct name n;
    int error = walk_start(&w, cwd, path);
    if (error)
        return error;
    while (!error && next_name(&w.rest, &n))
        error = walk_one_name(&w, &n, follow_last || before_slash(&w));
    if (!error && before_slash(&w) && w.at->type != T_DIR)
        error = -ENOTDIR;
    return end_walk(&w, error, out);
}

// Finds the inode of a path, with a reference; symbolic links are followed.
// On error  -ENOENT, -ENOTDIR, -ENAMETOOLONG, -ELOOP, -EIO, -ENOMEM, -EUCLEAN.
// Sleeps    unless all of it is in memory.
int
namei(struct inode *cwd, const char *path, struct inode **out)
{
    return resolve_path(cwd, path, true, out);
}

// As namei(), but a symbolic link at the end of the path is the result itself.
int
namei_nofollow(struct inode *cwd, const char *path, struct inode **out)
{
    return resolve_path(cwd, path, false, out);
}

// Returns whether the path ends with a slash, so that only a directory will do.
bool
path_wants_dir(const char *path)
{
    size_t len = strlen(path);
    return len > 0 && path[len - 1] == '/';
}

// Walks to the directory that holds the last component, *n.
static int
to_parent(struct walk *w, struct name *n)
{
    int error = next_name(&w->rest, n) ? 0 : -EINVAL;
    while (!error && *w->rest) {
        error = walk_one_name(w, n, true);
        if (!error && !next_name(&w->rest, n))
            error = -EINVAL; // the path ends in a link to a root
    }
    return !error && w->at->type != T_DIR ? -ENOTDIR : error;
}

// Follows the symbolic link of the last component.
// Returns   1: the walk goes on with its target; 0: the name does not exist or is no link.
static int
follow_last(struct walk *w, const struct name *n)
{
    struct inode *ip;
    int error = path_walk(w->at, n, &ip);
    if (error)
        return error == -ENOENT ? 0 : error;
    bool link = ip->type == T_SYMLINK;
    if (link)
        error = follow(w, ip);
    iput(ip);
    return error ? error : link;
}

// Finds the directory that contains the path's last component, and that component.
// Returns   0, *dp with a reference and *n; else as namei().
// Locks     none held; in an operation.
// Sleeps    for the disk.
int
path_parent(struct inode *cwd, const char *path, struct inode **dp, struct name *n)
{
    struct walk w;
    int error = walk_start(&w, cwd, path);
    return error ? error : end_walk(&w, to_parent(&w, n), dp);
}

// As path_parent(), but symbolic links at the end are followed, to where the last one leads.
int
path_target(struct inode *cwd, const char *path, struct inode **dp, struct name *n)
{
    struct walk w;
    int link, error = walk_start(&w, cwd, path);
    if (error)
        return error;
    do {
        error = to_parent(&w, n);
        link = error ? error : follow_last(&w, n);
    } while (link > 0);
    return end_walk(&w, link, dp);
}
