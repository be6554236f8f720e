// SPDX-License-Identifier: MIT
// errno.c - why a call failed, in words.
#include "ulib/cmd.h"

#include "abi/errno.h"

static const char *const text[] = {
    [EPERM] = "not permitted",
    [ENOENT] = "no such file or directory",
    [ESRCH] = "no such process",
    [EINTR] = "interrupted",
    [EIO] = "input/output error",
    [E2BIG] = "argument list too long",
    [ENOEXEC] = "not a program",
    [EBADF] = "bad file descriptor",
    [ECHILD] = "no child process",
    [EAGAIN] = "try again",
    [ENOMEM] = "out of memory",
    [EACCES] = "access denied",
    [EFAULT] = "bad address",
    [EBUSY] = "in use",
    [EEXIST] = "file exists",
    [EXDEV] = "on different file systems",
    [ENODEV] = "no such device",
    [ENOTDIR] = "not a directory",
    [EISDIR] = "is a directory",
    [EINVAL] = "invalid argument",
    [ENFILE] = "too many open files in the system",
    [EMFILE] = "too many open files",
    [ETXTBSY] = "the program is in use",
    [EFBIG] = "file too large",
    [ENOSPC] = "no space left on the disk",
    [ESPIPE] = "not seekable",
    [EROFS] = "file system is read-only",
    [EMLINK] = "too many links",
    [EPIPE] = "the pipe has no reader",
    [ENAMETOOLONG] = "name too long",
    [ENOSYS] = "no such system call",
    [ENOTEMPTY] = "directory not empty",
    [ELOOP] = "too many symbolic links",
    [EOVERFLOW] = "beyond the largest offset",
    [EUCLEAN] = "the file system is damaged",
};

const char *
strerror(int err)
{
    if (err < 0 || err >= (int)(sizeof(text) / sizeof(text[0])) || !text[err])
        return "unknown error";
    return text[err];
}
