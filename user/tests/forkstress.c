// SPDX-License-Identifier: MIT
// forkstress.c - trees of processes that fork and exit as fast as possible.
//
// Usage     forkstress [DEPTH [ROUNDS]]   ends with `forkstress: OK` or `forkstress: FAILED: why`
// Theory    Each process of a tree forks two children until the depth is reached, writes into the
//           memory it shares with its parent, and ends with the number of leaves below it. Some
//           leaves end by exec, some are killed first. A part of the memory is in leaf tables that
//           fork shares (kernel/mm/aspace/defer.h); each process touches one of them or none.
#include "kernel/types.h"
#include "abi/mman.h"
#include "user/user.h"

#define PAGE   4096
#define TABLE  (512 * PAGE) // bytes that one leaf table maps
#define TABLES 2
#define DEPTH  8 // at most

static int shared[2048]; // two pages that every process of the tree writes
static char *apart;      // TABLES leaf tables, in each a page for each depth

static volatile int *
word(int table, int depth)
{
    return (int *)(apart + table * TABLE + depth * 7 * PAGE);
}

static int
make_apart(void)
{
    apart = mmap(0, TABLES * TABLE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (apart == (char *)-1)
        return -1;
    for (int depth = DEPTH; depth > 0; depth--)
        for (int table = 0; table < TABLES; table++)
            *word(table, depth) = -1;
    return 0;
}

// Touches one of the tables, or none; each depth has its own page.
// Returns   whether the table holds the values of its ancestors.
static int
touch_apart(int depth, int which)
{
    int table = which % (TABLES + 1), seen;

    if (table == TABLES)
        return 1;
    seen = *word(table, depth);
    *word(table, depth) = which;
    return seen == -1;
}

// Ends a leaf in one of three ways, each with status 1 or, when killed, -1.
static void
leaf(int which)
{
    static char *argv[] = {"die", "exit", "1", 0};

    if (which % 4 == 1)
        exec("/tests/die", argv);
    if (which % 4 == 3)
        kill(getpid());
    exit(1);
}

// Forks a tree of this depth below the caller.
// Returns   the number of its leaves, or a number below 0 when something went wrong.
static int
tree(int depth, int which)
{
    int leaves = 0, status;

    for (int i = 0; i < 2; i++) {
        int pid = fork();
        if (pid < 0)
            return -1000000;
        if (pid == 0) {
            shared[depth * 64] = which;
            if (!touch_apart(depth, which * 2 + i))
                exit(100);
            if (depth <= 1)
                leaf(which * 2 + i);
            exit(tree(depth - 1, which * 2 + i));
        }
    }
    shared[depth * 64 + 1] = which;
    for (int i = 0; i < 2; i++) {
        if (wait(&status) < 0)
            return -2000000;
        leaves += status == -1 && depth <= 1 ? 1 : status;
    }
    return shared[depth * 64 + 1] == which ? leaves : -3000000;
}

int
main(int argc, char **argv)
{
    int depth = argc > 1 ? atoi(argv[1]) : 5;
    int rounds = argc > 2 ? atoi(argv[2]) : 5;

    if (depth < 1 || depth > DEPTH) {
        printf("usage: forkstress [DEPTH (1 to 8) [ROUNDS]]\n");
        exit(2);
    }
    if (make_apart() < 0) {
        printf("forkstress: FAILED: mmap\n");
        exit(1);
    }
    for (int i = 0; i < rounds; i++) {
        int leaves = tree(depth, 1);
        if (leaves != 1 << depth) {
            printf("forkstress: FAILED: %d leaves, not %d\n", leaves, 1 << depth);
            exit(1);
        }
    }
    printf("forkstress: OK\n");
    exit(0);
}
