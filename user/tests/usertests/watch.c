// SPDX-License-Identifier: MIT
// watch.c - sub-tests of watch, trace, cpupin, and the USYSCALL page.
//
// Next      ../../pgtbl/watch.c
#include "t.h"

#include "abi/syscall.h"
#include "kernel/riscv.h"

#define BIT(call) (1UL << (call))

// The USYSCALL page holds pid, clock, error and number of harts, after fork and exec too.
// ../usyscall.c shows that reading it takes no trap.
static void
t_usyscall(void)
{
    volatile struct usyscall *u = (struct usyscall *)USYSCALL;

    for (int i = 0; i < 64; i++) {
        if (t_fork() == 0) {
            want(ugetpid() == getpid() && u->pid == getpid(), "pid %d", u->pid);
            exit(0);
        }
        t_wait_ok(1);
    }
    want(close(77) == -1 && u->err == 9, "error %d", u->err);
    want(u->harts >= 1 && u->harts <= 8 && u->timebase > 0, "%d harts", u->harts);
}

// The page's clock and the system call agree.
static void
t_uptime(void)
{
    int before = sys_uptime(), page = uptime(), after = sys_uptime();

    want(before <= page && page <= after, "%d, then %d by the page, then %d", before, page, after);
    sleep(3);
    want(uptime() >= page + 3 && uptime() <= page + 30, "%d, then %d", page, uptime());
}

static void
watched(long mask)
{
    if (watch(0, mask) != 0)
        exit(1);
    sbrk(PAGE);
    getpid();
    if (fork() == 0) // a grandchild is not watched
        exit(0);
    wait(0);
    sbrk(PAGE);
}

// The child stops after the calls asked for, in order, and can be looked at and let go.
static void
t_watch(void)
{
    static const int stops[] = {SYS_watch, SYS_sbrk, SYS_fork, SYS_sbrk, 0};
    int pid = t_spawn(watched, BIT(SYS_watch) | BIT(SYS_sbrk) | BIT(SYS_fork)), call;

    for (int i = 0; stops[i]; i++) {
        call = watch(pid, 0);
        want(call == stops[i], "stop %d is after call %d", i, call);
    }
    want(watch(pid, 0) == 0, "it does not end");
    want(watch(pid, 0) == 0, "its end is forgotten");
    want(t_wait(pid) == 0, "it failed");
    want(watch(pid, 0) == -1, "it is watched after its end");
}

// A stopped child can be killed, and continues when its parent exits.
static void
leave_stopped(long pipe_end)
{
    int pid = fork();

    if (pid == 0) {
        watch(0, BIT(SYS_getpid));
        getpid();
        write((int)pipe_end, "!", 1);
        exit(0);
    }
    want(watch(pid, 0) == SYS_getpid, "it did not stop");
}

static void
t_watchends(void)
{
    int pid = t_spawn(watched, BIT(SYS_sbrk)), p[2];
    char c;

    want(watch(pid, 0) == SYS_sbrk, "it did not stop");
    want(kill(pid) == 0 && t_wait(pid) == -1, "it was not killed");
    want(pipe(p) == 0, "pipe failed");
    t_spawn(leave_stopped, p[1]);
    t_wait_ok(1);
    close(p[1]);
    want(read(p[0], &c, 1) == 1, "the orphan has not gone on");
    want(watch(1, 0) == -1 && watch(getpid(), 0) == -1 && watch(-1, 0) == -1, "not children");
}

static void
spin_pinned(long hart)
{
    struct procinfo p[64];
    int n;

    want(cpupin(hart) == 0, "cpupin(%ld) failed", hart);
    for (int turn = 0; turn < 20; turn++) {
        n = procs(p, 64);
        for (int i = 0; i < n; i++)
            want(p[i].pid != getpid() || p[i].hart == hart, "on hart %d, not %ld", p[i].hart, hart);
        if (turn % 5 == 0)
            sleep(1);
        for (volatile int i = 0; i < 100000; i++)
            ;
    }
}

// A pinned process stays on its hart, alone or with others.
static void
t_cpupin(void)
{
    int harts = ((struct usyscall *)USYSCALL)->harts, n = 0;

    want(cpupin(-1) == -1 && cpupin(harts) == -1 && cpupin(1 << 30) == -1, "no such hart");
    for (int h = 0; h < harts; h++) {
        for (int i = 0; i < 3; i++, n++)
            t_spawn(spin_pinned, (h + i) % harts);
    }
    t_wait_ok(n);
    for (int i = 0; i < 3; i++) // the other harts have nothing to do
        t_spawn(spin_pinned, harts - 1);
    t_wait_ok(3);
    for (int i = 0; i < 50; i++)
        want(cpupin(i % harts) == 0, "cpupin(%d) failed", i % harts);
}

// The mask is inherited and can be cleared; tracing changes no result.
static void
t_trace(void)
{
    want(trace(BIT(SYS_getpid)) == 0, "trace failed");
    getpid();
    if (t_fork() == 0) {
        trace(0);
        getpid();
        exit(0);
    }
    t_wait_ok(1);
    want(getpid() == ugetpid(), "a traced call returns something else");
    want(close(-1) == -1, "a traced process's call works that should not");
    want(trace(0) == 0, "trace(0) failed");
}

const struct test watch_tests[] = {
    TEST(usyscall, 0), TEST(uptime, 0),      TEST(watch, 0), TEST(watchends, 0),
    TEST(cpupin, 0),   TEST(trace, T_NOISY), {0, 0, 0},
};
