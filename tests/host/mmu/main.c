// SPDX-License-Identifier: MIT
// main.c - runs the model once for each seed.
#undef fork
#undef wait
#undef printf
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mmu/world.h"

#define SEEDS 8
#define STEPS 20000

static unsigned long
argument(int argc, char **argv, int i, unsigned long otherwise)
{
    return argc > i ? strtoul(argv[i], NULL, 0) : otherwise;
}

int
world_main(const char *design, int argc, char **argv)
{
    unsigned long seeds = argument(argc, argv, 1, SEEDS), steps = argument(argc, argv, 2, STEPS);
    unsigned long first = argument(argc, argv, 3, 1);
    if (argc > 4)
        design = argv[4];
    for (unsigned long seed = first; seed < first + seeds; seed++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            world_run(design, seed, steps);
            _exit(0);
        }
        if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
            return 1;
    }
    return 0;
}
