// SPDX-License-Identifier: MIT
// alarm.c - sub-tests of sigalarm() and sigreturn(): the interrupted code must notice nothing.
//
// Theory    The handler spoils every register that it may and returns with sigreturn(). It
//           interrupts the loop of reg.c, which checks each register.
// Next      reg.c
#include "t.h"

#define LONG  3000000000UL // turns of a loop that last longer than a few ticks on any machine
#define TICKS 2

void reg_spin(const uint64 *in, uint64 *out);
void fp_load(const uint64 *in);
void fp_store(uint64 *out);

static volatile int calls, nested, inside;
static int forking; // the first call of the handler makes a child

char alarm_stack[4096] __attribute__((aligned(16)));

// A handler for code in which sp and gp may hold any value: it has its own stack.
asm(".option push\n.option norelax\n.text\n.balign 4\n"
    "handler_anywhere: la sp, alarm_stack + 4096\n"
    "la gp, __global_pointer$\n"
    "j alarm_handler\n.option pop\n");

void handler_anywhere(void);
void alarm_handler(void);

// Overwrites the caller-saved and the floating-point registers.
static void
spoil(void)
{
    uint64 other[33] = {0};

    for (int i = 0; i < 32; i++)
        other[i] = 0x3ff0000000000000 + i;
    fp_load(other);
    asm volatile(
        "li t0, -1\n li t1, -1\n li t2, -1\n li t3, -1\n li t4, -1\n li t5, -1\n li t6, -1\n"
        "li a0, -1\n li a1, -1\n li a2, -1\n li a3, -1\n li a4, -1\n li a5, -1\n li a6, -1\n"
        "li a7, -1\n" ::
            : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a0", "a1", "a2", "a3", "a4", "a5", "a6",
              "a7");
}

void
alarm_handler(void)
{
    calls++;
    nested += inside;
    if (forking && calls == 1)
        t_fork();
    spoil();
    sigreturn();
}

// Spins until the handler has been called n times.
static void
spin_until(int n)
{
    for (uint64 i = 0; i < LONG && calls < n; i++)
        asm volatile("");
    want(calls >= n, "the handler was called %d times, not %d", calls, n);
}

// The handler is called again and again until it is stopped.
static void
t_alarm(void)
{
    int start = uptime(), took;

    want(sigalarm(TICKS, alarm_handler) == 0, "sigalarm failed");
    spin_until(3);
    took = uptime() - start;
    want(took >= 3 * TICKS - 1, "three calls after %d ticks", took);
    want(sigalarm(0, 0) == 0, "sigalarm(0, 0) failed");
    calls = 0;
    for (start = uptime(); uptime() < start + 2 * TICKS;)
        ;
    want(calls == 0, "the handler was called after it had been stopped");
}

// Runs until the handler has been called n times; all registers come back each time.
static void
keep_registers(int n)
{
    static uint64 in[32], out[32], fp[33], fp_after[33];

    for (int i = 0; i < 32; i++) {
        in[i] = (i + 1) * 0x9e3779b97f4a7c15;
        fp[i] = 0x4000000000000000 + i * 0x1234567;
    }
    want(sigalarm(1, handler_anywhere) == 0, "sigalarm failed");
    for (int turn = 0; calls < n; turn++) {
        in[10] = 100000000;
        fp_load(fp);
        reg_spin(in, out);
        fp_store(fp_after);
        want(turn < 1000, "the handler is not called");
        for (int i = 1; i < 32; i++) // gp and tp too: no call in between
            want(i == 10 || in[i] == out[i], "x%d: 0x%lx, was 0x%lx", i, out[i], in[i]);
        want(memcmp(fp, fp_after, 32 * 8) == 0, "a floating-point register has changed");
    }
    sigalarm(0, 0);
}

// All registers come back, a0 among them, whatever the sign of its value.
static void
t_alarmregs(void)
{
    keep_registers(4);
}

// A child that is made in the handler returns from it as well, to the registers of the interrupted
// code; it has no alarm, and cannot return twice.
static void
t_alarmchild(void)
{
    int parent = getpid();

    forking = 1;
    keep_registers(1);
    if (getpid() != parent) {
        for (int start = uptime(); uptime() < start + 3;)
            ;
        want(calls == 1, "the child has its parent's alarm");
        want(sigreturn() == -1, "the child returned from its handler twice");
        exit(0);
    }
    t_wait_ok(1);
}

// The loop's counter is a0, with its top bit set.
static void
t_alarma0(void)
{
    uint64 top = 1UL << 63, a0 = top, turns = 0;

    want(sigalarm(1, alarm_handler) == 0, "sigalarm failed");
    while (calls < 3) {
        register uint64 x asm("a0") = top;
        asm volatile("li a1, 1000000\n1: addi a1, a1, -1\n bnez a1, 1b" : "+r"(x)::"a1");
        a0 = x;
        want(a0 == top, "a0 is 0x%lx", a0);
        want(++turns < 100000, "the handler is not called");
    }
    sigalarm(0, 0);
}

static void
slow_handler(void)
{
    nested += inside;
    inside = 1;
    calls++;
    for (int start = uptime(); uptime() < start + 3;)
        ;
    inside = 0;
    sigreturn();
}

// A handler that runs for longer than its period is not entered again.
static void
t_alarmslow(void)
{
    want(sigalarm(1, slow_handler) == 0, "sigalarm failed");
    spin_until(2);
    want(nested == 0, "the handler was entered while it ran");
    sigalarm(0, 0);
}

// A sleeping process uses no ticks; the child of fork and a new program have no alarm.
static void
t_alarmfork(void)
{
    char *argv[] = {"busyloop", "4", 0};

    want(sigalarm(3, alarm_handler) == 0, "sigalarm failed");
    sleep(8);
    want(calls == 0, "the handler was called while the process slept");
    if (t_fork() == 0) {
        for (int start = uptime(); uptime() < start + 8;)
            ;
        want(calls == 0, "the child has its parent's alarm");
        want(sigreturn() == -1, "sigreturn without an alarm worked");
        exit(0);
    }
    t_wait_ok(1);
    calls = 0;
    if (t_fork() == 0) {
        sigalarm(1, alarm_handler);
        exec("/tests/busyloop", argv);
        exit(1);
    }
    t_wait_ok(1);
    sigalarm(0, 0);
}

// Invalid arguments are refused, and a handler at an unmapped address kills only its process.
static void
nowhere(long va)
{
    want(sigalarm(1, (void (*)(void))va) == 0, "sigalarm failed");
    for (;;)
        ;
}

static void
t_alarmbad(void)
{
    want(sigreturn() == -1, "sigreturn without an alarm worked");
    want(sigalarm(-1, alarm_handler) == -1, "sigalarm(-1) worked");
    want(sigalarm(-2147483648, alarm_handler) == -1, "sigalarm(INT_MIN) worked");
    for (int i = 0; t_bad[i]; i++) {
        if (t_bad[i] >= TRAPFRAME)
            want(sigalarm(1, (void (*)(void))t_bad[i]) == -1, "handler 0x%lx", t_bad[i]);
    }
    t_must_die(nowhere, 0x80000000);
    t_must_die(nowhere, USYSCALL);
}

const struct test alarm_tests[] = {
    TEST(alarm, 0),     TEST(alarmregs, 0),  TEST(alarma0, 0),        TEST(alarmslow, 0),
    TEST(alarmfork, 0), TEST(alarmchild, 0), TEST(alarmbad, T_NOISY), {0, 0, 0},
};
