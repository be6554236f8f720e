// SPDX-License-Identifier: MIT
// wait.c - sub-tests of exit status, wait, sleep, uptime, getpid.
//
// Next      pipe.c
#include "t.h"

// exitwait: the status given to exit arrives, from the child that wait names.
static void
t_exitwait(void)
{
    for (int i = 0; i < 100; i++) {
        int pid = t_fork(), status = -5;
        if (pid == 0)
            exit(i);
        want(wait(&status) == pid, "wait returned another pid");
        want(status == i, "status %d, not %d", status, i);
    }
}

// All 32 bits of the status arrive.
static void
t_widestatus(void)
{
    static const int s[] = {-1, 256, 0x12345678, 0x7fffffff, (int)0x80000000, -2, 0xff00};

    for (int i = 0; i < 7; i++) {
        int pid = t_fork();
        if (pid == 0)
            exit(s[i]);
        want(t_wait(pid) == s[i], "status 0x%x did not arrive", s[i]);
    }
}

// wait without children, without a place for the status, and in a child that has none.
static void
t_waitnone(void)
{
    int status = 77;

    want(wait(&status) == -1 && status == 77, "wait without children");
    want(wait(0) == -1, "wait(0) without children");
    int pid = t_fork();
    if (pid == 0)
        exit(wait(0) == -1 ? 4 : 5);
    want(wait(0) == pid, "wait(0)");
    want(wait(0) == -1, "a child was returned twice");
}

// The children that end are returned each once, in whatever order.
static void
t_waitmany(void)
{
    int seen[20] = {0}, status;

    for (int i = 0; i < 20; i++) {
        if (t_fork() == 0) {
            sleep(i % 3);
            exit(i);
        }
    }
    for (int i = 0; i < 20; i++) {
        want(wait(&status) > 0 && status >= 0 && status < 20, "wait failed");
        want(!seen[status]++, "child %d was returned twice", status);
    }
}

// sleep lasts the given ticks, not less and not much more; odd numbers do no harm.
static void
t_sleep(void)
{
    for (int n = 1; n < 6; n += 2) {
        int start = uptime();
        want(sleep(n) == 0, "sleep(%d) failed", n);
        int took = uptime() - start;
        want(took >= n && took < n + 30, "sleep(%d) took %d ticks", n, took);
    }
    int start = uptime();
    want(sleep(0) == 0, "sleep(0) failed");
    sleep(-1);
    sleep((int)0x80000000);
    want(uptime() - start < 30, "sleep of a negative time took %d ticks", uptime() - start);
}

// A tick is 100 ms by the clock that programs read.
static void
t_ticklength(void)
{
    uint64 t0, t1, tick = ((struct usyscall *)USYSCALL)->timebase / 10;

    want(tick > 0, "no time base");
    sleep(1);
    asm volatile("rdtime %0" : "=r"(t0));
    sleep(5);
    asm volatile("rdtime %0" : "=r"(t1));
    want(t1 - t0 > tick * 3, "5 ticks took %lu of %lu each", t1 - t0, tick);
    want(pause(1) == 0, "pause failed");
}

// Sleepers wake in the order of their wake-up times.
static void
t_wakeorder(void)
{
    int p[2];
    char c, last = 0;

    want(pipe(p) == 0, "pipe failed");
    for (int i = 4; i >= 1; i--) {
        if (t_fork() == 0) {
            sleep(i * 4);
            c = i;
            write(p[1], &c, 1);
            exit(0);
        }
    }
    for (int i = 0; i < 4; i++) {
        want(read(p[0], &c, 1) == 1 && c > last, "%d woke after %d", c, last);
        last = c;
    }
    t_wait_ok(4);
}

// Pids are never reused at once, and the page and the call agree.
static void
t_getpid(void)
{
    int self = getpid(), last = 0;

    for (int i = 0; i < 64; i++) {
        int pid = t_fork();
        if (pid == 0) {
            want(ugetpid() == getpid() && getpid() != self, "ugetpid %d", ugetpid());
            exit(0);
        }
        want(pid != last && pid != self, "pid %d again", pid);
        last = pid;
        want(t_wait(pid) == 0, "the child failed");
    }
    want(ugetpid() == self && getpid() == self, "our own pid has changed");
}

// exit works with every kind of resource in use.
static void
hold_things(long unused)
{
    int p[2];

    (void)unused;
    t_grow(10 * PAGE);
    want(pipe(p) == 0, "pipe failed");
    t_open("f", O_CREATE | O_RDWR);
    t_remove("f");
    exit(11);
}

static void
t_exitholding(void)
{
    for (int i = 0; i < 20; i++)
        want(t_status(hold_things, 0) == 11, "wrong status");
}

const struct test wait_tests[] = {
    TEST(exitwait, 0),    TEST(widestatus, 0), TEST(waitnone, 0),  TEST(waitmany, 0),
    TEST(sleep, 0),       TEST(ticklength, 0), TEST(wakeorder, 0), TEST(getpid, 0),
    TEST(exitholding, 0), {0, 0, 0},
};
