// SPDX-License-Identifier: MIT
// deferredchange.c - sub-tests of leaf tables whose copy is deferred: mprotect, munmap and sbrk, copies by the kernel,
// fork without memory.
//
// Theory    As in deferred.c.
// Next      large.c
#include "deferred.h"

// ---- Changes of mappings

static void
store_page(long i)
{
    *p_word((int)i) = 1;
}

static void
load_page(long i)
{
    (void)*p_word((int)i);
}

// Unmaps a part of the first table, makes the second one read-only and a part of it writable again.
static void
cut_and_protect(long unused)
{
    char *second = p_mem + LARGE;

    (void)unused;
    want(munmap(p_mem + 100 * PAGE, 50 * PAGE) == 0, "munmap");
    t_must_die(load_page, 120);
    p_expect(0, 100, -1);
    p_expect(150, LARGE / PAGE, -1);
    want(mprotect(second, LARGE, PROT_READ) == 0, "mprotect");
    t_must_die(store_page, 600);
    p_expect(LARGE / PAGE, PAGES, -1);
    want(mprotect(second, 10 * PAGE, PROT_READ | PROT_WRITE) == 0, "mprotect");
    *p_word(515) = 0;
    t_must_die(store_page, 600);
    want(p_map(p_mem + 100 * PAGE, 50 * PAGE, MAP_SHARED) == p_mem + 100 * PAGE, "another place");
    want(*p_word(120) == 0, "page 120 holds %d", *p_word(120));
    t_status(store_page, 120);
    want(*p_word(120) == 1 && *p_word(99) == 99 && *p_word(515) == 0, "what the child has stored");
}

static void
stores_die(long unused)
{
    (void)unused;
    t_must_die(store_page, 3);
    p_expect(0, PAGES, -1);
    want(mprotect(p_mem, SIZE, PROT_READ | PROT_WRITE) == 0, "mprotect");
    p_write(PAGES, 0);
}

// deferredunmap: parts of memory in deferred tables are unmapped or protected, in the child or before the fork.
static void
t_deferredunmap(void)
{
    p_begin();
    want(t_status(cut_and_protect, 0) == 0, "the child");
    p_expect(0, PAGES, -1);
    want(mprotect(p_mem, SIZE, PROT_READ) == 0, "mprotect");
    want(t_status(stores_die, 0) == 0, "the child");
    t_must_die(store_page, 5);
    want(mprotect(p_mem, SIZE, PROT_READ | PROT_WRITE) == 0, "mprotect");
    p_expect(0, PAGES, -1);
    p_write(PAGES, 0);
}

// Maps a shared page in the range of a deferred table; this process or its child touches it first.
static void
settle_beside(long at)
{
    volatile char *shared = p_map((char *)at, PAGE, MAP_SHARED);

    want((long)shared == at, "another place");
    if (t_fork() == 0) {
        *shared = 5;
        p_expect(0, PAGES - 9, -1);
        exit(0);
    }
    t_wait_ok(1);
    want(*shared == 5, "the child's store");
    want(munmap((char *)at, PAGE) == 0, "munmap");
    p_write(PAGES - 9, 0);
    p_expect(0, PAGES - 9, 0);
}

// deferredbeside: a deferred table comes to map a second region, too.
static void
t_deferredbeside(void)
{
    long tail;

    p_begin();
    tail = (long)p_mem + SIZE - 9 * PAGE;
    want(munmap((char *)tail, 9 * PAGE) == 0, "munmap");
    want(t_status(settle_beside, tail + 4 * PAGE) == 0, "the child");
    want(t_status(settle_beside, tail) == 0, "the second child");
    p_expect(0, PAGES - 9, -1);
}

// The break, which lies in a deferred table, moves.
static void
move_break(long end)
{
    char *more = t_grow(3 * PAGE);

    want((long)more == end, "the break is at %p", more);
    want(more[0] == 0 && more[3 * PAGE - 1] == 0, "new memory is not zero");
    want(sbrklazy(2 * PAGE) == more + 3 * PAGE && more[4 * PAGE] == 0, "a lazy page is not zero");
    sbrk(-300 * PAGE);
    p_expect(0, PAGES - 400, -1);
    t_grow(300 * PAGE);
    want(*p_word(PAGES - 200) == 0, "page %d is what it was", PAGES - 200);
    p_expect(0, PAGES - 400, -1);
}

// deferredbreak: a heap in deferred tables grows and shrinks in the child, then in the parent.
static void
t_deferredbreak(void)
{
    char *was = sbrk(0);
    long end;

    p_mem = (char *)(((uint64)was + LARGE - 1) & ~(uint64)(LARGE - 1));
    sbrklazy((int)(p_mem + SIZE - was));
    p_touch_all();
    end = (long)t_grow(-100 * PAGE) - 100 * PAGE;
    want(t_status(move_break, end) == 0, "the child");
    p_led_to_by(1);
    p_expect(0, PAGES - 100, -1);
    move_break(end);
    sbrk((int)(was - (char *)sbrk(0)));
}

// ---- Copies by the kernel

static void
write_and_read(long unused)
{
    int n, size = 2 * PAGE;
    char *edge = p_mem + LARGE - PAGE;

    (void)unused;
    for (int done = 0; done < size; done += n) {
        n = size - done < 512 ? size - done : 512;
        want(write(p_told[1], edge + done, n) == n, "write from %p", edge + done);
        want(read(p_told[0], p_mem + done, n) == n, "read to %p", p_mem + done);
    }
    want(memcmp(p_mem, edge, size) == 0, "what was read is not what was written");
    *p_word(0) = 0;
    *p_word(1) = 1;
    p_expect(0, PAGES, -1);
}

// Gets its own tables before the parent's copies if `first`, else keeps the shared ones; must not
// see those copies.
static void
stay(long first)
{
    if (first)
        p_expect(0, PAGES, -1);
    p_tell(p_told);
    p_await(p_allowed);
    p_expect(0, PAGES, -1);
}

// deferredcopies: system calls read and write memory in deferred tables, in the child and in the parent.
static void
t_deferredcopies(void)
{
    p_begin();
    want(t_status(write_and_read, 0) == 0, "the child");
    p_led_to_by(1);
    p_expect(0, PAGES, -1);
    for (int first = 0; first < 2; first++) {
        t_spawn(stay, first);
        p_await(p_told);
        write_and_read(0);
        p_tell(p_allowed);
        t_wait_ok(1);
    }
}

// ---- No memory

// Takes all memory but two pages, which p_pointer() needs, and keeps it until the pipe is closed.
static void
hog(long unused)
{
    char c;

    (void)unused;
    close(p_allowed[1]);
    for (int n = MIB; n >= PAGE; n /= 2)
        while (sbrk(n) != FAILED)
            ;
    sbrk(-2 * PAGE);
    p_tell(p_told);
    read(p_allowed[0], &c, 1);
}

static void
forks_refused(void)
{
    struct meminfo m = p_taken();

    for (int i = 0; i < 3; i++)
        want(fork() == -1, "a fork for whose tables there is no memory");
    p_same_taken(&m);
}

// deferredrefused: a failing fork changes nothing, whether tables are deferred or not. A process gets
// back its deferred tables although the process that shares them has taken all other memory.
static void
t_deferredrefused(void)
{
    int pid;

    p_begin();
    pid = t_spawn(hog, 0);
    p_await(p_told);
    p_led_to_by(2);
    forks_refused();
    p_led_to_by(2);
    p_expect(0, PAGES, -1);
    forks_refused();
    p_write(PAGES, 0);
    want(t_wait(pid) == -1, "there is memory for a copy of each page");
    p_led_to_by(0);
    p_expect(0, PAGES, 0);
    want(t_status(store_page, 1) == 0, "the child");
}

const struct test deferredchange_tests[] = {
    TEST(deferredunmap, T_NOISY), TEST(deferredbeside, 0),        TEST(deferredbreak, 0),
    TEST(deferredcopies, 0),      TEST(deferredrefused, T_NOISY), {0, 0, 0},
};
