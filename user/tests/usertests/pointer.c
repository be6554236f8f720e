// SPDX-License-Identifier: MIT
// pointer.c - sub-tests that pass every kind of bad pointer to every system call that takes one.
//
// Theory    The table names each call once with its pointer replaced; kinds of pointers are the
//           addresses of t_bad, the guard page, the end of the heap, and ranges that start well
//           and end badly.
// Next      vm.c
#include "t.h"

static int file, pipe_in, pipe_out;

static char *argv_bad[3] = {"x", 0, 0};

static long
c_read(void *p)
{
    return read(file, p, 64);
}

static long
c_readpipe(void *p)
{
    write(pipe_in, "0123456789", 10);
    return read(pipe_out, p, 10);
}

static long
c_write(void *p)
{
    return write(file, p, 64);
}

static long
c_writepipe(void *p)
{
    return write(pipe_in, p, 64);
}

static long
c_writecons(void *p)
{
    return write(1, p, 64);
}

static long
c_readdir(void *p)
{
    int fd = open("/", O_RDONLY);
    long r = read(fd, p, 16);

    close(fd);
    return r;
}

static long
c_fstat(void *p)
{
    return fstat(file, p);
}

static long
c_fstatpipe(void *p)
{
    return fstat(pipe_in, p);
}

static long
c_pipe(void *p)
{
    return pipe(p);
}

static long
c_open(void *p)
{
    return open(p, O_CREATE | O_RDWR);
}

static long
c_exec(void *p)
{
    return exec(p, argv_bad);
}

static long
c_execargv(void *p)
{
    return exec("/tests/die", p);
}

static long
c_execarg(void *p)
{
    argv_bad[1] = p;
    return exec("/tests/die", argv_bad);
}

static long
c_chdir(void *p)
{
    return chdir(p);
}

static long
c_mkdir(void *p)
{
    return mkdir(p);
}

static long
c_mknod(void *p)
{
    return mknod(p, 1, 1);
}

static long
c_unlink(void *p)
{
    return unlink(p);
}

static long
c_linkold(void *p)
{
    return link(p, "new");
}

static long
c_linknew(void *p)
{
    return link("/echo", p);
}

static long
c_renameold(void *p)
{
    return rename(p, "new");
}

static long
c_renamenew(void *p)
{
    return rename("f", p);
}

static long
c_readlink(void *p)
{
    long n;

    symlink("a target", "link");
    n = readlink("link", p, 100);
    unlink("link");
    return n;
}

static long
c_readlinkpath(void *p)
{
    char target[100];

    return readlink(p, target, sizeof(target));
}

static long
c_wait(void *p)
{
    int pid = fork();
    long r;

    if (pid == 0)
        exit(0);
    r = wait(p);
    while (wait(0) > 0)
        ;
    return r;
}

static long
c_procs(void *p)
{
    return procs(p, 4);
}

static long
c_meminfo(void *p)
{
    return meminfo(p);
}

static long
c_statfs(void *p)
{
    return statfs("/", p);
}

static long
c_statfspath(void *p)
{
    static struct statfs fs;

    return statfs(p, &fs);
}

enum kind { IN, OUT, PATH };

static const struct {
    const char *name;
    long (*call)(void *);
    enum kind kind;
} calls[] = {
    {"read", c_read, OUT},
    {"read pipe", c_readpipe, OUT},
    {"read directory", c_readdir, OUT},
    {"write", c_write, IN},
    {"write pipe", c_writepipe, IN},
    {"write console", c_writecons, IN},
    {"fstat", c_fstat, OUT},
    {"fstat pipe", c_fstatpipe, OUT},
    {"pipe", c_pipe, OUT},
    {"open", c_open, PATH},
    {"exec", c_exec, PATH},
    {"exec argv", c_execargv, IN},
    {"exec argument", c_execarg, PATH},
    {"chdir", c_chdir, PATH},
    {"mkdir", c_mkdir, PATH},
    {"mknod", c_mknod, PATH},
    {"unlink", c_unlink, PATH},
    {"link old", c_linkold, PATH},
    {"link new", c_linknew, PATH},
    {"rename old", c_renameold, PATH},
    {"rename new", c_renamenew, PATH},
    {"readlink", c_readlink, OUT},
    {"readlink path", c_readlinkpath, PATH},
    {"wait", c_wait, OUT},
    {"procs", c_procs, OUT},
    {"meminfo", c_meminfo, OUT},
    {"statfs", c_statfs, OUT},
    {"statfs path", c_statfspath, PATH},
};

#define NCALLS ((int)(sizeof(calls) / sizeof(calls[0])))

static void
begin(void)
{
    int p[2];

    t_put("f", 100, 1);
    file = t_open("f", O_RDWR);
    want(pipe(p) == 0, "pipe failed");
    pipe_out = p[0];
    pipe_in = p[1];
}

static void
end(void)
{
    want(t_count(".") == 1, "a call has made a file");
    t_remove("f");
}

// Tries pointer va on call i, in a child, so that a pipe left full does no harm.
static void
refuse(long va, int i)
{
    int pid = t_fork();

    if (pid == 0) {
        long r = calls[i].call((void *)va);
        want(r == -1 || (r >= 0 && r <= 4 && i <= 5), "%s at 0x%lx: %ld", calls[i].name, (uint64)va,
             r);
        exit(0);
    }
    want(t_wait(pid) == 0, "%s at 0x%lx killed the caller", calls[i].name, (uint64)va);
}

// Addresses that belong to no program, for every call.
static void
t_badptr(void)
{
    begin();
    for (int i = 0; i < NCALLS; i++) {
        for (int k = 0; t_bad[k]; k++) {
            if ((k + i) % 2)
                refuse(t_bad[k], i);
        }
    }
    end();
}

// Addresses just behind the heap, and buffers that end there.
static void
t_heapend(void)
{
    char *top = t_grow(PAGE) + PAGE;
    struct stat st;

    begin();
    memset(top - 8, 'x', 8);
    for (int i = 0; i < NCALLS; i++) {
        refuse((long)top, i);
        if (calls[i].kind == PATH || calls[i].kind == IN)
            refuse((long)top - 4, i);
    }
    want(dup(0) == 6, "descriptors are lost");
    want(stat("f", &st) == 0 && st.size == 100, "the file has %lu bytes", st.size);
    end();
}

// Results into read-only memory: text, and the USYSCALL page.
static void
t_readonly(void)
{
    begin();
    for (int i = 0; i < NCALLS; i++) {
        if (calls[i].kind != OUT)
            continue;
        refuse(64, i);
        refuse(USYSCALL, i);
        refuse(USYSCALL + 64, i);
    }
    end();
}

// System calls may read the USYSCALL page.
static void
t_usyscallread(void)
{
    int pid = 0;

    begin();
    want(write(pipe_in, (void *)USYSCALL, sizeof(pid)) == sizeof(pid), "write from USYSCALL");
    want(read(pipe_out, &pid, sizeof(pid)) == sizeof(pid) && pid == getpid(), "pid %d", pid);
    end();
}

// A buffer that starts in memory and wraps around, or runs from one end of it to the other.
static void
t_wrap(void)
{
    static char some[64];

    begin();
    want(write(file, (void *)-32L, 64) == -1, "write wraps around");
    want(read(file, (void *)-32L, 64) == -1, "read wraps around");
    want(read(file, (void *)(USYSCALL - 32), 64) == -1, "read into the top pages");
    want(write(1, (void *)-1L, 0x7fffffff) <= 0, "write of INT_MAX bytes wraps around");
    want(write(pipe_in, some, 64) == 64 && read(pipe_out, some, 64) == 64, "the pipe is broken");
    end();
}

const struct test pointer_tests[] = {
    TEST(badptr, 0),       TEST(heapend, 0), TEST(readonly, 0),
    TEST(usyscallread, 0), TEST(wrap, 0),    {0, 0, 0},
};
