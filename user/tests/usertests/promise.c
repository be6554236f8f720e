// SPDX-License-Identifier: MIT
// promise.c - sub-tests of memory that runs out: who was given memory keeps it, who cannot have it
// is told, and who only hoped for it ends alone.
#include "t.h"

#include "abi/errno.h"

#define SHARED (3 * MIB)
#define HOPED  (4 * MIB)

static int go[2], full[2]; // pipes: the writer may begin; the hog has everything

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

// Waits for its turn, then touches memory that was never there.
static void
hope(long at)
{
    char c;

    if (read(go[0], &c, 1) == 1)
        for (long i = 0; i < HOPED; i += PAGE)
            t_store(at + i);
}

// A hog that has everything by now.
static int
spawn_hog(void)
{
    char c;
    int pid = t_spawn(hog, 0);

    want(read(full[0], &c, 1) == 1, "the hog is gone");
    return pid;
}

// Whoever shares memory since a fork gets a copy of each page, although all else is in use by then.
static void
t_promisekept(void)
{
    char c = 0, *shared = t_grow(SHARED);

    t_fill(shared, SHARED, 7, 0);
    want(pipe(go) == 0 && pipe(full) == 0, "no pipes");
    int writer = t_spawn(write_shared, (long)shared);
    int pid = spawn_hog();
    write(go[1], &c, 1);
    want(t_wait(writer) == 0, "a page that was promised is not there");
    want(t_same(shared, SHARED, 7, 0), "the child's stores are seen");
    kill(pid);
    want(t_wait(pid) == -1, "the hog ended by itself");
    sbrk(-SHARED);
}

// A process that has most of the memory cannot be doubled, and nothing is lost by the attempt.
static void
t_forkrefused(void)
{
    long size = t_free_pages() / 4 * 3 * PAGE;
    char *p = t_grow(size);

    for (long i = 0; i < size; i += PAGE)
        p[i] = (char)(i / PAGE);
    for (int i = 0; i < 3; i++)
        want(fork() == -1, "a fork that memory does not suffice for");
    for (long i = 0; i < size; i += PAGE)
        want(p[i] == (char)(i / PAGE), "byte 0x%lx has changed", i);
    sbrk((int)-size);
    t_fork() ? t_wait_ok(1) : exit(0);
}

// Memory that was only hoped for: who touches it when there is none is killed, and nobody else.
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
    want(t_wait(hopeful) == -1, "there is memory for a page that nobody was promised");
    want(t_same(mine, SHARED, 7, 0), "memory of another has changed");
    t_fill(mine, SHARED, 9, 0);
    want(kill(other) == 0 && t_wait(other) == -1, "the one who waited is gone");
    sbrk(-SHARED - HOPED);
}

// Takes all memory, then reads why the last attempt failed.
static void
ask_why(long unused)
{
    (void)unused;
    take_everything();
    exit(((struct usyscall *)USYSCALL)->err == ENOMEM ? 5 : 6);
}

// Who has nothing left can still be told why.
static void
t_lastword(void)
{
    want(t_status(ask_why, 0) == 5, "the error cannot be read");
}

const struct test promise_tests[] = {
    TEST(promisekept, 0),
    TEST(forkrefused, 0),
    TEST(lazyoutgrow, T_NOISY),
    TEST(lastword, 0),
    {0, 0, 0},
};
