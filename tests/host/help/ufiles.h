// SPDX-License-Identifier: MIT
// ufiles.h - a handful of files for tests of user programs: the calls that read directories. To be
// included after uland.h.
#pragma once

// A small file system: a directory ends with a slash.
static const char *const files[] = {"b",           "a*c",    "abc",      "dir/",
                                    ".hidden",     "x y",    "dir/one",  "dir/two",
                                    "dir/.secret", "other/", "other/one"};
#define NFILES (int)(sizeof(files) / sizeof(files[0]))

static int read_at;

// The number of a path among the files, -1 without one; NFILES is the directory `.`.
static int
lookup(const char *path)
{
    unsigned long n = u_strlen(path);
    int i;

    if (u_strcmp(path, ".") == 0)
        return NFILES;
    while (n > 1 && path[n - 1] == '/')
        n--;
    for (i = 0; i < NFILES; i++)
        if (u_strncmp(files[i], path, n) == 0 && (!files[i][n] || !files[i][n + 1]) &&
            (!files[i][n] || files[i][n] == '/'))
            return i;
    return -1;
}

int
u_open(const char *path, int flags)
{
    (void)flags;
    read_at = 0;
    return lookup(path);
}

int
u_close(int fd)
{
    return fd < 0 ? -1 : 0;
}

int
u_fstat(int fd, struct stat *st)
{
    *st = (struct stat){.type = fd == NFILES || u_strchr(files[fd], '/') ? T_DIR : T_FILE};
    if (fd < NFILES && files[fd][u_strlen(files[fd]) - 1] != '/')
        st->type = T_FILE;
    return 0;
}

int
u_stat(const char *path, struct stat *st)
{
    int fd = lookup(path);

    return fd < 0 ? -1 : u_fstat(fd, st);
}

// Gives one name at a time.
int
u_read(int fd, void *buf, int n)
{
    const char *dir = fd == NFILES ? "" : files[fd], *name, *slash;
    struct dirent de = {.inum = 1};
    unsigned long d = u_strlen(dir), i;

    CHECK(n >= (int)sizeof(de));
    for (; read_at < NFILES; read_at++) {
        name = files[read_at] + d;
        if (u_strncmp(files[read_at], dir, d) != 0 || !*name)
            continue;
        slash = u_strchr(name, '/');
        if (slash && slash[1])
            continue;
        for (i = 0; name[i] && name[i] != '/'; i++)
            de.name[i] = name[i];
        u_memmove(buf, &de, sizeof(de));
        read_at++;
        return sizeof(de);
    }
    return 0;
}
