// SPDX-License-Identifier: MIT
// proc.c - sub-tests of many processes: fork to the limit, kill, preemption, orphans.
//
// Next      wait.c
#include "t.h"

#include "abi/errno.h"
#include "abi/onintr.h"
#include "ulib/cmd.h"

static void
spin(long fd)
{
    if (fd > 0)
        write(fd, "s", 1);
    for (;;)
        ;
}

// preempt: three processes that never call the kernel again share the machine with us.
static void
t_preempt(void)
{
    int p[2], pid[3];
    char c;

    want(pipe(p) == 0, "pipe failed");
    for (int i = 0; i < 3; i++)
        pid[i] = t_spawn(spin, p[1]);
    for (int i = 0; i < 3; i++)
        want(read(p[0], &c, 1) == 1, "a spinner has not started");
    printf("kill... ");
    for (int i = 0; i < 3; i++)
        want(kill(pid[i]) == 0, "kill of a spinner failed");
    printf("wait... ");
    for (int i = 0; i < 3; i++)
        want(t_wait(0) == -1, "a killed spinner has another status");
}

// twochildren: two children that end at the same time are both waited for.
static void
t_twochildren(void)
{
    for (int i = 0; i < 150; i++) {
        for (int k = 0; k < 2; k++) {
            if (t_fork() == 0)
                exit(0);
        }
        t_wait_ok(2);
    }
}

static void
fork_many(long n)
{
    for (int i = 0; i < n; i++) {
        int pid = t_fork();
        if (pid == 0)
            exit(0);
        want(t_wait(pid) == 0, "a grandchild failed");
    }
}

// forkfork: several processes fork at once.
static void
t_forkfork(void)
{
    for (int i = 0; i < 3; i++)
        t_spawn(fork_many, 60);
    t_wait_ok(3);
}

// Forks until a fork fails; then removes the file that lets all of them go on. With all memory used
// up even open() and unlink() may fail. A process that cannot fork ends in any case, and frees
// memory for the others.
static void
multiply(long unused)
{
    (void)unused;
    for (;;) {
        int fd = open("/utest.d/go", O_RDONLY);
        if (fd < 0)
            exit(0);
        close(fd);
        if (fork() < 0) {
            unlink("/utest.d/go");
            exit(0);
        }
    }
}

// forkforkfork: every process forks until there is no room for one more; all of them end. A pipe
// that all of them hold tells when the last one has gone.
static void
t_forkforkfork(void)
{
    int p[2];
    char c;

    close(t_open("go", O_CREATE | O_RDWR));
    want(pipe(p) == 0, "pipe failed");
    int pid = t_spawn(multiply, 0);
    close(p[1]);
    sleep(3);
    while (unlink("go") < 0 && errno() != ENOENT)
        sleep(1);
    t_wait(pid);
    want(read(p[0], &c, 1) == 0, "a byte in the pipe");
}

// forktest: fork fails at a number of children that goes with the RAM; wait returns all of them.
static void
t_forktest(void)
{
    int n = 0, p[2], least, most;
    struct meminfo m;
    char c;

    want(meminfo(&m) == 0, "meminfo failed");
    least = m.total / (MIB / 2);
    most = 1000 + m.total / (MIB / 8);
    want(pipe(p) == 0, "pipe failed");
    while (n < most) {
        int pid = fork();
        if (pid < 0)
            break;
        if (pid == 0) {
            close(p[1]);
            read(p[0], &c, 1);
            exit(0);
        }
        n++;
    }
    want(n > least && n < most, "fork worked %d times", n);
    want(fork() < 0, "fork works again");
    close(p[1]);
    t_wait_ok(n);
    want(wait(0) == -1, "a child too many");
    int pid = t_spawn(fork_many, 3);
    want(t_wait(pid) == 0, "fork after all have ended");
}

static void
orphan_maker(long unused)
{
    (void)unused;
    for (int i = 0; i < 2; i++) {
        if (t_fork() == 0) {
            t_fork();
            t_fork();
            exit(0);
        }
    }
}

// reparent2: many orphans go to init, and none of them to us.
static void
t_reparent2(void)
{
    for (int i = 0; i < 40; i++) {
        int pid = t_spawn(orphan_maker, 0);
        want(t_wait(pid) == 0, "the child failed");
    }
    want(wait(0) == -1, "an orphan came to its grandparent");
}

static void
leave_one_behind(long pid)
{
    (void)pid;
    if (t_fork() == 0) {
        sleep(1);
        exit(3);
    }
}

// reparent: a child that ends before its own child does; wait returns the child and no other.
static void
t_reparent(void)
{
    for (int i = 0; i < 30; i++) {
        int pid = t_spawn(leave_one_behind, 0);
        want(t_wait(pid) == 0, "the child failed");
    }
    want(wait(0) == -1, "a grandchild was returned");
}

// Orphans end as children of init, which waits for all of them.
static void
t_initreaps(void)
{
    struct procinfo list[64];
    int n = 0, zombies = 0, before = t_processes();

    for (int i = 0; i < 5; i++)
        want(t_status(leave_one_behind, 0) == 0, "the child failed");
    want(t_settle(before), "not all orphans have ended");
    n = procs(list, 64);
    for (int i = 0; i < n && i < 64; i++)
        zombies += list[i].state == PS_ZOMBIE;
    want(zombies == 0, "%d zombies are left", zombies);
}

static void
sleep_long(long unused)
{
    (void)unused;
    sleep(100000);
}

static void
read_pipe(long fd)
{
    char c;

    read(fd, &c, 1);
}

static void
write_pipe(long fd)
{
    static char buf[PAGE];

    for (;;)
        write(fd, buf, sizeof(buf));
}

static void
read_console(long unused)
{
    char c;
    int fd = t_open("con", O_RDWR);

    (void)unused;
    read(fd, &c, 1);
}

// Waits for a child that lives as long as another process has the pipe's writing end.
static void
wait_child(long ends)
{
    const int *p = (int *)ends;

    if (t_fork() == 0) {
        close(p[1]);
        read_pipe(p[0]);
        exit(0);
    }
    wait(0);
}

// Kills fn(arg) after it has gone to sleep; it must end soon, with status -1.
static void
kill_asleep(void (*fn)(long), long arg, const char *where)
{
    int pid = t_spawn(fn, arg);
    int start;

    sleep(1);
    start = uptime();
    want(kill(pid) == 0, "kill of one asleep in %s failed", where);
    want(t_wait(pid) == -1, "asleep in %s: the status is not -1", where);
    want(uptime() - start < 20, "asleep in %s: took %d ticks", where, uptime() - start);
}

// Kill wakes a process that sleeps in sleep, at either end of a pipe, at the console, or in wait.
static void
t_killsleeper(void)
{
    int p[2], q[2];

    want(pipe(p) == 0 && pipe(q) == 0 && mknod("con", 1, 1) == 0, "pipe or mknod failed");
    kill_asleep(sleep_long, 0, "sleep");
    kill_asleep(read_pipe, p[0], "read of a pipe");
    kill_asleep(write_pipe, p[1], "write to a pipe");
    kill_asleep(read_console, 0, "read of the console");
    kill_asleep(wait_child, (long)q, "wait");
    t_remove("con");
    close(q[1]);
    sleep(1); // until init has waited for the grandchild
}

// Pids that name no process, and process 1; a process may kill itself.
static void
kill_self(long unused)
{
    (void)unused;
    kill(getpid());
    getpid();
}

static void
t_badkill(void)
{
    static const int pids[] = {0, 1, -1, 0x7fffffff, (int)0x80000000, 999999};

    for (int i = 0; i < (int)(sizeof(pids) / sizeof(pids[0])); i++)
        want(kill(pids[i]) == -1, "kill(%d) worked", pids[i]);
    want(t_status(kill_self, 0) == -1, "kill of oneself");
    int pid = t_fork();
    if (pid == 0)
        exit(7);
    sleep(1);
    kill(pid);
    want(t_wait(pid) == 7, "kill of one that had ended changed its status");
    want(kill(pid) == -1, "kill of one that has been waited for");
}

static void
stay_interruptible(long children)
{
    want(onintr(INTR_EXIT) == 0, "a process cannot be ended by ^C");
    want(onintr(INTR_EXIT) == 0, "a process in mode INTR_EXIT cannot ask again");
    want(onintr(INTR_NOTE) == -1, "a process that ^C ends takes note of it instead");
    want(onintr(INTR_IGNORE) == -1, "a process that ^C ends ignores it instead");
    if (children)
        want(t_status(stay_interruptible, children - 1) == 0, "a child does better");
}

// onintr: a process that ^C ends cannot choose another mode, and neither can its children.
static void
t_onintr(void)
{
    want(t_status(stay_interruptible, 2) == 0, "a process has left mode INTR_EXIT");
    want(onintr(-1) == -1 && onintr(3) == -1, "onintr() takes a mode that does not exist");
}

// The wall clock is later than the day on which this test was written, and advances with the ticks.
static void
t_walltime(void)
{
    long then = walltime(), now;

    want(then > 1700000000L * 1000000000, "walltime says %ld", then);
    int start = uptime();
    while (uptime() - start < 3)
        ;
    now = walltime();
    want(now - then >= 200000000, "three ticks take %ld ns", now - then);
    want(walltime() >= now, "time goes backwards");
}

const struct test proc_tests[] = {
    TEST(preempt, 0),
    TEST(twochildren, 0),
    TEST(forkfork, 0),
    TEST(forkforkfork, 0),
    TEST(forktest, 0),
    TEST(reparent2, 0),
    TEST(reparent, 0),
    TEST(initreaps, 0),
    TEST(killsleeper, 0),
    TEST(badkill, 0),
    TEST(onintr, 0),
    TEST(walltime, 0),
    {0, 0, 0},
};
