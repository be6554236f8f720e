// SPDX-License-Identifier: MIT
// interpose.c - sub-tests of interpose(): forbidden system calls.
//
// Theory    Each part runs in a child, because the restriction cannot be removed.
#include "t.h"

#include "abi/errno.h"
#include "abi/syscall.h"

#define BIT(name) (1 << SYS_##name)

static int
error(void)
{
    return ((struct usyscall *)USYSCALL)->err;
}

static void
confine(int mask, const char *except)
{
    want(interpose(mask, except) == 0, "interpose(0x%x, %s)", mask, except);
}

// The calls of the mask fail and do nothing; the others work.
static void
blocks(long unused)
{
    (void)unused;
    confine(BIT(open) | BIT(dup), "-");
    want(open("f", O_RDONLY) == -1 && error() == EPERM, "open of f");
    want(open("new", O_CREATE | O_RDWR) == -1, "open of a new file");
    want(open("-", O_CREATE | O_RDWR) == -1, "open of -");
    want(dup(0) == -1, "dup");
    want(mkdir("d") == 0 && unlink("d") == 0, "mkdir, unlink");
}

// Only this exact path is allowed, and only for open and exec.
static void
excepts(long unused)
{
    (void)unused;
    confine(BIT(open) | BIT(unlink) | BIT(exec), "f");
    int fd = open("f", O_RDONLY);
    want(fd >= 0, "open of f");
    close(fd);
    want(open("./f", O_RDONLY) == -1 && error() == EPERM, "open of ./f");
    want(open("ff", O_CREATE | O_RDWR) == -1 && open("", O_RDONLY) == -1, "open of ff and nothing");
    want(open((char *)-1, O_RDONLY) == -1 && error() == EFAULT, "open of a bad pointer");
    want(unlink("f") == -1 && error() == EPERM, "unlink of f");
    want(chdir(".") == 0, "a call that is not blocked");
    want(exec("/bin/true", (char *[]){"true", 0}) == -1 && error() == EPERM, "exec of /bin/true");
    want(exec("f", (char *[]){"f", 0}) == -1 && error() == ENOEXEC, "exec of f");
}

// A child is restricted too, also after exec.
static void
inherits(long unused)
{
    (void)unused;
    confine(BIT(open), "-");
    if (t_fork() == 0) {
        want(open("f", O_RDONLY) == -1, "open in a child");
        close(2); // for the message of cat
        exec("/cat", (char *[]){"cat", "f", 0});
        exit(0);
    }
    int status;
    want(wait(&status) > 0 && status == 1, "a program that opens: %d", status);
}

// The restriction cannot be removed, and a call with a bad path changes nothing.
static void
stays(long unused)
{
    static char path[MAXPATH + 1];

    (void)unused;
    memset(path, 'x', MAXPATH);
    want(interpose(BIT(dup), (char *)-1) == -1 && error() == EFAULT, "a bad pointer");
    want(interpose(BIT(dup), path) == -1 && error() == ENAMETOOLONG, "a path too long");
    want(dup(0) >= 0, "dup");
    confine(BIT(dup), "-");
    want(interpose(0, "-") == -1 && error() == EPERM, "the second interpose()");
    want(dup(0) == -1, "dup");
}

// All calls but exit, and exec of one path.
static void
most(long unused)
{
    (void)unused;
    confine(0x7ffffffb, "/bin/true");
    if (getpid() == -1 && fork() == -1 && write(1, "x", 1) == -1)
        exec("/bin/true", (char *[]){"true", 0});
    exit(1);
}

static void
t_interpose(void)
{
    static void (*const parts[])(long) = {blocks, excepts, inherits, stays, most};

    t_put("f", 10, 1);
    for (uint i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        want(t_status(parts[i], 0) == 0, "part %u", i);
    want(open("f", O_RDONLY) >= 0, "the parent is confined as well");
    t_remove("f");
}

const struct test interpose_tests[] = {TEST(interpose, 0), {0, 0, 0}};
