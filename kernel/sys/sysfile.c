// SPDX-License-Identifier: MIT
// sysfile.c - system calls about files: they translate descriptors, pointers and paths, and call fs/.
#include "abi/errno.h"
#include "abi/stat.h"
#include "abi/sysinfo.h"
#include "fs/file/openfile.h"
#include "fs/fs.h"
#include "mm/copy/copy.h"
#include "mm/copy/iobuf.h"
#include "proc/proc.h"
#include "sys/syscall.h"

// The open file behind a descriptor; NULL: there is none.
static struct file *
argfd(struct proc *p, uint64 arg)
{
    uint64 fd = (uint64)(int)arg;
    return fd < NOFILE ? p->ofile[fd] : NULL;
}

// The lowest free descriptor from `fd` on; -EMFILE.
static int
fdfree(const struct proc *p, int fd)
{
    for (; fd < NOFILE; fd++)
        if (!p->ofile[fd])
            return fd;
    return -EMFILE;
}

// read(fd, buf, n): reads up to n bytes from the file, and moves its offset.
// Returns   how many; 0: the end; -EBADF, -EFAULT, -EINTR, -EIO.
// Sleeps    for the disk, or for another process's write to a pipe.
int64
sys_read(struct proc *p, const uint64 *a)
{
    struct file *f = argfd(p, a[0]);
    int n = (int)a[2];
    if (!f || !f->readable)
        return -EBADF;
    return n < 0 ? -EINVAL : f->ops->read(f, (struct iobuf){p->as, a[1]}, (size_t)n);
}

// write(fd, buf, n): writes n bytes to the file, and moves its offset.
// Returns   how many, which may be fewer; -EBADF, -EFAULT, -EPIPE, -ENOSPC, -EIO and others.
// Sleeps    for the disk, or for another process's read from a pipe.
int64
sys_write(struct proc *p, const uint64 *a)
{
    struct file *f = argfd(p, a[0]);
    int n = (int)a[2];
    if (!f || !f->writable)
        return -EBADF;
    return n < 0 ? -EINVAL : f->ops->write(f, (struct iobuf){p->as, a[1]}, (size_t)n);
}

// fstat(fd, st): copies a struct stat of the open file to st.
// On error  -EBADF, -EFAULT, or the device's.
int64
sys_fstat(struct proc *p, const uint64 *a)
{
    struct file *f = argfd(p, a[0]);
    struct stat st;
    if (!f)
        return -EBADF;
    int error = filestat(f, &st);
    return error ? error : copyout(p->as, a[1], &st, sizeof st);
}

// dup(fd): makes the lowest free descriptor refer to the same open file.
// Returns   the descriptor; -EBADF, -EMFILE.
int64
sys_dup(struct proc *p, const uint64 *a)
{
    struct file *f = argfd(p, a[0]);
    if (!f)
        return -EBADF;
    int fd = fdfree(p, 0);
    if (fd >= 0)
        p->ofile[fd] = filedup(f);
    return fd;
}

// close(fd): frees the descriptor, and the open file when this was its last one.
// On error  -EBADF.
// Sleeps    when an unlinked file is freed.
int64
sys_close(struct proc *p, const uint64 *a)
{
    struct file *f = argfd(p, a[0]);
    if (!f)
        return -EBADF;
    p->ofile[(uint32)a[0]] = NULL;
    fileclose(f);
    return 0;
}

// pipe(fds): makes a pipe, and stores two descriptors: for reading, then for writing.
// On error  -EMFILE, -ENOMEM, -EFAULT; no descriptor is used.
int64
sys_pipe(struct proc *p, const uint64 *a)
{
    struct file *rd, *wr;
    int fds[2] = {fdfree(p, 0), -EMFILE};
    if (fds[0] >= 0)
        fds[1] = fdfree(p, fds[0] + 1);
    if (fds[1] < 0)
        return -EMFILE;
    int error = pipe_open(&rd, &wr);
    if (error)
        return error;
    error = copyout(p->as, a[0], fds, sizeof fds);
    if (error) {
        fileclose(rd);
        fileclose(wr);
        return error;
    }
    p->ofile[fds[0]] = rd;
    p->ofile[fds[1]] = wr;
    return 0;
}

// open(path, flags): opens the file at path with O_... flags, and creates it with O_CREATE.
// Returns   the lowest free descriptor; -EMFILE before anything is created; -ENOENT and others of
//           file_open().
// Sleeps    for the disk.
int64
sys_open(struct proc *p, const uint64 *a)
{
    char path[MAXPATH];
    struct file *f;
    int fd = fdfree(p, 0); // before the file is created
    int error = fetchpath(p, a[0], path);
    if (fd < 0 || error)
        return fd < 0 ? fd : error;
    error = file_open(p->cwd, path, (int)a[1], &f);
    if (error)
        return error;
    p->ofile[fd] = f;
    return fd;
}

// Creates a directory or a device node.
static int
create_node(struct proc *p, uint64 path_va, int type, int major, int minor)
{
    char path[MAXPATH];
    struct inode *ip;
    int error = fetchpath(p, path_va, path);
    if (error)
        return error;
    int turn = 0;
    do {
        begin_op();
        error = fs_create(p->cwd, path, type, major, minor, &ip);
        if (!error)
            iput(ip);
        end_op();
    } while (fs_wait_for_room(error, turn++));
    return error;
}

// mkdir(path): creates an empty directory.
// On error  as fs_create(); nothing is created.
// Sleeps    for the disk.
int64
sys_mkdir(struct proc *p, const uint64 *a)
{
    return create_node(p, a[0], T_DIR, 0, 0);
}

// mknod(path, major, minor): creates a device node.
// On error  as fs_create(); nothing is created.
// Sleeps    for the disk.
int64
sys_mknod(struct proc *p, const uint64 *a)
{
    return create_node(p, a[0], T_DEVICE, (short)a[1], (short)a[2]);
}

// unlink(path): removes a name; the file is freed when it has neither names nor users. An empty
// directory, too.
// On error  as fs_unlink(); nothing is removed.
// Sleeps    for the disk.
int64
sys_unlink(struct proc *p, const uint64 *a)
{
    char path[MAXPATH];
    int error = fetchpath(p, a[0], path);
    if (error)
        return error;
    begin_op();
    error = fs_unlink(p->cwd, path);
    end_op();
    return error;
}

// Makes a change that takes two paths, in one operation of the journal.
static int
two_paths(struct proc *p, const uint64 *a,
          int (*change)(struct inode *cwd, const char *old, const char *new))
{
    char old[MAXPATH], new[MAXPATH];
    int error = fetchpath(p, a[0], old);
    if (!error)
        error = fetchpath(p, a[1], new);
    if (error)
        return error;
    begin_op();
    error = change(p->cwd, old, new);
    end_op();
    return error;
}

// link(old, new): gives the file a second name.
// On error  as fs_link(); nothing is created.
// Sleeps    for the disk.
int64
sys_link(struct proc *p, const uint64 *a)
{
    return two_paths(p, a, fs_link);
}

// symlink(target, path): creates a symbolic link at path.
// On error  as fs_symlink(); nothing is created.
// Sleeps    for the disk.
int64
sys_symlink(struct proc *p, const uint64 *a)
{
    return two_paths(p, a, fs_symlink);
}

// readlink(path, buf, n): copies a symbolic link's target, without a NUL.
// Returns   how many bytes; the rest is left out. -EINVAL: not a link.
int64
sys_readlink(struct proc *p, const uint64 *a)
{
    char path[MAXPATH];
    int n = (int)a[2];
    int64 result = fetchpath(p, a[0], path);
    if (result)
        return result;
    if (n < 0)
        return -EINVAL;
    begin_op();
    result = fs_readlink(p->cwd, path, (struct iobuf){p->as, a[1]}, (size_t)n);
    end_op();
    return result;
}

// rename(old, new): moves a name to another place, where it replaces a file, in one operation.
// On error  as fs_rename(); nothing is moved.
// Sleeps    for the disk.
int64
sys_rename(struct proc *p, const uint64 *a)
{
    return two_paths(p, a, fs_rename);
}

// Makes a directory the current one; takes over the caller's reference.
// Returns   0; -ENOTDIR, and the current directory is the one before.
// Locks     in a transaction: the last reference to a removed directory frees it.
static int
enter(struct proc *p, struct inode *ip)
{
    struct inode *unused = ip;
    int error = -ENOTDIR;
    if (inode_type(ip) == T_DIR) {
        unused = p->cwd;
        p->cwd = ip;
        error = 0;
    }
    iput(unused);
    return error;
}

// chdir(path): makes the directory at path the current one.
// On error  -ENOTDIR, and others of namei(); the old one stays.
// Sleeps    for the disk.
int64
sys_chdir(struct proc *p, const uint64 *a)
{
    char path[MAXPATH];
    struct inode *ip;
    int error = fetchpath(p, a[0], path);
    if (error)
        return error;
    begin_op();
    error = namei(p->cwd, path, &ip);
    if (!error)
        error = enter(p, ip);
    end_op();
    return error;
}

// fchdir(fd): makes an open directory the current one.
// On error  -EBADF, -ENOTDIR; the old one stays.
int64
sys_fchdir(struct proc *p, const uint64 *a)
{
    struct file *f = argfd(p, a[0]);
    if (!f)
        return -EBADF;
    if (!f->ip)
        return -ENOTDIR;
    begin_op();
    int error = enter(p, idup(f->ip));
    end_op();
    return error;
}

// sync(): writes all changes to the disk.
// On error  -EIO: some are not there; the file system is read-only.
// Sleeps    for the disk.
int64
sys_sync(struct proc *p, const uint64 *a)
{
    (void)p;
    (void)a;
    return fs_sync();
}

// fsync(fd): writes the changes of one file to the disk.
// On error  -EBADF; -EINVAL: no file on the disk; -EIO.
// Sleeps    for the disk.
int64
sys_fsync(struct proc *p, const uint64 *a)
{
    struct file *f = argfd(p, a[0]);
    if (!f)
        return -EBADF;
    return f->ip ? fs_fsync(f->ip) : -EINVAL;
}

// statfs(path, st): copies a struct statfs of the file system that has path to st.
// On error  as namei(); -EFAULT.
// Sleeps    for the disk.
int64
sys_statfs(struct proc *p, const uint64 *a)
{
    char path[MAXPATH];
    struct statfs st;
    struct inode *ip;
    int error = fetchpath(p, a[0], path);
    if (error)
        return error;
    begin_op();
    error = namei(p->cwd, path, &ip);
    if (!error)
        iput(ip);
    end_op();
    if (!error)
        error = fs_statfs(&st); // there is one file system
    return error ? error : copyout(p->as, a[1], &st, sizeof st);
}
