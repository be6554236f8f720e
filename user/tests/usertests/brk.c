// SPDX-License-Identifier: MIT
// brk.c - sub-tests of sbrk: growing, shrinking, exhausting.
//
// Theory    Eager growth is mapped on return or has changed nothing; memory freed and allocated
//           again is zero; no process sees another's memory.
// Next      fault.c
#include "t.h"

#define GIB (1 << 30)

// Returns a size that the machine has: at most want_mib, at most seven eighths of free memory.
static long
scaled(long want_mib)
{
    struct meminfo m;

    if (meminfo(&m) < 0)
        return want_mib * MIB;
    long most = (m.free + m.cache) / 8 * 7 / MIB;
    return (most < want_mib ? most : want_mib) * MIB;
}

static void
grow_by_one(long unused)
{
    char *at = sbrk(0);

    (void)unused;
    for (int i = 0; i < 5000; i++, at++) {
        char *got = sbrk(1);
        want(got == at, "sbrk(1) number %d: %p, not %p", i, got, at);
        want(*at == 0, "a new byte is %d", *at);
        *at = i;
    }
    want(sbrk(0) == at, "the break is %p, not %p", sbrk(0), at);
}

// sbrkbasic: growth byte by byte; an impossible growth changes nothing; the child's break is its
// own.
static void
t_sbrkbasic(void)
{
    char *at = sbrk(0);

    want(((uint64)at & (PAGE - 1)) == 0, "the break starts at %p", at);
    want(t_status(grow_by_one, 0) == 0, "the child died");
    want(sbrk(0) == at, "the child has moved our break");
    if (sbrk(0x7ffff000) != SBRK_ERROR)
        sbrk(-0x7ffff000);
    want(sbrk(0) == at, "a refused growth moved the break");
    t_grow(3 * PAGE);
    int pid = t_spawn(grow_by_one, 0);
    want(t_wait(pid) == 0, "the second child died");
    for (char *p = at; p < at + 3 * PAGE; p += 512)
        want(*p == 0, "the child has written into our page");
    want(sbrk(-3 * PAGE) == at + 3 * PAGE && sbrk(0) == at, "shrinking");
}

// sbrkmuch: a large growth is usable to the last byte; freed and allocated again it is zero.
static void
t_sbrkmuch(void)
{
    long n = scaled(100);
    char *old = t_grow(n);
    char *end = old + n;

    want(sbrk(0) == end, "the break is %p, not %p", sbrk(0), end);
    for (char *p = old; p < end; p += PAGE)
        *(uint64 *)p = (uint64)p;
    end[-1] = 99;
    for (char *p = old; p < end; p += PAGE)
        want(*(uint64 *)p == (uint64)p, "page %p does not hold its address", p);
    want(sbrk(-PAGE) == end, "shrinking by a page");
    want(sbrk(PAGE) == end - PAGE, "growing by a page");
    want(end[-1] == 0, "the page came back with old contents");
    want(sbrk(-n) == end && sbrk(0) == old, "shrinking by all");
    want(t_grow(n) == old && *(uint64 *)old == 0 && end[-1] == 0, "the second growth");
}

// Gives back all memory above address left; exits with 7 if sbrk() refuses.
static void
shrink_to_nothing(long left)
{
    char *now = sbrk(0);

    if (sbrk(left - (long)now) == SBRK_ERROR && sbrk(0) == now)
        exit(7);
    printf("(alive) ");
}

// sbrkbugs: a process tries to free the code that it runs. sbrk() refuses, or the process is
// killed.
static void
t_sbrkbugs(void)
{
    uint64 size = (uint64)sbrk(0);
    uint64 text = (uint64)t_sbrkbugs & ~(uint64)(PAGE - 1);
    const long left[] = {0, 10, text > 0 ? text - 1 : 1, size - 1, size - 70000};

    for (int i = 0; i < 5; i++) {
        int status = t_status(shrink_to_nothing, left[i]);
        want(status == 7 || status == -1, "%ld bytes left: status %d", left[i], status);
    }
    want(sbrk(-(int)(size + 1)) == (char *)size, "sbrk(-(size+1)) did not say the old break");
    want((uint64)sbrk(0) == size, "sbrk(-(size+1)) moved the break");
    t_grow(2 * PAGE + 10);
    sbrk(-(PAGE + 20));
    want(sbrk(0) == (char *)(size + PAGE - 10), "a break inside a page");
    *(char *)(size + PAGE - 11) = 1;
}

// Sizes that wrap or are too large change nothing.
static void
t_sbrkwrap(void)
{
    static const int sizes[] = {0x7fffffff, (int)0x80000000, 0x7ffff000, -0x7fffffff, -0x7ffff000};
    char *at = t_grow(PAGE);

    at[0] = 42;
    for (uint i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char *now = sbrk(0);
        char *r = sbrk(sizes[i]);
        want(at[0] == 42, "sbrk(%d) took our page", sizes[i]);
        if (r == SBRK_ERROR || sizes[i] < 0)
            want(sbrk(0) == now, "sbrk(%d) moved the break", sizes[i]);
        else
            sbrk(-sizes[i]);
    }
}

// Waits for a byte, takes all the memory it can get, says so, and holds it.
static void
hold_much(long fds)
{
    char c;

    read(fds & 0xff, &c, 1);
    for (long n = 64 * MIB; n >= PAGE; n /= 2) {
        while (sbrk(n) != SBRK_ERROR)
            ;
    }
    write(fds >> 8, "x", 1);
    for (;;)
        sleep(1000);
}

// sbrkfail: several processes take all memory and are killed; then all of it must be free. All are
// forked before the first allocates, so that fork finds memory.
static void
t_sbrkfail(void)
{
    int go[2], p[2], pid[5];
    char c = 0;

    want(pipe(p) == 0 && pipe(go) == 0, "pipe failed");
    for (int i = 0; i < 5; i++)
        pid[i] = t_spawn(hold_much, go[0] | p[1] << 8);
    for (int i = 0; i < 5; i++) {
        want(write(go[1], &c, 1) == 1, "write to pipe failed");
        want(read(p[0], &c, 1) == 1, "read from pipe failed");
    }
    char *r = sbrk(0x7000000);
    want(r == SBRK_ERROR, "112 MiB when all is taken");
    for (int i = 0; i < 5; i++)
        want(kill(pid[i]) == 0 && t_wait(0) == -1, "kill of a holder");
    t_grow(scaled(8));
}

// sbrkarg: fresh memory, never touched, as the buffer of calls.
static void
t_sbrkarg(void)
{
    char *buf = t_grow(2 * PAGE);
    int fd = t_open("f", O_CREATE | O_RDWR);

    want(write(fd, buf, PAGE) == PAGE, "write from fresh memory");
    close(fd);
    fd = t_open("f", O_RDONLY);
    want(read(fd, buf + PAGE, PAGE) == PAGE, "read into fresh memory");
    close(fd);
    for (int i = 0; i < 2 * PAGE; i++)
        want(buf[i] == 0, "byte %d is %d", i, buf[i]);
    want(pipe((int *)t_grow(PAGE)) == 0, "pipe into fresh memory");
    want(fstat(0, (struct stat *)t_grow(PAGE)) == 0, "fstat into fresh memory");
    t_remove("f");
}

// Lazy growth may exceed memory; touching too much kills no other process.
static void
t_sbrklazy(void)
{
    char *at = sys_sbrk(64 * MIB, SBRK_LAZY);

    want(at != SBRK_ERROR, "lazy growth failed");
    want(at[0] == 0 && at[64 * MIB - 1] == 0 && at[5 * MIB] == 0, "lazy memory is not zero");
    at[64 * MIB - 1] = 3;
    want(sbrk(-32 * MIB) == at + 64 * MIB, "shrinking");
    t_must_die(t_store, (long)at + 32 * MIB);
    want(sys_sbrk(32 * MIB, SBRK_LAZY) == at + 32 * MIB, "growing again");
    want(at[64 * MIB - 1] == 0, "old contents came back");
    t_put("f", PAGE, 8);
    int fd = t_open("f", O_RDONLY);
    want(read(fd, at + 9 * MIB - 100, PAGE) == PAGE, "read into lazy memory");
    want(t_same(at + 9 * MIB - 100, PAGE, 8, 0), "wrong bytes in lazy memory");
    want(write(fd, at, 0) <= 0, "write to a read-only descriptor");
    close(fd);
    t_remove("f");
}

// Memory in superpages: shrunk to every kind of boundary, shared by fork, zero when allocated
// again.
static void
t_superpage(void)
{
    long n = scaled(10) & ~(2L * MIB - 1);
    char *old = t_grow(n + 2 * MIB);
    char *big = (char *)(((uint64)old + 2 * MIB - 1) & ~(2UL * MIB - 1));

    for (char *p = old; p < old + n + 2 * MIB; p += PAGE)
        *(uint64 *)p = (uint64)p;
    sbrk(-(old + n + 2 * MIB - (big + MIB + 3 * PAGE)));
    t_must_die(t_store, (long)big + MIB + 3 * PAGE);
    want(*(uint64 *)(big + MIB + 2 * PAGE) == (uint64)big + MIB + 2 * PAGE, "the last page");
    if (t_fork() == 0) {
        big[PAGE] = 77;
        want(*(uint64 *)(big + 2 * PAGE) == (uint64)big + 2 * PAGE, "the child's copy");
        exit(0);
    }
    t_wait_ok(1);
    want(*(uint64 *)(big + PAGE) == (uint64)big + PAGE, "the child wrote into our large leaf");
    t_grow(PAGE);
    want(big[MIB + 3 * PAGE] == 0, "old contents came back");
}

static void
shrink_to(char *base)
{
    while ((char *)sbrk(0) - base > GIB)
        want(sbrk(-GIB) != SBRK_ERROR, "shrinking");
    want(sbrk((int)(base - (char *)sbrk(0))) != SBRK_ERROR, "shrinking");
}

// sbrktop: lazy growth ends below the top pages, which stay as they were.
static void
t_sbrktop(void)
{
    static const int steps[] = {GIB, MIB, PAGE};
    char *base = sbrk(0);

    for (int i = 0; i < 3; i++)
        while (sys_sbrk(steps[i], SBRK_LAZY) != SBRK_ERROR)
            ;
    want((uint64)sbrk(0) == USYSCALL, "the break ends at %p", sbrk(0));
    want(((struct usyscall *)USYSCALL)->pid == getpid(), "USYSCALL is not what it was");
    t_must_die(t_load, TRAPFRAME);
    shrink_to(base);
}

// Uses the page at `at`: the kernel writes to it, reads it, and takes a path from it.
static void
use_page(char *at)
{
    static char back[PAGE];
    int fd = t_open("f", O_RDONLY), p[2];

    want(read(fd, at, PAGE) == PAGE && t_same(at, PAGE, 9, 0), "read() to %p", at);
    close(fd);
    want(pipe(p) == 0 && write(p[1], at, 512) == 512, "write() from %p", at);
    want(read(p[0], back, 512) == 512 && t_same(back, 512, 9, 0), "what was written from %p", at);
    close(p[0]);
    close(p[1]);
    strcpy(at, "f");
    close(t_open(at, O_RDONLY));
}

// beyondplic: a process can map the addresses where xv6's kernel has its devices, stack and RAM
// (CLINT, PLIC, UART0, VIRTIO0).
static void
t_beyondplic(void)
{
    static char *const taken[] = {(char *)0x02000000, (char *)0x0c000000, (char *)0x10000000,
                                  (char *)0x10001000, (char *)0x3fffe000, (char *)0x80000000,
                                  (char *)0x87fff000};
    char *base = sbrk(0);

    t_put("f", PAGE, 9);
    while ((uint64)sbrk(0) < 0x88000000)
        want(sys_sbrk(GIB / 2, SBRK_LAZY) != SBRK_ERROR, "growing beyond %p", sbrk(0));
    for (uint i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        use_page(taken[i]);
    if (t_fork() == 0) {
        for (uint i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
            want(strcmp(taken[i], "f") == 0, "%p in the child", taken[i]);
            use_page(taken[i]);
        }
        exit(0);
    }
    t_wait_ok(1);
    shrink_to(base);
    t_must_die(t_load, (long)taken[0]);
    t_remove("f");
}

// rwsbrk: a system call on freed memory fails.
static void
t_rwsbrk(void)
{
    char *gone = t_grow(2 * PAGE) + PAGE;
    int fd = t_open("f", O_CREATE | O_RDWR);

    want(write(fd, gone, 16) == 16, "write from memory that is there");
    want(sbrk(-PAGE) == gone + PAGE, "shrinking");
    want(write(fd, gone, 16) == -1, "write from memory that was given back");
    close(fd);
    fd = t_open("f", O_RDONLY);
    want(read(fd, gone, 16) == -1, "read into memory that was given back");
    close(fd);
    t_remove("f");
}

const struct test brk_tests[] = {
    TEST(sbrkbasic, 0),        TEST(sbrkmuch, 0),        TEST(sbrkbugs, T_NOISY),
    TEST(sbrkfail, 0),         TEST(sbrkarg, 0),         TEST(sbrkwrap, 0),
    TEST(sbrklazy, T_NOISY),   TEST(superpage, T_NOISY), TEST(sbrktop, T_NOISY),
    TEST(beyondplic, T_NOISY), TEST(rwsbrk, 0),          {0, 0, 0},
};
