// SPDX-License-Identifier: MIT
// large.c - sub-tests of memory in leaves of 2 MiB that processes share.
//
// Theory    How large the leaves are does not show in what memory holds: each process sees its
//           own stores only, or those of all where that was asked for, whoever writes, cuts,
//           protects or ends first.
// Next      brk.c
#include "t.h"
#include "abi/pgmap.h"

#define LARGE  (2 * MIB)
#define WORDS  (LARGE / PAGE) // one word of each page is looked at
#define FAMILY 4
#define FAILED ((char *)-1)

static uint64 *
word(char *big, int i)
{
    return (uint64 *)(big + i * PAGE + 8 * (i % 500));
}

// A large leaf in a heap that has become 4 MiB larger, each page of it touched.
static char *
large_heap(void)
{
    char *at = t_grow(2 * LARGE);

    at = (char *)(((uint64)at + LARGE - 1) & ~(uint64)(LARGE - 1));
    for (int i = 0; i < WORDS; i++)
        *word(at, i) = i;
    return at;
}

// Page i belongs to member i % (FAMILY + 1), who has written to it; other members must not see that.
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
    if (me % 2 == 0 && t_fork() == 0) { // inherits what is split and what is not
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

// largefork: a family writes to a large leaf that all of it has inherited; who is left has it alone.
static void
t_largefork(void)
{
    char *big = large_heap();

    if (t_fork() == 0)
        exit(0); // without a look at it
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
    sbrk(-2 * LARGE);
}

// largeread: only the child writes; the parent's memory is whole again when that has ended.
static void
t_largeread(void)
{
    char *big = large_heap();

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
    sbrk(-2 * LARGE);
}

// largeshared: stores to shared memory are seen by all, after one of them has cut and protected it.
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

// largetouch: lazy memory comes page by page to those who pick, and in ever larger pieces to those who go
// through it; what has been brought in ahead is zero.
static void
t_largetouch(void)
{
    struct meminfo m;
    int plenty = meminfo(&m) == 0 && m.free - m.promised > 64UL * MIB;
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

// Free memory that lies in single pages, with others' between them, is as good as any: two regions
// take turns, from the top down, until there is next to nothing left; then one of them goes.
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
    TEST(largetouch, 0),        TEST(largefork, 0),      TEST(largeread, 0),
    TEST(largeshared, T_NOISY), TEST(fragments, T_SLOW), {0, 0, 0},
};
