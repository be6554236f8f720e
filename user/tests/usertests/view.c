// SPDX-License-Identifier: MIT
// view.c - sub-tests of the calls that show memory: pgmap, ptwalk, ledger, pgpte, pgaccess, sysinfo.
//
// Theory    A program knows its mappings, so it can check the views, and one view against another.
//           Viewing a process that ends meanwhile is safe.
// Next      ../../pgtbl/
#include "t.h"

#include "abi/errno.h"
#include "abi/pgmap.h"
#include "kernel/riscv.h"

#define PAGES 64
#define MOST  6000 // entries of a table

static char pages[(PAGES + 1) * PAGE] __attribute__((aligned(PAGE)));

// Returns the entry of the page of va in this process; it must be mapped.
static struct pgentry
entry_of(const void *va, uint what)
{
    struct pgentry e;
    struct pgquery q = {.pid = getpid(), .what = what, .va = (uint64)va, .last = (uint64)va};

    q.level = PGQ_TOP;
    want(pgmap(&q, &e, 1) == 1, "nothing is mapped at %p", va);
    return e;
}

// One translation, for this process.
static struct ptwalk
walk_of(uint64 va, uint how)
{
    struct ptwalk w = {.pid = getpid(), .how = how, .va = va};

    want(ptwalk(&w) == 0, "ptwalk(0x%lx) failed", va);
    return w;
}

// Returns the first non-canonical address of the current mode.
static uint64
no_address(void)
{
    return 1UL << (PXSHIFT(walk_of(0, PTW_USER).levels) - 1);
}

// pgmap() shows each entry's frame, rights, users and region.
static void
t_pgmap(void)
{
    struct pgentry text, data, shared;

    pages[0] = 1;
    text = entry_of((void *)16, 0);
    data = entry_of(pages, 0);
    want(text.region == PGR_IMAGE && text.kind == PGK_CACHE && !(text.pte & PTE_W), "text: 0x%lx",
         text.pte);
    want(data.va == (uint64)pages && data.size == PAGE && data.level == 0, "va 0x%lx", data.va);
    want(data.pte == pgpte(pages) && data.pa == PTE2PA(data.pte), "pte 0x%lx", data.pte);
    want(data.kind == PGK_USER && data.refs == 1 && data.maps == 1, "%d users", data.refs);
    want(data.owner == (uint)getpid(), "owner %d", data.owner);
    if (t_fork() == 0) {
        shared = entry_of(pages, 0);
        want(shared.refs == 2 && shared.maps == 2 && !(shared.pte & PTE_W), "not shared");
        pages[0] = 2;
        shared = entry_of(pages, 0);
        want(shared.refs == 1 && shared.owner == (uint)getpid() && shared.pa != data.pa, "shared");
        exit(0);
    }
    t_wait_ok(1);
}

// Asks for as many entries at a time as there is room for. Returns how many there are.
static int
all_entries(struct pgquery q, struct pgentry *all)
{
    int n = 0, got;

    while ((got = pgmap(&q, all + n, MOST - n)) > 0)
        n += got;
    want(n < MOST && got == 0 && n > 5, "what %d: %d entries, then %d, %lx", q.what, n, got, q.va);
    return n;
}

// Reading entries one at a time or many at a time gives equal results, with pointers or without.
static void
t_pgmapchunks(void)
{
    struct pgentry *all = (struct pgentry *)t_grow(MOST * sizeof(*all));
    struct pgentry one;

    memset(all, 1, MOST * sizeof(*all)); // so that pgmap() maps no page of the array
    one = all[0];
    for (uint what = 0; what < 4; what++) {
        struct pgquery slow = {.pid = getpid(), .what = what, .level = PGQ_TOP, .last = ~0UL};
        all_entries(slow, all); // the kernel's first stores set bits in the array's entries
        int n = all_entries(slow, all);
        for (int i = 0; i < n; i++) {
            want(pgmap(&slow, &one, 1) == 1, "entry %d of %d is missing", i, n);
            want(one.va == all[i].va && one.pte == all[i].pte && one.level == all[i].level,
                 "entry %d: va 0x%lx level %d", i, one.va, one.level);
            want(i == 0 || all[i].va >= all[i - 1].va, "entry %d: not in order", i);
        }
        want(pgmap(&slow, &one, 1) == 0, "there are more than %d entries", n);
    }
    sbrk(-(int)(MOST * sizeof(*all)));
}

// The kernel's own table: nothing writable and executable, nothing for the user.
static void
t_pgmapkernel(void)
{
    static struct pgentry e[50];
    struct pgquery q = {.level = PGQ_TOP, .last = ~0UL};
    int n, total = 0;

    while ((n = pgmap(&q, e, 50)) > 0) {
        total += n;
        for (int i = 0; i < n; i++) {
            want((e[i].pte & (PTE_W | PTE_X)) != (PTE_W | PTE_X), "0x%lx is W and X", e[i].va);
            want(!(e[i].pte & PTE_U), "0x%lx is the user's", e[i].va);
        }
    }
    want(n == 0 && total > 20, "%d entries, then %d", total, n);
}

// Returns whether the call has failed with this error.
static int
refused(long result, int error)
{
    return result == -1 && ((volatile struct usyscall *)USYSCALL)->err == error;
}

static void
t_pgmapbad(void)
{
    struct pgentry e;
    struct pgquery good = {.pid = getpid(), .level = PGQ_TOP, .last = ~0UL}, q = good;

    q.pid = 30000;
    want(refused(pgmap(&q, &e, 1), ESRCH), "pid 30000");
    q.pid = -1;
    want(refused(pgmap(&q, &e, 1), EINVAL), "pid -1");
    q = good;
    q.what = 1U << 31;
    want(refused(pgmap(&q, &e, 1), EINVAL), "what 0x%x", q.what);
    q = good;
    q.va = no_address();
    want(refused(pgmap(&q, &e, 1), EINVAL), "an address that is none");
    q = good;
    q.level = -5;
    want(pgmap(&q, &e, 1) == 0, "level -5");
    want(refused(pgmap(&good, &e, 0), EINVAL) && refused(pgmap(&good, &e, -1), EINVAL), "no room");
    for (int i = 0; t_bad[i]; i++) {
        struct ptwalk *w = (struct ptwalk *)t_bad[i];
        q = good;
        want(refused(pgmap((struct pgquery *)t_bad[i], &e, 1), EFAULT), "query at 0x%lx", t_bad[i]);
        want(refused(pgmap(&q, (struct pgentry *)t_bad[i], 1), EFAULT), "entries to 0x%lx",
             t_bad[i]);
        want(refused(ledger((struct ledgerline *)t_bad[i], 10), EFAULT), "ledger to 0x%lx",
             t_bad[i]);
        want(refused(ptwalk(w), EFAULT), "walk at 0x%lx", t_bad[i]);
        want(refused(sysinfo((struct sysinfo *)t_bad[i]), EFAULT), "sysinfo to 0x%lx", t_bad[i]);
    }
}

// A child that forks, changes its memory, and ends, while it is viewed.
static void
restless(long n)
{
    char *argv[] = {"true", 0};

    for (int i = 0; i < 20; i++) {
        sbrk(n * PAGE);
        if (fork() == 0) {
            exec("/bin/true", argv);
            exit(1);
        }
        wait(0);
        sbrk(-n * PAGE);
    }
}

static void
t_pgmaprace(void)
{
    static struct pgentry e[20];

    for (int round = 0; round < 5; round++) {
        int first = t_spawn(restless, 5), second = t_spawn(restless, 300);
        for (int i = 0; i < 300; i++) {
            struct pgquery q = {.pid = first + i % 8, .what = i & 3, .level = PGQ_TOP};
            struct ptwalk w = {.pid = second, .how = PTW_USER, .va = (uint64)pages};
            q.last = ~0UL;
            while (pgmap(&q, e, 20) > 0)
                ;
            ptwalk(&w);
        }
        t_wait_ok(2);
    }
}

static void
walk_must(uint64 va, uint how, const char *rule)
{
    struct ptwalk w = walk_of(va, how);

    want(strcmp(w.rule, rule) == 0, "0x%lx, 0x%x: rule %s, not %s", va, how, w.rule, rule);
    if (strcmp(rule, "ok") == 0 && va < MAXVA)
        want(w.pa == PTE2PA(pgpte((void *)va)) + va % PAGE && w.reads == w.levels, "pa 0x%lx",
             w.pa);
}

static void
t_ptwalk(void)
{
    struct ptwalk w = {.pid = getpid(), .how = 3};

    pages[0] = 1;
    walk_must((uint64)pages + 5, PTW_USER | PTW_READ, "ok");
    walk_must((uint64)pages + 5, PTW_USER | PTW_WRITE, "ok");
    walk_must((uint64)pages, PTW_USER | PTW_EXEC, "exec");
    walk_must(0, PTW_USER | PTW_WRITE, "write");
    walk_must(0, PTW_USER | PTW_EXEC, "ok");
    walk_must((uint64)sbrklazy(PAGE), PTW_USER, "valid"); // never touched
    walk_must(0x80000000, PTW_USER, "valid");
    walk_must(no_address(), PTW_USER, "canonical");
    want(strcmp(walk_of(MAXVA, PTW_USER).rule, "ok") != 0, "something is mapped at MAXVA");
    walk_must(0xffffffff80200000, PTW_EXEC, "ok");
    want(refused(ptwalk(&w), EINVAL), "access 3 is none");
    w = (struct ptwalk){.pid = 30000};
    want(refused(ptwalk(&w), ESRCH), "pid 30000");
}

// The ledger's lines add up, and one page more shows as one page more.
static uint64
frames_of(struct ledgerline *line, int n, uint kind, uint owner)
{
    uint64 sum = 0;

    for (int i = 0; i < n; i++) {
        if (line[i].kind == kind && line[i].owner == owner)
            sum += line[i].frames;
    }
    return sum;
}

static void
t_ledger(void)
{
    static struct ledgerline line[1024];
    int n = ledger(line, 1024), pid = getpid(); // from now on line[] is the process's own
    uint64 total = 0, mine;
    struct meminfo m;

    n = ledger(line, 1024);
    mine = frames_of(line, n, PGK_USER, pid);
    for (int i = 0; i < n; i++)
        total += line[i].frames;
    want(meminfo(&m) == 0 && total >= m.total / PAGE, "%lu frames of %lu", total, m.total / PAGE);
    want(frames_of(line, n, PGK_PGTABLE, pid) >= 3, "no page tables");
    t_grow(10 * PAGE);
    n = ledger(line, 1024);
    want(frames_of(line, n, PGK_USER, pid) == mine + 10, "%lu pages, then %lu", mine,
         frames_of(line, n, PGK_USER, pid));
    want(ledger(line, 0) == n && ledger(line, -1) == -1, "ledger without room");
}

static void
t_pgpte(void)
{
    pte_t text, data;

    pages[0] = 1;
    text = pgpte(0);
    data = pgpte(pages);
    want((text & (PTE_V | PTE_R | PTE_W | PTE_U)) == (PTE_V | PTE_R | PTE_U), "0x%lx", text);
    want((data & (PTE_V | PTE_W | PTE_U | PTE_D)) == (PTE_V | PTE_W | PTE_U | PTE_D), "0x%lx",
         data);
    want(pgpte(pages + 1) == data, "not the same inside of the page");
    want(pgpte(sbrk(0)) == 0 && pgpte((void *)0x80000000) == 0, "unmapped");
    want(ugetpid() > 0 && pgpte((void *)USYSCALL) != 0, "the page at USYSCALL");
    want(pgpte((void *)MAXVA) == 0 && pgpte((void *)-1) == 0, "no user address");
    want(pgpte((void *)0xffffffff80200000) == 0, "a kernel address");
}

// pgaccess() tells the pages that were read or written since its last call.
static void
t_pgaccess(void)
{
    uint64 bits;
    uint word;

    for (int i = 0; i < PAGES; i++)
        pages[i * PAGE] = 1;
    want(pgaccess(pages, PAGES, &bits) == 0, "pgaccess failed");
    want(bits == ~0UL, "0x%lx after touching all", bits);
    want(pgaccess(pages, PAGES, &bits) == 0 && bits == 0, "0x%lx after nothing", bits);
    pages[1 * PAGE] += 1;
    t_load((long)&pages[30 * PAGE + 7]);
    t_store((long)&pages[63 * PAGE + 4095]);
    want(pgaccess(pages + 20, PAGES, &bits) == 0, "pgaccess failed");
    want(bits == (1UL << 1 | 1UL << 30 | 1UL << 63), "0x%lx", bits);
    t_load((long)&pages[2 * PAGE]);
    word = ~0U;
    want(pgaccess(pages, 10, &word) == 0 && word == 4, "0x%x: a word is written whole", word);
    t_load((long)&pages[3 * PAGE]);
    if (t_fork() == 0) {
        want(pgaccess(pages, PAGES, &bits) == 0 && bits == 8, "0x%lx in the child", bits);
        pages[5 * PAGE] = 9;
        want(pgaccess(pages, PAGES, &bits) == 0 && bits == 32, "0x%lx in the child", bits);
        exit(0);
    }
    t_wait_ok(1);
}

static void
t_pgaccessbad(void)
{
    uint64 bits = 5;

    want(pgaccess((void *)0x80000000, 64, &bits) == 0 && bits == 0, "unmapped: 0x%lx", bits);
    want(pgaccess((void *)(MAXVA - PAGE), 1, &bits) == 0, "the last page");
    want(refused(pgaccess((void *)(MAXVA - PAGE), 2, &bits), EINVAL), "beyond the last page");
    want(refused(pgaccess(pages, -1, &bits), EINVAL), "a count of -1");
    want(refused(pgaccess(pages, 1 << 30, &bits), EINVAL), "a count of 2^30");
    want(pgaccess(pages, 0, &bits) == 0, "no page");
    want(refused(pgaccess(pages, 64, (void *)16), EFAULT), "the mask in text");
    for (int i = 0; t_bad[i]; i++) {
        want(refused(pgaccess(pages, 32, (void *)t_bad[i]), EFAULT), "mask at 0x%lx", t_bad[i]);
        if (t_bad[i] >= MAXVA)
            want(refused(pgaccess((void *)t_bad[i], 1, &bits), EINVAL), "page 0x%lx", t_bad[i]);
    }
}

// sysinfo(): shrinking frees exactly the bytes that growing took, and 0 bytes are free when memory
// is used up.
static void
t_sysinfo(void)
{
    struct sysinfo before, info;
    uint64 base = (uint64)sbrk(0), tables;

    sync(); // a write-back in between would take pages of its own
    t_grow(PAGE);
    sbrk(-PAGE);
    want(sysinfo(&before) == 0, "sysinfo failed");
    t_grow(PAGE);
    want(sysinfo(&info) == 0 && before.freemem - info.freemem == PAGE, "%lu bytes for a page",
         before.freemem - info.freemem);
    sbrk(-PAGE);
    for (int i = 0; i < PAGE; i++)
        sbrk(1);
    want(sysinfo(&info) == 0 && before.freemem - info.freemem == PAGE, "%lu bytes, byte by byte",
         before.freemem - info.freemem);
    sbrk(-PAGE);
    want(sysinfo(&info) == 0 && before.freemem == info.freemem, "free: %lu, then %lu",
         before.freemem, info.freemem);
    if (t_fork() == 0) {
        want(sysinfo(&info) == 0 && info.nproc == before.nproc + 1, "%lu processes", info.nproc);
        exit(0);
    }
    t_wait_ok(1);
    while (sbrk(PAGE) != (char *)-1)
        ;
    // The first page of a leaf table's range needs the table and the kernel's mirror of it, too.
    tables = (uint64)sbrk(0) % (2 * MIB) ? 0 : 2;
    want(sysinfo(&info) == 0 && info.freemem <= tables * PAGE, "%lu bytes are left", info.freemem);
    sbrk((int)(base - (uint64)sbrk(0)));
}

const struct test view_tests[] = {
    TEST(pgmap, 0),     TEST(pgmapchunks, 0), TEST(pgmapkernel, 0), TEST(pgmapbad, 0),
    TEST(pgmaprace, 0), TEST(ptwalk, 0),      TEST(ledger, 0),      TEST(pgpte, 0),
    TEST(pgaccess, 0),  TEST(pgaccessbad, 0), TEST(sysinfo, 0),     {0, 0, 0},
};
