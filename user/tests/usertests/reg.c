// SPDX-License-Identifier: MIT
// reg.c - sub-tests of registers: none is lost in a call, a fault, or a switch of processes.
//
// Theory    reg_call loads all registers from an array, makes a call, and stores all into another;
//           only a0 may differ. reg_spin wraps a loop that is long enough to be preempted. fp_load
//           and fp_store handle f0-f31 and fcsr.
// Next      ../fpstress.c
#include "t.h"

#include "abi/syscall.h"

#define ALL(op, base)                                                                              \
    op(1, base) op(2, base) op(3, base) op(4, base) op(5, base) op(6, base) op(7, base)            \
        op(8, base) op(9, base) op(11, base) op(12, base) op(13, base) op(14, base) op(15, base)   \
            op(16, base) op(17, base) op(18, base) op(19, base) op(20, base) op(21, base)          \
                op(22, base) op(23, base) op(24, base) op(25, base) op(26, base) op(27, base)      \
                    op(28, base) op(29, base) op(30, base)
#define KEPT(op, base)                                                                             \
    op(1, base) op(2, base) op(3, base) op(4, base) op(8, base) op(9, base) op(18, base)           \
        op(19, base) op(20, base) op(21, base) op(22, base) op(23, base) op(24, base) op(25, base) \
            op(26, base) op(27, base)
#define FALL(op)                                                                                   \
    op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11) op(12) op(13) op(14) \
        op(15) op(16) op(17) op(18) op(19) op(20) op(21) op(22) op(23) op(24) op(25) op(26) op(27) \
            op(28) op(29) op(30) op(31)
#define LD(n, base) "ld x" #n ", 8*" #n "(" #base ")\n"
#define SD(n, base) "sd x" #n ", 8*" #n "(" #base ")\n"
#define FLD(n)      "fld f" #n ", 8*" #n "(a0)\n"
#define FSD(n)      "fsd f" #n ", 8*" #n "(a0)\n"

// gp holds a test value between the loads and the stores, so nothing may be addressed through it.
#define AROUND(name, body)                                                                         \
    ".globl " #name "\n" #name ":\n"                                                               \
    "la t6, reg_kept\n" KEPT(                                                                      \
        SD, t6) "sd a1, 0(t6)\n"                                                                   \
                "mv x31, a0\n" ALL(LD, x31) "ld x10, 80(x31)\n ld x31, 248(x31)\n" body            \
                                            "la x10, reg_kept\n ld x10, 0(x10)\n" ALL(             \
                                                SD, x10) "sd x31, 248(x10)\n"                      \
                                                         "la x10, reg_kept\n" KEPT(LD,             \
                                                                                   x10) "ret\n"

asm(".option push\n.option norelax\n.text\n.balign 4\n" //
    AROUND(reg_call, "ecall\n")                         //
    AROUND(reg_spin, "1: addi x10, x10, -1\n bnez x10, 1b\n") ".option pop\n");

asm(".text\n.balign 4\n"
    ".globl fp_load\nfp_load:\n" FALL(FLD) "ld a0, 256(a0)\n fscsr a0\n ret\n"
                                           ".globl fp_store\nfp_store:\n" FALL(
                                               FSD) "frcsr a1\n sd a1, 256(a0)\n ret\n");

void reg_call(const uint64 *in, uint64 *out); // around an ecall
void reg_spin(const uint64 *in, uint64 *out); // around in[10] turns of a loop
void fp_load(const uint64 *in);               // set f0-f31 and fcsr
void fp_store(uint64 *out);                   // read them

uint64 reg_kept[32];

// Fills in with values that differ by register and by seed.
static void
pattern(uint64 *in, uint64 seed)
{
    for (uint64 i = 0; i < 32; i++)
        in[i] = (seed * 1000003 + i) * 0x9e3779b97f4a7c15;
}

static void
compare(const uint64 *in, const uint64 *out, const char *where)
{
    for (int i = 1; i < 32; i++) {
        if (i != 10)
            want(in[i] == out[i], "x%d after %s: 0x%lx, was 0x%lx", i, where, out[i], in[i]);
    }
}

// All registers but a0 survive calls that return at once, that sleep, and that do not exist.
static void
t_regs(void)
{
    static uint64 in[32], out[32];
    static const int call[] = {11, 14, 13, 3, 12, 7, 1000000, -1, 0, 5};

    for (uint i = 0; i < sizeof(call) / sizeof(call[0]); i++) {
        pattern(in, i);
        in[10] = call[i] == 13 ? 1 : 0;
        in[11] = 0;
        in[17] = call[i];
        if (call[i] == 5)
            in[10] = 77;
        reg_call(in, out);
        compare(in, out, call[i] == 13 ? "sleep" : "a call");
    }
}

static void
fork_with_pattern(uint64 seed)
{
    static uint64 in[32], out[32];

    pattern(in, seed);
    in[17] = SYS_fork;
    reg_call(in, out);
    compare(in, out, "fork()");
    if (out[10] == 0)
        exit(0);
    t_wait_ok(1);
}

// A child begins with all its parent's registers, also if the parent's calls are traced.
static void
t_regsfork(void)
{
    fork_with_pattern(1);
    want(trace(1UL << SYS_msync) == 0, "trace failed");
    fork_with_pattern(2);
    want(trace(0) == 0, "trace failed");
}

static void
spin_with_pattern(long seed)
{
    static uint64 in[32], out[32];
    int start = uptime();

    while (uptime() - start < 8) {
        pattern(in, seed);
        in[10] = 1000000;
        reg_spin(in, out);
        compare(in, out, "a loop");
    }
}

// All registers survive preemption.
static void
t_regspreempt(void)
{
    for (int i = 1; i <= 4; i++)
        t_spawn(spin_with_pattern, i);
    t_wait_ok(4);
}

static void
fp_pattern(uint64 *in, uint64 seed)
{
    pattern(in, seed);
    in[32] = seed % 5 << 5 | (seed & 31);
}

static void
fp_compare(const uint64 *in, const char *where)
{
    static uint64 out[33];

    fp_store(out);
    for (int i = 0; i < 33; i++)
        want(in[i] == out[i], "f%d after %s: 0x%lx, was 0x%lx", i, where, out[i], in[i]);
}

static void
fp_through_all(long seed)
{
    static uint64 in[33], xin[32], xout[32];
    int start = uptime();

    while (uptime() - start < 8) {
        fp_pattern(in, seed++);
        fp_load(in);
        getpid();
        fp_compare(in, "getpid");
        pattern(xin, seed);
        xin[10] = 500000;
        reg_spin(xin, xout);
        fp_compare(in, "a loop");
        sleep(seed % 7 == 0);
        fp_compare(in, "sleep");
    }
}

// Each process has its own floating-point registers, whether or not others use theirs.
static void
t_fpregs(void)
{
    for (int i = 0; i < 3; i++)
        t_spawn(fp_through_all, i * 1000 + 1);
    t_spawn(spin_with_pattern, 5);
    t_wait_ok(4);
}

// A child starts with its parent's floating-point registers, and changes only its own.
static void
t_fpfork(void)
{
    static uint64 in[33], other[33];

    fp_pattern(in, 3);
    fp_load(in);
    int pid = fork();
    fp_compare(in, "fork");
    want(pid >= 0, "fork failed");
    if (pid == 0) {
        fp_pattern(other, 4);
        fp_load(other);
        sleep(1);
        fp_compare(other, "sleep in the child");
        exit(0);
    }
    fp_compare(in, "fork in the parent");
    want(t_wait(pid) == 0, "the child failed");
    static uint64 none[33];
    fp_load(none);
    fp_load(in);
    sleep(1);
    fp_compare(in, "sleep in the parent");
    fp_load(none);
}

// A new program finds nothing of another's floating-point registers.
static void
t_fpexec(void)
{
    static uint64 in[33];
    static char *argv[] = {"fpstress", "zero", 0};
    int pid = t_fork();

    if (pid == 0) {
        fp_pattern(in, 9);
        fp_load(in);
        exec("/tests/fpstress", argv);
        exit(100);
    }
    want(t_wait(pid) == 0, "registers of the old program are visible");
}

const struct test reg_tests[] = {
    TEST(regs, T_NOISY), TEST(regsfork, 0), TEST(regspreempt, 0), TEST(fpregs, 0), TEST(fpfork, 0),
    TEST(fpexec, 0),     {0, 0, 0},
};
