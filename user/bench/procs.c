// SPDX-License-Identifier: MIT
// procs.c - rows for processes and memory.
//
// Rows      fork      fork; the child exits; wait
//           exec      fork; the child execs /bin/true, which exits; wait
//           grow      sbrk of 4 MiB, a byte written to each page, sbrk back; per page
//           lazy      sbrk of 4 MiB without pages, sbrk back
//           fork4m    fork with 4 MiB of heap, each page written before; the child exits; wait
//           fork4mw   as fork4m, and the child writes a byte to each page
//           fork16r   fork with 16 MiB, each page written, in random order; the child exits; wait
//           fork16rw  as fork16r, and parent and child write a byte to each page
// Next      files.c
#include "bench.h"
#include "abi/mman.h"

#define PAGE  4096
#define HEAP  (4 * MIB)
#define PAGES (HEAP / PAGE)
#define MUCH  (16 * MIB)

static char *heap;

static void
touch(char *at)
{
    for (int i = 0; i < HEAP; i += PAGE)
        at[i]++;
}

static int
op_fork(int n)
{
    while (n-- > 0) {
        int pid = fork();
        if (pid == 0)
            exit(0);
        if (pid < 0 || wait(0) != pid)
            return -1;
    }
    return 0;
}

static int
op_exec(int n)
{
    static char *argv[] = {"true", 0};
    int status;

    while (n-- > 0) {
        int pid = fork();
        if (pid == 0) {
            exec("/bin/true", argv);
            exit(1);
        }
        if (pid < 0 || wait(&status) != pid || status != 0)
            return -1;
    }
    return 0;
}

static int
op_grow(int n)
{
    while (n-- > 0) {
        char *at = sbrk(HEAP);
        if (at == (char *)-1)
            return -1;
        touch(at);
        sbrk(-HEAP);
    }
    return 0;
}

static int
op_lazy(int n)
{
    while (n-- > 0) {
        if (sys_sbrk(HEAP, SBRK_LAZY) == (char *)-1)
            return -1;
        sbrk(-HEAP);
    }
    return 0;
}

static int
setup_heap(void)
{
    heap = sbrk(HEAP);
    if (heap == (char *)-1)
        return -1;
    touch(heap);
    return 0;
}

static void
end_heap(void)
{
    if (heap != (char *)-1)
        sbrk(-HEAP);
}

static int
op_fork4mw(int n)
{
    while (n-- > 0) {
        int pid = fork();
        if (pid == 0) {
            touch(heap);
            exit(0);
        }
        if (pid < 0 || wait(0) != pid)
            return -1;
    }
    return 0;
}

// Pages are touched in random order, because touching in order allocates several pages at once.
static int
setup_much(void)
{
    static int order[MUCH / PAGE];

    heap = mmap(0, MUCH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (heap == (char *)-1)
        return -1;
    shuffle(order, MUCH / PAGE);
    for (int i = 0; i < MUCH / PAGE; i++)
        heap[order[i] * PAGE]++;
    return 0;
}

static void
end_much(void)
{
    if (heap != (char *)-1)
        munmap(heap, MUCH);
}

static int
op_fork16rw(int n)
{
    while (n-- > 0) {
        int pid = fork();
        if (pid < 0)
            return -1;
        for (int i = 0; i < MUCH; i += PAGE)
            heap[i]++;
        if (pid == 0)
            exit(0);
        if (wait(0) != pid)
            return -1;
    }
    return 0;
}

const struct row proc_rows[] = {
    {"fork", "fork + exit + wait", 200, 10, 1, 0, op_fork, 0},
    {"exec", "fork + exec + exit + wait", 100, 5, 1, 0, op_exec, 0},
    {"grow", "grow + touch + shrink 4 MiB, per page", 8, 1, PAGES, 0, op_grow, 0},
    {"lazy", "grow + shrink 4 MiB untouched (lazy)", 200, 5, 1, 0, op_lazy, 0},
    {"fork4m", "fork + wait with a touched 4 MiB heap", 40, 2, 1, setup_heap, op_fork, end_heap},
    {"fork4mw", "the same, child writes all of it", 8, 1, 1, setup_heap, op_fork4mw, end_heap},
    {"fork16r", "fork + wait, 16 MiB touched in no order", 20, 2, 1, setup_much, op_fork, end_much},
    {"fork16rw", "the same, both write all of it", 4, 1, 1, setup_much, op_fork16rw, end_much},
    {0, 0, 0, 0, 0, 0, 0, 0},
};
