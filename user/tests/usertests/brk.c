// SPDX-License-Identifier: MIT
// brk.c - sub-tests of sbrk: growing, shrinking, exhausting.
//
// Theory    Eager growth is there on return or has changed nothing; memory given back and taken
//           again is zero; what one process holds does not show in another.
// Next      fault.c
#include "t.h"

#define FAILED ((char *)-1)
#define GIB    (1 << 30)

// A size that the machine can give: at most want_mib, at most seven eighths of what is free.
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

// sbrkbasic: byte by byte; a growth that cannot be is refused whole; the child's break is its own.
static void
t_sbrkbasic(void)
{
    char *at = sbrk(0);

    want(((uint64)at & (PAGE - 1)) == 0, "the break starts at %p", at);
    want(t_status(grow_by_one, 0) == 0, "the child died");
    want(sbrk(0) == at, "the child has moved our break");
    if (sbrk(0x7ffff000) != FAILED)
        sbrk(-0x7ffff000);
    want(sbrk(0) == at, "a refused growth moved the break");
    t_grow(3 * PAGE);
    int pid = t_spawn(grow_by_one, 0);
    want(t_wait(pid) == 0, "the second child died");
    for (char *p = at; p < at + 3 * PAGE; p += 512)
        want(*p == 0, "the child has written into our page");
    want(sbrk(-3 * PAGE) == at + 3 * PAGE && sbrk(0) == at, "shrinking");
}

// sbrkmuch: a large growth is usable to the last byte; what shrinks and grows again is zero.
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

// Gives back all memory above address left; ends with 7 when that is refused.
static void
shrink_to_nothing(long left)
{
    char *now = sbrk(0);

    if (sbrk(left - (long)now) == FAILED && sbrk(0) == now)
        exit(7);
    printf("(alive) ");
}

// sbrkbugs: a process may try to give back the code it runs. That is refused, or it dies of it.
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

// Sizes that wrap or are beyond all bounds change nothing.
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
        if (r == FAILED || sizes[i] < 0)
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
        while (sbrk(n) != FAILED)
            ;
    }
    write(fds >> 8, "x", 1);
    for (;;)
        sleep(1000);
}

// sbrkfail: several processes take all memory; killed, they have given all of it back. They are
// all there before the first takes any, so that fork finds memory.
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
    want(r == FAILED, "112 MiB when all is taken");
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

// Lazy growth may promise more than there is; touching too much kills nobody else.
static void
t_sbrklazy(void)
{
    char *at = sys_sbrk(64 * MIB, SBRK_LAZY);

    want(at != FAILED, "lazy growth failed");
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

// Memory in large leaves: cut at every kind of border, shared by fork, zero when it comes back.
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
        want(sbrk(-GIB) != FAILED, "shrinking");
    want(sbrk((int)(base - (char *)sbrk(0))) != FAILED, "shrinking");
}

// sbrktop: lazy growth ends where the top pages begin, which stay as they were.
static void
t_sbrktop(void)
{
    static const int steps[] = {GIB, MIB, PAGE};
    char *base = sbrk(0);

    for (int i = 0; i < 3; i++)
        while (sys_sbrk(steps[i], SBRK_LAZY) != FAILED)
            ;
    want((uint64)sbrk(0) == USYSCALL, "the break ends at %p", sbrk(0));
    want(((struct usyscall *)USYSCALL)->pid == getpid(), "USYSCALL is not what it was");
    t_must_die(t_load, TRAPFRAME);
    shrink_to(base);
}

// The page at `at` is a page like others: the kernel writes to it, reads it, and finds a name in it.
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

// beyondplic: the kernel, its devices and its stack are nowhere in the way of a process's memory, as
// they are where xv6 has them (CLINT, PLIC, UART0, VIRTIO0, the stack of one design, RAM).
static void
t_beyondplic(void)
{
    static char *const taken[] = {(char *)0x02000000, (char *)0x0c000000, (char *)0x10000000,
                                  (char *)0x10001000, (char *)0x3fffe000, (char *)0x80000000,
                                  (char *)0x87fff000};
    char *base = sbrk(0);

    t_put("f", PAGE, 9);
    while ((uint64)sbrk(0) < 0x88000000)
        want(sys_sbrk(GIB / 2, SBRK_LAZY) != FAILED, "growing beyond %p", sbrk(0));
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

static long
free_pages(void)
{
    struct sysinfo info;

    want(sysinfo(&info) == 0, "sysinfo failed");
    return (long)(info.freemem / PAGE);
}

// Grows by n pages, `step` at a time, and shrinks.
// Returns how many frames were taken meanwhile.
static long
taken(int n, int step)
{
    long before = free_pages();

    for (int i = 0; i < n; i += step)
        want(sbrk(step * PAGE) != FAILED, "sbrk");
    long with = free_pages();
    want(sbrk(-n * PAGE) != FAILED, "shrinking");
    return before - with;
}

// What a growth takes depends on where the heap has been, not on how it came there.
static void
count_frames(long first)
{
    int n = 2560, step[2] = {n, 1}; // at once, leaves of 2 MiB; page by page

    sync(); // or a commit takes frames meanwhile
    want(sbrk(-(long)sbrk(0) & (PAGE - 1)) != FAILED, "sbrk");
    taken(n, step[first]);
    long before = free_pages();
    for (int i = 0; i < 2; i++) {
        long took = taken(n, step[i]);
        want(took == n, "a growth by %d pages, %d at a time, took %ld", n, step[i], took);
    }
    want(free_pages() == before, "%ld pages are free, %ld before", free_pages(), before);
    sbrk(PAGE);
    want(free_pages() == before - 1, "a page more: %ld are free, %ld before", free_pages(), before);
    sbrk(-PAGE);
    want(free_pages() == before, "a page less: %ld are free, %ld before", free_pages(), before);
}

// sbrkcount: whoever counts frames by growing finds as many the next time, and sysinfo() agrees.
static void
t_sbrkcount(void)
{
    for (int first = 0; first < 2; first++)
        want(t_status(count_frames, first) == 0, "the child");
}

// Grows until there is nothing left, and shrinks.
// Returns by how many pages.
static long
dry(void)
{
    long n = 0;

    while (sbrk(PAGE) != FAILED)
        n++;
    want(free_pages() == 0, "%ld pages are left", free_pages());
    sbrk((int)-n * PAGE);
    return n;
}

// sbrkdry: a process that counts all frames by growing finds as many the next time, and when it has
// most of them at once; sysinfo() agrees.
static void
t_sbrkdry(void)
{
    sync(); // as above
    long most = dry(), rest = 128;

    want(free_pages() == most, "%ld pages are free, and %ld can be had", free_pages(), most);
    want(sbrk((int)(most - rest) * PAGE) != FAILED, "they cannot be had at once");
    for (int i = 0; i < 3; i++) {
        want(sbrk((int)(rest + 1) * PAGE) == FAILED, "more than there is");
        long found = dry();
        want(found == rest, "%ld pages can be had, of %ld", found, rest);
    }
    sbrk((int)(rest - most) * PAGE);
    want(free_pages() == most, "%ld pages are free, %ld before", free_pages(), most);
}

const struct test brk_tests[] = {
    TEST(sbrkbasic, 0),
    TEST(sbrkcount, 0),
    TEST(sbrkdry, 0),
    TEST(sbrkmuch, 0),
    TEST(sbrkbugs, T_NOISY),
    TEST(sbrkfail, 0),
    TEST(sbrkarg, 0),
    TEST(sbrkwrap, 0),
    TEST(sbrklazy, T_NOISY),
    TEST(superpage, T_NOISY),
    TEST(sbrktop, T_NOISY),
    TEST(beyondplic, T_NOISY),
    {0, 0, 0},
};
