// SPDX-License-Identifier: MIT
// large.c - sub-tests of superpages (2 MiB) that processes share.
//
// Theory    The size of the leaves must not change the contents of memory: each process sees its
//           own stores only (in shared mappings those of all), in whatever order they write, unmap,
//           protect and exit.
// Next      brk.c
#include "t.h"
#include "abi/pgmap.h"

#define LARGE  (2 * MIB)
#define WORDS  (LARGE / PAGE) // one word of each page is checked
#define FAMILY 4
#define FAILED ((char *)-1)

static uint64 *
word(char *big, int i)
{
    return (uint64 *)(big + i * PAGE + 8 * (i % 500));
}

// Makes a superpage in the heap and touches each page of it. The memory below it is lazy, so that
// many processes can have one at once.
static char *
large_heap(void)
{
    char *at = sbrk(0);
    uint64 below = -(uint64)at % LARGE;

    want(sbrklazy((int)below) == at && t_grow(LARGE) == at + below, "the break has moved");
    at += below;
    for (int i = 0; i < WORDS; i++)
        *word(at, i) = i;
    return at;
}

static void
drop_heap(char *was)
{
    sbrk((int)(was - (char *)sbrk(0)));
}

// Page i belongs to member i % (FAMILY + 1), which has written to it; other members must not see
// that.
static void
expect(char *big, int me, int end)
{
    for (int i = 0; i < end; i++) {
        uint64 right = i % (FAMILY + 1) == me ? 1000 * (me + 1) + i : i;
        want(*word(big, i) == right, "page %d of %d holds %lu", i, me, *word(big, i));
    }
}

static void
write_own(char *big, int me)
{
    for (int i = me; i < WORDS; i += FAMILY + 1)
        *word(big, i) = 1000 * (me + 1) + i;
}

static void
member(char *big, int me)
{
    write_own(big, me);
    if (me % 2 == 0 && t_fork() == 0) { // inherits split and unsplit superpages
        expect(big, me, WORDS);
        *word(big, me) = 1;
        exit(0);
    }
    expect(big, me, WORDS);
    if (me == 1)
        sbrk(-(int)((char *)sbrk(0) - (big + LARGE / 2)));
    expect(big, me, me == 1 ? WORDS / 2 : WORDS);
    if (me % 2 == 0)
        t_wait_ok(1);
    exit(0);
}

// largefork: several descendants write to an inherited superpage; the last one has it alone.
static void
t_largefork(void)
{
    char *was = sbrk(0), *big = large_heap();

    if (t_fork() == 0)
        exit(0); // without checking it
    t_wait_ok(1);
    for (int me = 0; me < FAMILY; me++)
        if (t_fork() == 0)
            member(big, me);
    write_own(big, FAMILY);
    expect(big, FAMILY, WORDS);
    t_wait_ok(FAMILY);
    expect(big, FAMILY, WORDS);
    for (int i = 0; i < WORDS; i++)
        *word(big, i) = i;
    drop_heap(was);
}

// largeread: only the child writes; the parent's memory is unshared again after the child's end.
static void
t_largeread(void)
{
    char *was = sbrk(0), *big = large_heap();

    for (int round = 0; round < 3; round++) {
        if (t_fork() == 0) {
            for (int i = round; i < WORDS; i += 7)
                *word(big, i) = 0;
            exit(0);
        }
        t_wait_ok(1);
        for (int i = 0; i < WORDS; i++) {
            want(*word(big, i) == (uint64)(i + round), "page %d holds %lu", i, *word(big, i));
            ++*word(big, i);
        }
    }
    drop_heap(was);
}

// largeshared: stores to shared memory are seen by all, also after one process has unmapped and
// protected parts.
static void
t_largeshared(void)
{
    char *at = mmap(0, 2 * LARGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    want(at != FAILED, "mmap");
    char *big = (char *)(((uint64)at + LARGE - 1) & ~(uint64)(LARGE - 1));
    *word(big, 3) = 33;
    if (t_fork() == 0) {
        want(munmap(big, 2 * PAGE) == 0, "munmap");
        want(mprotect(big + 8 * PAGE, PAGE, PROT_READ) == 0, "mprotect");
        want(*word(big, 3) == 33, "the parent's store");
        for (int i = 9; i < WORDS; i++)
            *word(big, i) = i;
        t_must_die(t_store, (long)big + 8 * PAGE);
        t_must_die(t_load, (long)big + PAGE);
        exit(0);
    }
    t_wait_ok(1);
    for (int i = 9; i < WORDS; i++)
        want(*word(big, i) == (uint64)i, "page %d holds %lu", i, *word(big, i));
    *word(big, 0) = *word(big, 8) = 5;
    want(munmap(at, 2 * LARGE) == 0, "munmap");
}

static struct pgentry
entry(const void *va)
{
    struct pgentry e;
    struct pgquery q = {.pid = getpid(), .va = (uint64)va, .last = (uint64)va};

    q.level = PGQ_TOP;
    want(pgmap(&q, &e, 1) == 1, "nothing is mapped at %p", va);
    return e;
}

// largetouch: lazy memory is mapped page by page under random access, and in ever larger pieces
// under sequential access; pages mapped before their first touch are zero.
static void
t_largetouch(void)
{
    struct meminfo m;
    int plenty = meminfo(&m) == 0 && m.free > 64UL * MIB;
    char *at = sys_sbrk(5 * LARGE, SBRK_LAZY);
    char *big = (char *)(((uint64)at + LARGE - 1) & ~(uint64)(LARGE - 1));

    want(at != FAILED, "sbrk");
    for (int i = 0; i < 2 * WORDS; i += 8)
        big[i * PAGE] = 1;
    want(pgpte(big + 8 * PAGE) && !pgpte(big + 9 * PAGE) && !pgpte(big + 7 * PAGE),
         "a page was not touched, and is there");
    big += 2 * LARGE;
    for (int i = 0; i < 2 * WORDS - 8; i++) {
        want(*word(big, i) == 0, "page %d is not zero", i);
        *word(big, i) = i;
    }
    want(entry(big + LARGE).level == 1 || !plenty, "touched in order, and in small pages");
    for (int i = 0; i < 2 * WORDS - 8; i++)
        want(*word(big, i) == (uint64)i, "page %d holds %lu", i, *word(big, i));
    sbrk(-5 * LARGE);
}

// Private memory of 3 LARGE, its last aligned LARGE touched in order; 0: in small pages.
static char *
large_map(char **at)
{
    char *big;

    *at = mmap(0, 3 * LARGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    want(*at != FAILED, "mmap");
    for (int i = 0; i < 3 * WORDS; i++)
        (*at)[i * PAGE] = 0;
    big = (char *)((uint64)(*at + 2 * LARGE) & ~(uint64)(LARGE - 1));
    for (int i = 0; i < WORDS; i++)
        *word(big, i) = i;
    return entry(big).level == 1 ? big : 0;
}

// Each page holds its number, plus `more` in the pages that are multiples of `step`.
static void
holds(char *big, int step, int more)
{
    for (int i = 0; i < WORDS; i++)
        want(*word(big, i) == (uint64)(i + (i % step ? 0 : more)), "page %d holds %lu", i,
             *word(big, i));
}

static void
store_one(long va)
{
    *(volatile char *)va = 1;
}

// largesplit: mprotect() of one page splits a superpage into single pages with their own rights and
// contents.
static void
t_largesplit(void)
{
    char *at, *big = large_map(&at);

    if (big) {
        want(mprotect(big + 5 * PAGE, PAGE, PROT_READ) == 0, "mprotect");
        want(entry(big).level == 0, "the leaf is not split");
        t_must_die(store_one, (long)big + 5 * PAGE);
        want(mprotect(big + 5 * PAGE, PAGE, PROT_READ | PROT_WRITE) == 0, "mprotect");
        *word(big, 5) += 0;
        want(mprotect(big, LARGE, PROT_READ) == 0, "mprotect");
        t_must_die(store_one, (long)big + 6 * PAGE);
        want(mprotect(at, 3 * LARGE, PROT_READ | PROT_WRITE) == 0, "mprotect");
        holds(big, 1, 0);
        *word(big, 9) = 9;
        want(munmap(big + 3 * PAGE, PAGE) == 0, "munmap");
        want(mprotect(big + 4 * PAGE, 9 * PAGE, PROT_READ) == 0, "mprotect");
        want(mprotect(big, 3 * PAGE, PROT_READ) == 0, "mprotect");
        t_must_die(store_one, (long)big + 5 * PAGE);
        want(*word(big, 4) == 4 && *word(big, 2) == 2 && entry(big).level == 0, "a hole is gone");
    }
    want(munmap(at, 3 * LARGE) == 0, "munmap");
}

static int told[2], asked[2]; // pipes: the child has written; it may end

// Writes to every 7th page; the parent's later stores must not show.
static void
writes_first(long big)
{
    char c = 0;

    for (int i = 0; i < WORDS; i += 7)
        *word((char *)big, i) += 1;
    want(write(told[1], &c, 1) == 1 && read(asked[0], &c, 1) == 1, "pipe");
    holds((char *)big, 7, 1);
    exit(0);
}

static void
expects_five_more(long big)
{
    holds((char *)big, 7, 5);
    *word((char *)big, 3) = 0;
    exit(0);
}

// largeown: after a child has copied some pages of a superpage, the parent keeps the original
// pages; after the child's end, another fork shares them.
static void
t_largeown(void)
{
    char c = 0, *at, *big = large_map(&at);

    want(pipe(told) == 0 && pipe(asked) == 0, "pipe");
    if (big) {
        t_spawn(writes_first, (long)big);
        want(read(told[0], &c, 1) == 1, "pipe");
        for (int i = 0; i < WORDS; i += 7)
            *word(big, i) += 5;
        want(entry(big).level == 0, "the leaf is not split");
        want(write(asked[1], &c, 1) == 1, "pipe");
        t_wait_ok(1);
        t_spawn(expects_five_more, (long)big);
        t_wait_ok(1);
        holds(big, 7, 5);
        *word(big, 3) = 3;
    }
    want(munmap(at, 3 * LARGE) == 0, "munmap");
}

// Fragmented free memory is usable: two regions take pages in turn, from the top down, until almost
// none is left; then one of them is unmapped.
static void
t_fragments(void)
{
    long n = t_free_pages() / 2 - 100, size = n * PAGE;
    char *part[2];

    for (int i = 0; i < 2; i++) {
        part[i] = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        want(part[i] != FAILED, "mmap failed");
    }
    for (long at = size - PAGE; at >= 0; at -= PAGE)
        part[0][at] = part[1][at] = 1;
    want(munmap(part[0], size) == 0, "munmap failed");
    char *all = t_grow(size - 100 * PAGE);
    for (long at = 0; at < size - 100 * PAGE; at += PAGE)
        want(all[at] == 0, "byte 0x%lx is not zero", at);
    sbrk(-(int)(size - 100 * PAGE));
    want(munmap(part[1], size) == 0, "munmap failed");
}

const struct test large_tests[] = {
    TEST(largetouch, 0),       TEST(largefork, 0),
    TEST(largeread, 0),        TEST(largeshared, T_NOISY),
    TEST(largesplit, T_NOISY), TEST(largeown, 0),
    TEST(fragments, T_SLOW),   {0, 0, 0},
};
