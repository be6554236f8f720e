// SPDX-License-Identifier: MIT
// rest.c - the state that a workload must leave as it was.
//
// Theory    Frames of each kind that processes own, from the ledger, and free blocks and inodes.
//           The cache and kernel objects (inodes, names) may grow; taking all memory shows the part
//           that cannot be reclaimed. A descendant whose parent was killed may take a moment to
//           end.
#include "failnth.h"

#include "abi/pgmap.h"
#include "abi/sysinfo.h"

#define LINES    512
#define PATIENCE 50 // ticks

static struct rest {
    unsigned long frames[PGK_KINDS];
    struct statfs disk;
} before;

static const char *const kind_name[PGK_KINDS] = {"free",  "reserved",     "page table", "user",
                                                 "cache", "kernel stack", "trapframe",  "usyscall",
                                                 "slab",  "dma"};

static void
measure(struct rest *r)
{
    static struct ledgerline line[LINES];
    struct meminfo m; // the call drains the caches of free memory
    int n;

    memset(r, 0, sizeof(*r));
    sync();
    meminfo(&m);
    n = ledger(line, LINES);
    prepared(n > 0 && n <= LINES, "ledger");
    for (int i = 0; i < n; i++)
        r->frames[line[i].kind] += line[i].frames;
    statfs("/", &r->disk);
}

static int
is_exact(int kind)
{
    return kind != PGK_FREE && kind != PGK_CACHE && kind != PGK_SLAB;
}

static int
differs(const struct rest *r)
{
    int bad = r->disk.bfree != before.disk.bfree || r->disk.ffree != before.disk.ffree;

    for (int i = 0; i < PGK_KINDS; i++)
        bad |= is_exact(i) && r->frames[i] != before.frames[i];
    return bad;
}

static void
print_difference(const struct rest *r)
{
    for (int i = 0; i < PGK_KINDS; i++) {
        if (is_exact(i) && r->frames[i] != before.frames[i])
            printf("failnth: %s frames: %lu, were %lu\n", kind_name[i], r->frames[i],
                   before.frames[i]);
    }
    if (r->disk.bfree != before.disk.bfree || r->disk.ffree != before.disk.ffree)
        printf("failnth: free blocks %lu, were %lu; free inodes %lu, were %lu\n", r->disk.bfree,
               before.disk.bfree, r->disk.ffree, before.disk.ffree);
}

void
rest_take(void)
{
    measure(&before);
}

int
rest_lost(void)
{
    struct rest now;

    for (int i = 0; i < PATIENCE; i++) {
        measure(&now);
        if (!differs(&now))
            return 0;
        sleep(1);
    }
    print_difference(&now);
    return 1;
}

static void
take_all(void)
{
    int pages = 0;

    for (int chunk = 256; chunk > 0; chunk /= 16) {
        while (sbrk(chunk * PAGE) != FAILED)
            pages += chunk;
    }
    exit(pages);
}

// Reclaims everything reclaimable.
// Returns   the number of pages that one process can get.
long
pages_free(void)
{
    int pid = fork();

    prepared(pid >= 0, "fork");
    if (pid == 0)
        take_all();
    return ended(pid);
}
