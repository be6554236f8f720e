// SPDX-License-Identifier: MIT
// main.c - grind: random stress by several processes at once, with checks.
//
// Usage     grind [SEED [COUNT [WORKERS]]]   COUNT operations by each of WORKERS processes.
// Output    `grind: OK` and status 0, or lines with worker, operation and error, then `grind:
//           FAILED` and status 1. The seed alone decides each worker's operations.
// Next      grind.h
#include "grind.h"

#define HOME "/grind.d"

uint
draw(struct worker *w, uint n)
{
    w->random = w->random * 1664525 + 1013904223;
    return (w->random >> 8) % n;
}

// One worker: COUNT operations in a directory of its own.
static void
work(int number, uint seed, int count)
{
    struct worker w = {.random = seed * 7919 + number * 104729 + 1, .number = number};
    char dir[] = HOME "/w0";

    dir[sizeof(dir) - 2] += number;
    check(&w, mkdir(dir) == 0 && chdir(dir) == 0, "cannot make %s", dir);
    for (w.op = 1; w.op <= count; w.op++) {
        uint kind = draw(&w, 10);
        if (kind < 6)
            files_step(&w);
        else if (kind < 8)
            shared_step(&w);
        else
            procs_step(&w);
    }
    files_end(&w);
    check(&w, chdir("/") == 0 && unlink(dir) == 0, "cannot remove %s", dir);
    exit(0);
}

// Removes the files that the workers leave in the shared directory, and the directories.
// Returns   whether all is gone.
static int
clean_up(void)
{
    char name[] = HOME "/all/0";

    for (int i = 0; i < 5; i++) {
        unlink(name);
        name[sizeof(name) - 2]++;
    }
    return unlink(HOME "/all") == 0 && unlink(HOME) == 0;
}

int
main(int argc, char **argv)
{
    uint seed = argc > 1 ? atoi(argv[1]) : 1;
    int count = argc > 2 ? atoi(argv[2]) : 200;
    int workers = argc > 3 ? atoi(argv[3]) : 4;
    int status, bad = 0;

    if (argc > 4 || workers < 1 || workers > 10) {
        printf("usage: grind [SEED [COUNT [WORKERS (1 to 10)]]]\n");
        exit(2);
    }
    if (mkdir(HOME) < 0 || mkdir(HOME "/all") < 0) {
        printf("grind: cannot make " HOME "\ngrind: FAILED\n");
        exit(1);
    }
    for (int i = 0; i < workers; i++) {
        int pid = fork();
        if (pid == 0)
            work(i, seed, count);
        bad += pid < 0;
    }
    while (wait(&status) > 0)
        bad += status != 0;
    if (!clean_up()) {
        printf("grind: files are left in " HOME "\n");
        bad = 1;
    }
    printf(bad ? "grind: FAILED\n" : "grind: OK\n");
    exit(bad != 0);
}
