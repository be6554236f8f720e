// SPDX-License-Identifier: MIT
// deferred.c - sub-tests of leaf tables whose copy fork defers (kernel/mm/aspace/defer.h).
//
// Theory    A deferred table must not change the contents of memory: each process sees the stores of
//           itself and its ancestors, in whatever order they touch, unmap, protect, fork again and
//           exit; the last process has its memory as before, without copies. t_deferredseen() checks
//           that a fork does defer.
// Next      deferredchange.c
#include "deferred.h"
#include "kernel/riscv.h"

char *p_mem;
int p_told[2], p_allowed[2];

volatile int *
p_word(int i)
{
    return (int *)(p_mem + (long)i * PAGE + 8 * (i % 500));
}

// The pages are touched not in order, so that each gets a leaf of its own.
void
p_touch_all(void)
{
    for (int k = 0; k < PAGES; k++) {
        int i = (k * 389 + 1) % PAGES;
        *p_word(i) = i;
    }
}

char *
p_map(char *at, long size, int flags)
{
    char *p = mmap(at, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

    want(p != FAILED, "mmap failed");
    return p;
}

void
p_begin(void)
{
    p_mem = p_map(0, SIZE, MAP_PRIVATE);
    want((uint64)p_mem % LARGE == 0, "memory at %p", p_mem);
    p_touch_all();
    want(pipe(p_told) == 0 && pipe(p_allowed) == 0, "pipe failed");
}

void
p_tell(const int *pipe)
{
    want(write(pipe[1], "", 1) == 1, "write to a pipe");
}

void
p_await(const int *pipe)
{
    char c;

    want(read(pipe[0], &c, 1) == 1, "the pipe has no writer");
}

// Of the pages [first, end), those of member `me` must hold its stores, the others their old
// contents.
void
p_expect(int first, int end, int me)
{
    for (int i = first; i < end; i++) {
        int right = me >= 0 && i % FAMILY == me ? -i - me : i;
        want(*p_word(i) == right, "page %d of %d holds %d", i, me, *p_word(i));
    }
}

void
p_write(int end, int me)
{
    for (int i = me; i < end; i += FAMILY)
        *p_word(i) = -i - me;
}

// Returns the pointer to the leaf table of va.
struct pgentry
p_pointer(const void *va)
{
    struct pgentry e[PTW_STEPS];
    struct pgquery q = {.pid = getpid(), .what = PGQ_POINTERS, .va = (uint64)va, .level = PGQ_TOP};
    int n;

    q.last = q.va;
    n = pgmap(&q, e, PTW_STEPS);
    for (int i = 0; i < n; i++) {
        if (e[i].level == 1)
            return e[i];
    }
    want(0, "no table for %p", va);
    return e[0];
}

// Checks that `n` processes share the deferred tables of all the memory. 0: the tables are not
// deferred.
void
p_led_to_by(uint n)
{
    for (int i = 0; i < PAGES; i += LARGE / PAGE) {
        struct pgentry e = p_pointer(p_mem + (long)i * PAGE);
        int deferred = (e.pte & (PTE_V | PGE_DEFERRED)) == PGE_DEFERRED;
        want(deferred ? e.refs == n : n == 0, "table of page %d: 0x%lx, %u lead to it", i, e.pte,
             e.refs);
    }
}

// Returns the memory of processes.
struct meminfo
p_taken(void)
{
    struct meminfo m;

    want(meminfo(&m) == 0, "meminfo failed");
    return m;
}

void
p_same_taken(const struct meminfo *before)
{
    struct meminfo m = p_taken();

    want(m.user == before->user && m.committed == before->committed,
         "%lu bytes, %lu committed; before: %lu, %lu", m.user, m.committed, before->user,
         before->committed);
}

// ---- Views

static void
look(long unused)
{
    struct ptwalk w = {.pid = getpid(), .how = PTW_USER, .va = (uint64)p_mem};

    (void)unused;
    p_led_to_by(2);
    want(ptwalk(&w) == 0 && strcmp(w.rule, "valid") == 0 && w.level == 1, "rule %s", w.rule);
    want(*p_word(7) == 7, "page 7 holds %d", *p_word(7));
    want(p_pointer(p_mem).pte & PTE_V, "touched, and still deferred");
    want(!(pgpte(p_mem) & PTE_W), "a page of two can be written to");
    want(!(p_pointer(p_mem + LARGE).pte & PTE_V), "not touched, and in use");
}

// deferredseen: a fork defers the copy; the first touch unshares one table of the touching process.
static void
t_deferredseen(void)
{
    p_begin();
    p_led_to_by(0);
    int pid = t_spawn(look, 0);
    want(t_wait(pid) == 0, "the child");
    p_led_to_by(1);
    p_expect(0, PAGES, -1);
    p_led_to_by(0);
}

// The child inherits the accessed and dirty bits that the parent's accesses have set since its
// pgaccess().
static void
ask(long written)
{
    uint64 bits;

    p_led_to_by(2);
    want(pgpte(p_mem + written * PAGE) & PTE_D, "written, and not dirty");
    want(pgpte(p_mem + LARGE) & PTE_V, "nothing is there");
    want(pgaccess(p_mem, 64, &bits) == 0 && bits == (1UL << 3 | 1UL << written), "0x%lx", bits);
    want(pgaccess(p_mem + LARGE, 64, &bits) == 0 && bits == 1UL << 9, "0x%lx", bits);
    p_expect(0, PAGES, -1);
}

static void
t_deferredasked(void)
{
    uint64 bits;

    p_begin();
    want(pgaccess(p_mem, 64, &bits) == 0 && bits == ~0UL, "0x%lx of all", bits);
    want(pgaccess(p_mem + LARGE, 64, &bits) == 0 && bits == ~0UL, "0x%lx of all", bits);
    t_load((long)p_word(3));
    *p_word(40) = 40;
    t_load((long)p_mem + LARGE + 9 * PAGE);
    want(t_status(ask, 40) == 0, "the child");
    want(pgaccess(p_mem, 64, &bits) == 0 && bits == (1UL << 3 | 1UL << 40), "0x%lx", bits);
}

// ---- Private contents

static void
grow_up(long me)
{
    if (me == 1)
        p_await(p_allowed); // until the parent has written
    p_write(PAGES, (int)me);
    if (t_fork() == 0) {
        p_expect(0, PAGES, (int)me);
        p_write(PAGES, FAMILY - 1);
        exit(0);
    }
    if (me == 0)
        p_tell(p_told); // the parent may write
    t_wait_ok(1);
    p_expect(0, PAGES, (int)me);
}

// deferredown: one child writes before its parent, one after; each has children that write.
static void
t_deferredown(void)
{
    p_begin();
    t_spawn(grow_up, 0);
    t_spawn(grow_up, 1);
    p_await(p_told);
    p_expect(0, PAGES, -1);
    p_write(PAGES, FAMILY - 1);
    p_tell(p_allowed);
    t_wait_ok(2);
    p_expect(0, PAGES, FAMILY - 1);
}

static void
end_by_exec(long unused)
{
    static char *argv[] = {"/bin/true", 0};

    (void)unused;
    exec("/bin/true", argv);
    exit(1);
}

static void
end_by_kill(long unused)
{
    (void)unused;
    kill(getpid());
}

static void
end_after_one(long page)
{
    *p_word((int)page) = 0;
}

// deferredback: after its child's end a process has its original pages back, and may write to them.
static void
t_deferredback(void)
{
    static pte_t before[PAGES];
    struct meminfo m;
    uint64 table;

    p_begin();
    table = p_pointer(p_mem).pa;
    for (int i = 0; i < PAGES; i++)
        before[i] = pgpte(p_mem + (long)i * PAGE);
    m = p_taken();
    want(t_status(end_by_exec, 0) == 0, "exec failed");
    want(t_status(end_by_kill, 0) == -1, "not killed");
    want(t_status(end_after_one, 700) == 0, "the child");
    p_led_to_by(1);
    p_expect(0, PAGES, -1);
    p_write(PAGES, 0);
    p_same_taken(&m);
    want(p_pointer(p_mem).pa == table, "another table");
    for (int i = 0; i < PAGES; i++) {
        pte_t now = pgpte(p_mem + (long)i * PAGE);
        want(PTE2PA(now) == PTE2PA(before[i]), "page %d has moved", i);
        want(i % FAMILY || (now & PTE_W), "page %d was written to, and has 0x%lx", i, now);
    }
}

// ---- Generations

// Only the last of three generations touches memory, after the others have ended.
static void
outlive(void)
{
    int pid;

    for (int generation = 1; generation < 3; generation++) {
        if (t_fork() > 0)
            exit(0);
    }
    close(p_allowed[1]);
    want(read(p_allowed[0], &pid, 1) == 0, "a longer-living process has written");
    p_expect(0, PAGES, -1);
    p_write(PAGES, 1);
    p_expect(0, PAGES, 1);
    pid = getpid();
    want(write(p_told[1], &pid, sizeof(pid)) == sizeof(pid), "write to a pipe");
    exit(0);
}

// deferredoutlive: a great-grandchild keeps the memory of ancestors that have ended.
static void
t_deferredoutlive(void)
{
    int pid, child;

    p_begin();
    pid = t_fork();
    if (pid == 0)
        outlive();
    want(t_wait(pid) == 0, "the child");
    want(munmap(p_mem, SIZE) == 0, "munmap");
    close(p_allowed[1]);
    close(p_told[1]);
    want(read(p_told[0], &child, sizeof(child)) == sizeof(child),
         "the great-grandchild has failed");
    while (kill(child) == 0)
        sleep(1);
}

static void
generation(int n)
{
    p_led_to_by((uint)n);
    if (n < 4 && t_fork() == 0) {
        generation(n + 1);
        exit(0);
    }
    if (n < 4)
        t_wait_ok(1);
    p_expect(0, PAGES, -1);
    p_write(PAGES, n % FAMILY);
    p_expect(0, PAGES, n % FAMILY);
}

// deferredforks: processes fork again without a touch; then all write, the youngest first.
static void
t_deferredforks(void)
{
    struct meminfo m;

    p_begin();
    m = p_taken();
    if (t_fork() == 0) {
        generation(2);
        exit(0);
    }
    t_wait_ok(1);
    p_expect(0, PAGES, -1);
    p_same_taken(&m);
}

const struct test deferred_tests[] = {
    TEST(deferredseen, 0),
    TEST(deferredasked, 0),
    TEST(deferredown, 0),
    TEST(deferredback, 0),
    TEST(deferredoutlive, 0),
    TEST(deferredforks, 0),
    {0, 0, 0},
};
