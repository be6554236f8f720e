// SPDX-License-Identifier: MIT
// files.c - reading files whole, and replacing them whole.
//
// Theory    A file is replaced by writing a new one beside it, which is then renamed to the name.
//           So a crash, a full disk or a signal in between leaves the old contents.
#define _GNU_SOURCE // SEEK_DATA

#include "host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "board/ram.h"
#include "host/answer.h"
#include "host/say.h"

#define MAX_FILE (1ULL << 40)

static uint64
size_of(const char *path, int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        refuse("%s cannot be read: %s", path, said(strerror(errno)));
    if (S_ISDIR(st.st_mode))
        refuse("%s is a directory; a file is needed", path);
    if (!S_ISREG(st.st_mode))
        refuse("%s is not a regular file", path);
    if ((uint64)st.st_size > MAX_FILE)
        refuse("%s is too large: %llu bytes", path, (unsigned long long)st.st_size);
    return (uint64)st.st_size;
}

// Reads until the buffer has `size` bytes.
static void
fill(const char *path, int fd, uint8 *to, uint64 size)
{
    while (size > 0) {
        ssize_t n = read(fd, to, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            refuse("%s cannot be read: %s", path, said(strerror(errno)));
        if (n == 0)
            refuse("%s has become shorter while it was read", path);
        to += n;
        size -= (uint64)n;
    }
}

// Copies what is not zero to zeroed memory: the host gives pages to the rest only when they are
// stored to. Most of a disk is zeros.
static void
copy_pages(uint8 *to, const uint8 *from, uint64 size)
{
    static uint8 zeros[PAGE_BYTES]; // not const: zeros take no room in the program
    for (uint64 at = 0; at < size; at += PAGE_BYTES) {
        uint64 n = size - at < PAGE_BYTES ? size - at : PAGE_BYTES;
        if (memcmp(from + at, zeros, n) != 0)
            memcpy(to + at, from + at, n);
    }
}

// Goes to the next byte from `at` on that is not in a hole of the file. Returns where it is, ~0 if
// there is none.
static uint64
seek_data(int fd, uint64 at)
{
    off_t found = lseek(fd, (off_t)at, SEEK_DATA);
    if (found < 0)
        return errno == ENXIO ? ~0ULL : at;
    return (uint64)found;
}

// As fill(), for zeroed memory.
static void
fill_pages(const char *path, int fd, uint8 *to, uint64 size)
{
    static uint8 part[32 * PAGE_BYTES];
    for (uint64 at = 0; (at = seek_data(fd, at)) < size; at += sizeof(part)) {
        uint64 n = size - at < sizeof(part) ? size - at : sizeof(part);
        fill(path, fd, part, n);
        copy_pages(to + at, part, n);
    }
}

struct file
file_read(const char *path, uint64 unit)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe is refused, not waited for
    if (fd < 0)
        refuse("%s cannot be opened: %s", path, said(strerror(errno)));
    uint64 size = size_of(path, fd);
    uint8 *bytes = calloc(1, (size + unit) / unit * unit);
    if (!bytes)
        refuse("there is not enough memory for %s", path);
    fill_pages(path, fd, bytes, size);
    close(fd);
    return (struct file){bytes, size};
}

struct file
file_share(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        refuse("%s cannot be opened for writing: %s", path, said(strerror(errno)));
    uint64 size = size_of(path, fd);
    void *bytes = mmap(NULL, size ? size : 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED)
        refuse("%s cannot be mapped: %s", path, said(strerror(errno)));
    close(fd);
    return (struct file){bytes, size};
}

// The name of the file itself, if `path` is a symbolic link to it.
static bool
real_name(const char *path, char name[PATH_MAX])
{
    if (realpath(path, name))
        return true;
    say("%s cannot be found: %s", path, said(strerror(errno)));
    return false;
}

// The name of the directory that holds a file.
static void
directory_of(char name[PATH_MAX])
{
    char *slash = strrchr(name, '/');
    *(slash == name ? slash + 1 : slash) = '\0';
}

void
file_check_writable(const char *path)
{
    char name[PATH_MAX];
    if (!real_name(path, name))
        exit(EXIT_USAGE);
    if (access(name, W_OK) != 0)
        refuse("--keep cannot write to %s: %s", path, said(strerror(errno)));
    directory_of(name);
    if (access(name, W_OK) != 0)
        refuse("--keep cannot write to the directory of %s: %s", path, said(strerror(errno)));
}

static bool
write_all(int fd, struct file f)
{
    while (f.size > 0) {
        ssize_t n = write(fd, f.bytes, f.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        f.bytes += n;
        f.size -= (uint64)n;
    }
    return fsync(fd) == 0;
}

// Writes a new file with the mode of the old one.
static bool
write_new(const char *name, const char *old, struct file f)
{
    struct stat st;
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool done = write_all(fd, f) && stat(old, &st) == 0 && fchmod(fd, st.st_mode & 07777) == 0;
    return close(fd) == 0 && done;
}

bool
file_replace(const char *path, struct file f)
{
    char name[PATH_MAX], fresh[PATH_MAX + 32];
    if (!real_name(path, name))
        return false;
    snprintf(fresh, sizeof(fresh), "%s.glass-%ld", name, (long)getpid());
    if (write_new(fresh, name, f) && rename(fresh, name) == 0)
        return true;
    say("%s cannot be written and is as it was: %s", path, said(strerror(errno)));
    unlink(fresh);
    return false;
}
