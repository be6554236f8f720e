// SPDX-License-Identifier: MIT
// forkpair.c - run a command while a parent and its child share memory after fork.
//
// Usage     forkpair CMD [ARG ...]: runs CMD after the fork, when the child has read a byte, and when
//           the parent has written it. Among the ARGs `parent`, `child` and `memory` stand for the
//           two pids and the address of the byte.
// Theory    The memory is one leaf table of pages that were touched in no order, so that each has a
//           leaf of its own. Neither is an ancestor of CMD, so starting it changes none of their
//           memory.
#include "user/user.h"

#include "abi/mman.h"
#include "ulib/cmd.h"
#include "ulib/format.h"
#include "ulib/run.h"
#include "ulib/tr.h"

#define PAGE  4096
#define PAGES 512
#define STEP  5 // no divisor in common with PAGES, so each page is touched
#define TEXT  24

enum { PARENT, CHILD, PROCESSES };

static const struct phrase words[] = {
    {"%d and %d share memory at 0x%lx\n", "%d 和 %d 共享 0x%lx 处的内存\n"},
    {"the child has read a byte\n", "子进程读了一个字节\n"},
    {"the parent has written it\n", "父进程写了这个字节\n"},
    {0, 0},
};

static volatile char *memory;
static int go[PROCESSES][2]; // pipes: a byte orders a process to go on
static int answers[2];
static int pid[PROCESSES];

// Waits for the order to go on; ends the process when the pipe is closed.
static void
await(int who)
{
    char c;

    if (read(go[who][0], &c, 1) == 1)
        return;
    wait(0);
    exit(0);
}

static void
answer(int number)
{
    write(answers[1], &number, sizeof(number));
}

static void __attribute__((noreturn)) be_child(void)
{
    await(CHILD);
    answer(memory[0]);
    await(CHILD);
    exit(0);
}

static void __attribute__((noreturn)) be_parent(void)
{
    close(go[PARENT][1]);
    close(go[CHILD][1]);
    for (int i = 1; i <= PAGES; i++)
        memory[i * STEP % PAGES * PAGE] = 1;
    pid[CHILD] = fork();
    if (pid[CHILD] == 0)
        be_child();
    answer(pid[CHILD]);
    await(PARENT);
    memory[0] = 2;
    answer(0);
    await(PARENT);
    exit(0);
}

static int
hear(void)
{
    int number;

    if (read(answers[0], &number, sizeof(number)) != sizeof(number) || number < 0)
        exit(fail_text("forkpair", "forkpair", "not born, or dead"));
    return number;
}

static void
order(int who)
{
    write(go[who][1], "", 1);
    hear();
}

static void
begin(void)
{
    memory = mmap(0, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if ((char *)memory == (char *)-1 || pipe(go[PARENT]) || pipe(go[CHILD]) || pipe(answers))
        exit(fail("forkpair", "mmap, pipe"));
    pid[PARENT] = fork();
    if (pid[PARENT] == 0)
        be_parent();
    close(answers[1]);
    if (pid[PARENT] < 0)
        exit(fail("forkpair", "fork"));
    pid[CHILD] = hear();
}

// Replaces the words `parent`, `child` and `memory` by their values.
static void
fill_in(char **args)
{
    static char texts[PROCESSES][TEXT], where[TEXT];

    snprintf(texts[PARENT], TEXT, "%d", pid[PARENT]);
    snprintf(texts[CHILD], TEXT, "%d", pid[CHILD]);
    snprintf(where, TEXT, "0x%lx", (unsigned long)memory);
    for (; *args; args++) {
        if (strcmp(*args, "parent") == 0)
            *args = texts[PARENT];
        else if (strcmp(*args, "child") == 0)
            *args = texts[CHILD];
        else if (strcmp(*args, "memory") == 0)
            *args = where;
    }
}

int
main(int argc, char **argv)
{
    tr_use(words);
    if (argc < 2)
        usage("forkpair CMD [ARG ...]");
    begin();
    fill_in(argv + 1);
    printf(tr("%d and %d share memory at 0x%lx\n"), pid[PARENT], pid[CHILD], (unsigned long)memory);
    run_wait("forkpair", argv + 1);
    order(CHILD);
    printf(tr("the child has read a byte\n"));
    run_wait("forkpair", argv + 1);
    order(PARENT);
    printf(tr("the parent has written it\n"));
    run_wait("forkpair", argv + 1);
    close(go[PARENT][1]);
    close(go[CHILD][1]);
    wait(0);
    return 0;
}
