// SPDX-License-Identifier: MIT
// procs.c - grind's operations with processes, pipes and memory.
//
// Next      main.c
#include "grind.h"

#define PAGE 4096

static int
fork_child(struct worker *w)
{
    int pid = fork();

    check(w, pid >= 0, "fork failed");
    return pid;
}

static void
reap(struct worker *w, int pid, int expect)
{
    int status = 12345;

    check(w, wait(&status) == pid, "wait returned another child");
    check(w, status == expect, "status %d, not %d", status, expect);
}

// A child writes bytes to a pipe in pieces of one size; the parent reads pieces of another size.
static void
op_pipe(struct worker *w)
{
    static char buf[5000];
    int p[2], at = 0, n, size = draw(w, 20000), out = 1 + draw(w, 5000), in = 1 + draw(w, 5000);

    check(w, pipe(p) == 0, "pipe failed");
    int pid = fork_child(w);
    if (pid == 0) {
        for (int sent = 0; sent < size; sent += n) {
            n = size - sent < out ? size - sent : out;
            for (int i = 0; i < n; i++)
                buf[i] = content_byte(size, sent + i);
            if (write(p[1], buf, n) != n)
                exit(1);
        }
        exit(0);
    }
    close(p[1]);
    while ((n = read(p[0], buf, in)) > 0) {
        for (int i = 0; i < n; i++)
            check(w, buf[i] == content_byte(size, at + i), "pipe: wrong byte at %d", at + i);
        at += n;
    }
    close(p[0]);
    check(w, n == 0 && at == size, "pipe: %d bytes of %d", at, size);
    reap(w, pid, 0);
}

// Reads a program's output through a pipe.
static void
op_exec(struct worker *w)
{
    static char *argv[] = {"echo", "grind", "and", "grind", 0};
    char got[32];
    int p[2], n = 0, r;

    check(w, pipe(p) == 0, "pipe failed");
    int pid = fork_child(w);
    if (pid == 0) {
        close(1);
        if (dup(p[1]) == 1)
            exec("/echo", argv);
        exit(1);
    }
    close(p[1]);
    while ((r = read(p[0], got + n, sizeof(got) - n)) > 0)
        n += r;
    close(p[0]);
    check(w, n == 16 && memcmp(got, "grind and grind\n", 16) == 0, "echo wrote %d bytes", n);
    reap(w, pid, 0);
}

static void
op_nop(struct worker *w)
{
    static char *argv[] = {"true", 0}, *none[] = {"absent", 0};
    int pid = fork_child(w);

    if (pid == 0) {
        exec("/absent", none);
        exec("/bin/true", argv);
        exit(1);
    }
    reap(w, pid, 0);
}

// Kills a child that spins, sleeps, or waits for a pipe.
static void
op_kill(struct worker *w)
{
    int way = draw(w, 3), p[2];
    char c;

    check(w, pipe(p) == 0, "pipe failed");
    int pid = fork_child(w);
    if (pid == 0) {
        while (way == 0)
            ;
        if (way == 1)
            sleep(100000);
        read(p[0], &c, 1);
        exit(1);
    }
    if (draw(w, 8) == 0)
        sleep(1);
    check(w, kill(pid) == 0, "kill failed");
    reap(w, pid, -1);
    close(p[0]);
    close(p[1]);
}

// Grows, fills, forks a child that writes half of it, checks, and shrinks.
static void
op_memory(struct worker *w)
{
    int pages = 1 + draw(w, 60);
    char *at = sbrk(pages * PAGE), tag = draw(w, 100);

    check(w, at != (char *)-1, "sbrk of %d pages failed", pages);
    for (int i = 0; i < pages; i++) {
        check(w, at[i * PAGE] == 0 && at[i * PAGE + PAGE - 1] == 0, "page %d is not zero", i);
        at[i * PAGE] = tag + i;
    }
    int pid = fork_child(w);
    if (pid == 0) {
        for (int i = 0; i < pages; i += 2)
            at[i * PAGE] = ~at[i * PAGE];
        exit(at[0] == (char)~tag ? 5 : 6);
    }
    for (int i = 1; i < pages; i += 2)
        at[i * PAGE] = tag - i;
    reap(w, pid, 5);
    for (int i = 0; i < pages; i++)
        check(w, at[i * PAGE] == (char)(i % 2 ? tag - i : tag + i), "page %d has changed", i);
    check(w, sbrk(-pages * PAGE) == at + pages * PAGE, "shrinking failed");
}

// Leaves orphans to init.
static void
op_orphans(struct worker *w)
{
    int n = draw(w, 3);
    int pid = fork_child(w);

    if (pid == 0) {
        for (int i = 0; i < n; i++) {
            if (fork() == 0) {
                sleep(i & 1);
                exit(0);
            }
        }
        exit(n);
    }
    reap(w, pid, n);
    check(w, wait(0) == -1, "a child too many");
}

// Opens descriptors up to the limit, and closes them.
static void
op_descriptors(struct worker *w)
{
    int first = dup(0), last = first, fd;

    while ((fd = dup(0)) >= 0)
        last = fd;
    check(w, first >= 0 && last >= 15, "descriptors from %d to %d", first, last);
    while (last >= first)
        check(w, close(last--) == 0, "close failed");
}

void
procs_step(struct worker *w)
{
    static void (*const ops[])(struct worker *) = {
        op_pipe, op_exec, op_nop, op_kill, op_memory, op_orphans, op_descriptors, op_pipe,
    };

    ops[draw(w, sizeof(ops) / sizeof(ops[0]))](w);
}
