// SPDX-License-Identifier: MIT
// commit.c - sub-tests of overcommit: fork succeeds, and when memory is used up the youngest
// process that shares pages is killed; with commit=strict the fork fails.
#include "t.h"

#include "abi/errno.h"

#define SHARED (3 * MIB)
#define HOPED  (4 * MIB)

static int go[2], full[2]; // pipes: the writer may begin; the hog has all memory

static void
take_everything(void)
{
    for (int n = MIB; n >= PAGE; n /= 2)
        while (sbrk(n) != (char *)-1)
            ;
}

// Waits for its turn, then writes all of the memory that it shares.
static void
write_shared(long at)
{
    char c;

    want(read(go[0], &c, 1) == 1, "no word from the parent");
    want(t_same((char *)at, SHARED, 7, 0), "what was shared has changed");
    t_fill((char *)at, SHARED, 8, 0);
    want(t_same((char *)at, SHARED, 8, 0), "what was written is not there");
}

// Takes all memory there is, and keeps it.
static void
hog(long unused)
{
    char c = 0;

    (void)unused;
    take_everything();
    write(full[1], &c, 1);
    sleep(100000);
}

// Waits for its turn, then touches lazy memory for the first time.
static void
hope(long at)
{
    char c;

    if (read(go[0], &c, 1) == 1)
        for (long i = 0; i < HOPED; i += PAGE)
            t_store(at + i);
}

// Starts a hog and waits until it has all memory.
static int
spawn_hog(void)
{
    char c;
    int pid = t_spawn(hog, 0);

    want(read(full[0], &c, 1) == 1, "the hog is gone");
    return pid;
}

// Returns whether the memory of all processes together has a limit (commit=strict).
static int
strict(void)
{
    struct meminfo m;

    want(meminfo(&m) == 0, "meminfo failed");
    return m.limit != 0;
}

// commit=strict: after fork a process gets its copy of each page, although all other memory is in
// use by then.
static void
t_strictkept(void)
{
    char c = 0, *shared = t_grow(SHARED);

    if (!strict())
        return;
    t_fill(shared, SHARED, 7, 0);
    want(pipe(go) == 0 && pipe(full) == 0, "no pipes");
    int writer = t_spawn(write_shared, (long)shared);
    int pid = spawn_hog();
    write(go[1], &c, 1);
    want(t_wait(writer) == 0, "a page that was committed is not there");
    want(t_same(shared, SHARED, 7, 0), "the child's stores are seen");
    kill(pid);
    want(t_wait(pid) == -1, "the hog ended by itself");
}

// Allocates two thirds of free memory and writes its number to each page.
static long
fill_most(char **at)
{
    long size = t_free_pages() / 3 * 2 * PAGE;

    *at = t_grow(size);
    for (long i = 0; i < size; i += PAGE)
        *(long *)(*at + i) = i / PAGE;
    return size;
}

static void
want_most(const char *at, long size, long first)
{
    for (long i = 0; i < size; i += PAGE)
        want(*(const long *)(at + i) == first + i / PAGE, "byte 0x%lx has changed", i);
}

// commit=strict: fork of a process that has most of the memory fails and changes nothing.
static void
t_strictrefused(void)
{
    char *p;

    if (!strict())
        return;
    long size = fill_most(&p);
    for (int i = 0; i < 3; i++)
        want(fork() == -1, "a fork that memory does not suffice for");
    want_most(p, size, 0);
    sbrk((int)-size);
    t_fork() ? t_wait_ok(1) : exit(0);
}

// A process that has most of the memory can fork if memory for the page tables is left: most
// children exec.
static void
t_forkmost(void)
{
    char *args[] = {"true", 0}, *p;

    if (strict())
        return;
    long size = fill_most(&p);
    for (int i = 0; i < 3; i++) {
        int pid = t_fork();
        if (pid == 0 && i == 2)
            exec("/true", args);
        if (pid == 0)
            exit(i == 0 || *(long *)(p + size - PAGE) == size / PAGE - 1 ? 0 : 1);
        t_wait_ok(1);
    }
    want_most(p, size, 0);
}

static char *most;
static long most_size;

static void
write_most(long first)
{
    for (long i = 0; i < most_size; i += PAGE)
        *(long *)(most + i) = first + i / PAGE;
}

static void
wait_for_go(long unused)
{
    char c;

    (void)unused;
    read(go[0], &c, 1);
    sleep(100000);
}

// Parent and child write to most of the memory: the child is killed, whichever of them uses the
// last page, and the parent has all its data.
static void
t_starved(void)
{
    if (strict())
        return;
    most_size = fill_most(&most);
    want(t_status(write_most, 5) == -1, "a child has memory that is not there");
    want_most(most, most_size, 0);
    want(pipe(go) == 0, "no pipe");
    int pid = t_spawn(wait_for_go, 0);
    write_most(7);
    want(t_wait(pid) == -1, "two have memory that is not there");
    want_most(most, most_size, 7);
}

#define PIECE (4 * PAGE) // the size of a pipe

// The kernel stores to copy-on-write pages when there is no memory for a copy: the calls succeed.
static void
t_starvedcall(void)
{
    static char from[PIECE], to[64 * PIECE];
    char c;

    if (strict())
        return;
    memset(from, 2, sizeof(from));
    memset(to, 1, sizeof(to));
    want(pipe(go) == 0 && pipe(full) == 0, "no pipes");
    int pid = t_spawn(hog, 0);
    want(read(full[0], &c, 1) == 1, "the hog is gone");
    for (uint i = 0; i < sizeof(to); i += PIECE) {
        want(write(go[1], from, PIECE) == PIECE, "write");
        want(read(go[0], to + i, PIECE) == PIECE, "read");
    }
    for (uint i = 0; i < sizeof(to); i++)
        want(to[i] == 2, "byte 0x%x was not read", i);
    want(t_wait(pid) == -1, "there was memory for all");
}

// A process that touches lazy memory when no frame is free is killed, and no other process.
static void
t_lazyoutgrow(void)
{
    char c = 0, *mine = t_grow(SHARED), *hoped = sbrklazy(HOPED);

    want(hoped != (char *)-1, "lazy growth failed");
    t_fill(mine, SHARED, 7, 0);
    want(pipe(go) == 0 && pipe(full) == 0, "no pipes");
    int hopeful = t_spawn(hope, (long)hoped);
    int other = spawn_hog();
    write(go[1], &c, 1);
    want(t_wait(hopeful) == -1, "there is memory for a page without reservation");
    want(t_same(mine, SHARED, 7, 0), "memory of another has changed");
    t_fill(mine, SHARED, 9, 0);
    want(kill(other) == 0 && t_wait(other) == -1, "the hog is gone");
    sbrk(-SHARED - HOPED);
}

// Takes all memory, then reads the error of the last attempt.
static void
ask_why(long unused)
{
    (void)unused;
    take_everything();
    exit(((struct usyscall *)USYSCALL)->err == ENOMEM ? 5 : 6);
}

// A process without any memory left can still read the error of a call.
static void
t_lastword(void)
{
    want(t_status(ask_why, 0) == 5, "the error cannot be read");
}

const struct test commit_tests[] = {
    TEST(forkmost, 0),          TEST(starved, T_NOISY),
    TEST(starvedcall, T_NOISY), TEST(lazyoutgrow, T_NOISY),
    TEST(lastword, 0),          TEST(strictkept, 0),
    TEST(strictrefused, 0),     {0, 0, 0},
};
