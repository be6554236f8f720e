// SPDX-License-Identifier: MIT
// file.c - copying, directories and paths.
#include "ulib/file.h"

#include "ulib/string.h"
#include "user/user.h"

#include "abi/fcntl.h"

int
dir_open(struct dir *d, const char *path)
{
    d->pos = d->end = 0;
    d->fd = open(path, O_RDONLY);
    return d->fd < 0 ? -1 : 0;
}

void
dir_close(struct dir *d)
{
    close(d->fd);
}

// Takes the next record.
// Returns   1, 0 at the end, -1 when the directory cannot be read.
static int
next_record(struct dir *d, const struct dirent **de)
{
    int n;

    if (d->pos == d->end) {
        n = read(d->fd, d->buf, sizeof(d->buf));
        if (n <= 0)
            return n;
        d->pos = 0;
        d->end = n / (int)sizeof(d->buf[0]);
    }
    *de = &d->buf[d->pos++];
    return 1;
}

int
dir_next(struct dir *d, char name[DIRSIZ + 1])
{
    const struct dirent *de;
    int got;

    while ((got = next_record(d, &de)) > 0) {
        memmove(name, de->name, DIRSIZ);
        name[DIRSIZ] = 0;
        if (de->inum && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            return 1;
    }
    return got;
}

int
write_all(int fd, const void *p, unsigned long n)
{
    const char *s = p;
    int done;

    for (; n; n -= (unsigned long)done, s += done) {
        done = write(fd, s, n > 1 << 20 ? 1 << 20 : (int)n);
        if (done <= 0)
            return -1;
    }
    return 0;
}

int
copy_fd(int from, int to)
{
    static char buf[8192];
    int n;

    while ((n = read(from, buf, sizeof(buf))) > 0)
        if (write_all(to, buf, (unsigned long)n) < 0)
            return -2;
    return n;
}

const char *
basename(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

int
path_join(char path[MAXPATH], const char *dir, const char *name)
{
    unsigned long d = strlen(dir), n = strlen(name);
    bool slash = d > 0 && dir[d - 1] != '/';

    if (d + slash + n + 1 > MAXPATH)
        return -1;
    memmove(path, dir, d);
    if (slash)
        path[d++] = '/';
    memmove(path + d, name, n + 1);
    return 0;
}

// Returns whether fd is the console. Descriptors that the kernel gave to process 1 have no inode:
// number 0.
int
is_console(int fd)
{
    struct stat st, console;

    if (fstat(fd, &st) < 0 || st.type != T_DEVICE)
        return 0;
    return st.ino == 0 || (stat("/console", &console) == 0 && st.ino == console.ino);
}

int
is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && st.type == T_DIR;
}
