// SPDX-License-Identifier: MIT
// t.c - functions for all sub-tests of usertests.
//
// Theory    File contents are a function of a seed and the offset, so a reader can check them
//           without a copy.
// Next      main.c
#include "t.h"

#define MANY 64

const struct test *t_current;

const uint64 t_bad[] = {
    0x80000000,         USYSCALL - 1,       TRAPFRAME,
    TRAMPOLINE,         MAXVA - 1,          MAXVA,
    1UL << 39,          1UL << 55,          0x7fffffffffffffff,
    0x8000000000000000, 0xffffffbfffffffff, 0xffffffc000000000,
    0xffffffd000000000, 0xffffffff80000000, 0xffffffff80200000,
    0xfffffffffffff000, 0xffffffffffffffff, 0,
};

// Prints the start of a failure line; a noisy sub-test has not printed its name yet.
void
t_reason(void)
{
    if (t_current->flags & T_NOISY)
        printf("test %s: ", t_current->name);
    printf("FAILED: ");
}

int
t_fork(void)
{
    int pid = fork();

    want(pid >= 0, "fork failed");
    return pid;
}

// Runs fn(arg) in a child, which succeeds when fn returns.
// Returns   the child's pid.
int
t_spawn(void (*fn)(long), long arg)
{
    int pid = t_fork();

    if (pid == 0) {
        fn(arg);
        exit(0);
    }
    return pid;
}

// Waits for one child, which must be pid unless that is 0.
// Returns   its status; a child that has reported a failure ends the caller likewise.
int
t_wait(int pid)
{
    int status = 12345;
    int got = wait(&status);

    want(got > 0, "wait found no child");
    if (status == T_REPORTED)
        exit(T_REPORTED);
    want(pid == 0 || got == pid, "waited for pid %d, got %d", pid, got);
    return status;
}

void
t_wait_ok(int n)
{
    for (int i = 0; i < n; i++) {
        int status = t_wait(0);
        want(status == 0, "a child ended with %d", status);
    }
}

int
t_status(void (*fn)(long), long arg)
{
    return t_wait(t_spawn(fn, arg));
}

void
t_must_die(void (*fn)(long), long arg)
{
    int status = t_status(fn, arg);

    want(status == -1, "access at 0x%lx: status %d, not killed", (uint64)arg, status);
}

// One load, store or jump that the compiler does not see.
void
t_load(long va)
{
    (void)*(volatile char *)va;
}

void
t_store(long va)
{
    *(volatile char *)va = 1;
}

void
t_call(long va)
{
    ((void (*)(void))va)();
}

uint
t_random(uint *state)
{
    uint x = *state ? *state : 0x9e3779b9;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

char
t_byte(uint seed, uint at)
{
    return seed * 37 + at + (at >> 8) * 11 + (at >> 16) * 5;
}

void
t_fill(char *buf, int n, uint seed, uint at)
{
    for (int i = 0; i < n; i++)
        buf[i] = t_byte(seed, at + i);
}

int
t_same(const char *buf, int n, uint seed, uint at)
{
    for (int i = 0; i < n; i++) {
        if (buf[i] != t_byte(seed, at + i))
            return 0;
    }
    return 1;
}

// Makes path a file of size bytes that t_get() with the same seed accepts.
void
t_put(const char *path, int size, uint seed)
{
    static char buf[PAGE];
    int fd = t_open(path, O_CREATE | O_TRUNC | O_WRONLY);

    for (int at = 0; at < size; at += PAGE) {
        int n = size - at < PAGE ? size - at : PAGE;
        t_fill(buf, n, seed, at);
        int got = write(fd, buf, n);
        want(got == n, "write of %d bytes to %s at %d: %d", n, path, at, got);
    }
    close(fd);
}

void
t_get(const char *path, int size, uint seed)
{
    static char buf[PAGE];
    int fd = t_open(path, O_RDONLY);
    int at = 0, n;

    while ((n = read(fd, buf, PAGE)) > 0) {
        want(t_same(buf, n, seed, at), "%s: wrong bytes in [%d, %d)", path, at, at + n);
        at += n;
    }
    want(n == 0, "read of %s at %d: %d", path, at, n);
    want(at == size, "%s has %d bytes, not %d", path, at, size);
    close(fd);
}

int
t_open(const char *path, int flags)
{
    int fd = open(path, flags);

    want(fd >= 0, "open %s with 0x%x failed", path, flags);
    return fd;
}

void
t_remove(const char *path)
{
    int r = unlink(path);

    want(r == 0, "unlink %s failed", path);
}

char *
t_name(char *buf, const char *stem, int i)
{
    char digits[12];
    int n = 0, at = strlen(stem);

    memmove(buf, stem, at);
    do {
        digits[n++] = '0' + i % 10;
    } while ((i /= 10) > 0);
    while (n > 0)
        buf[at++] = digits[--n];
    buf[at] = 0;
    return buf;
}

char *
t_grow(long n)
{
    char *old = sbrk(n);

    want(old != (char *)-1, "sbrk(%ld) failed", n);
    return old;
}

// Returns the number of processes, zombies included, but at most MANY. It does not ask sysinfo(): that
// is another call in the kernel of a lab.
int
t_processes(void)
{
    static struct procinfo list[MANY];
    int n = procs(list, MANY);

    want(n > 0, "procs failed");
    return n;
}

// Waits, for 10 s at most, until there are no more than `most` processes. An orphan holds memory
// and its working directory until init has waited for it.
// Returns   whether there are no more than `most`.
int
t_settle(int most)
{
    for (int ticks = 0; ticks < 100 && t_processes() > most; ticks++)
        sleep(1);
    return t_processes() <= most;
}

// Takes all memory there is and exits with the number of pages got.
static void
take_all(void)
{
    int pages = 0;

    for (int step = 256; step > 0; step /= 16) {
        while (sbrk(step * PAGE) != (char *)-1)
            pages += step;
    }
    exit(pages);
}

long
t_free_pages(void)
{
    int pid = t_fork();

    if (pid == 0)
        take_all();
    return t_wait(pid);
}

int
t_count(const char *dir)
{
    struct dirent de;
    int fd = t_open(dir, O_RDONLY);
    int n = 0;

    while (read(fd, &de, sizeof(de)) == sizeof(de))
        n += de.inum != 0 && strcmp(de.name, ".") != 0 && strcmp(de.name, "..") != 0;
    close(fd);
    return n;
}
