// SPDX-License-Identifier: MIT
// fpstress.c - floating point in several processes at once.
//
// Usage     fpstress [PROCESSES [ROUNDS]]   ends with `fpstress: OK` or `fpstress: FAILED`
//           fpstress zero                   exit status 0 if all registers are zero at start
// Theory    Each process sums the same series with its own start and compares the bits with its
//           first result. Sleeping, pipes and forks make sure that registers are saved and loaded
//           at calls as well as at timer interrupts.
#include "kernel/types.h"
#include "user/user.h"

// Returns whether f0-f31 and fcsr hold zero; called before any other code uses them.
static int
all_zero(void)
{
    uint64 any, csr;

    asm volatile("fmv.x.d %0, f0\n"
                 ".irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,"
                 "28,29,30,31\n"
                 "fmv.x.d t0, f\\n\n"
                 "or %0, %0, t0\n"
                 ".endr\n"
                 "frcsr %1"
                 : "=&r"(any), "=&r"(csr)::"t0");
    return any == 0 && csr == 0;
}

// Sums n terms of a series that converges slowly, so that every bit of the result depends on all.
static double
series(double start, int n)
{
    double sum = start, sign = 1;

    for (int i = 0; i < n; i++) {
        sum += sign / (2 * i + 1) * (1 + start / (i + 3));
        sign = -sign;
    }
    return sum;
}

static uint64
bits(double x)
{
    uint64 b;

    memmove(&b, &x, sizeof(b));
    return b;
}

// One process: computes one sum again and again.
// Returns   0 when all results were equal.
static int
work(int number, int rounds)
{
    double start = 0.1 + number * 0.7;
    uint64 first = bits(series(start, 1000));

    for (int i = 0; i < rounds; i++) {
        double x = start;
        if (i % 5 == 0)
            getpid();
        if (bits(series(x, 1000)) != first || bits(series(start, 20000)) == first)
            return 1;
        if (i % 50 == number % 50)
            sleep(1);
    }
    return 0;
}

int
main(int argc, char **argv)
{
    int zero = all_zero(), n = 4, rounds = 100, bad = 0, status;

    if (argc == 2 && strcmp(argv[1], "zero") == 0)
        exit(!zero);
    if (argc > 1)
        n = atoi(argv[1]);
    if (argc > 2)
        rounds = atoi(argv[2]);
    for (int i = 0; i < n; i++) {
        int pid = fork();
        if (pid == 0)
            exit(work(i, rounds));
        bad += pid < 0;
    }
    while (wait(&status) > 0)
        bad += status != 0;
    printf(bad ? "fpstress: FAILED\n" : "fpstress: OK\n");
    exit(bad != 0);
}
