// SPDX-License-Identifier: MIT
// main.c - bench: costs of the system's operations.
//
// Usage     bench [KEY ...]             measure all rows, or those named
//           bench -l                    list the keys
//           bench scale [N [KEY ...]]   the same operation by 1 and by N processes (default 8)
// Output    for each row a line for scripts, `bench KEY TIMES INSTR NS`: TIMES operations (units,
//           in rows that say "per ...") took INSTR instructions and NS nanoseconds; and a table at
//           the end. `bench KEY missing` when the system cannot do it.
// Keys      null pipe1 pipe512 pingpong stream fork exec grow lazy fork4m fork4mw fork16r
//           fork16rw create append read openclose map maprandom mapsome mapstore faultheap
//           faultfile faultcow; with scale: null sbrk openclose fork pipe read
// Theory    instret counts instructions exactly under QEMU's -icount shift=0 and means nothing
//           without it; the time CSR means nothing with it. Both are printed; the reader must know
//           how QEMU was started. Each row warms up first. The loop around the operation, and the
//           library's stub, are part of the figure: a handful of instructions.
// Next      calls.c, procs.c, files.c, maps.c, faults.c explain the rows; scale.c
#include "bench.h"
#include "abi/usyscall.h"

static const struct row *const groups[] = {call_rows, proc_rows, file_rows, map_rows, fault_rows};

#define NGROUPS ((int)(sizeof(groups) / sizeof(groups[0])))
#define NROWS   32

struct result {
    const struct row *row;
    uint64 count, instr, ns;
};

static struct result results[NROWS];
static int nresults;

struct clocks
clocks_now(void)
{
    struct clocks c;

    asm volatile("rdtime %0\n rdinstret %1" : "=r"(c.time), "=r"(c.instr)::"memory");
    return c;
}

void
shuffle(int *order, int n)
{
    uint seed = 1;

    for (int i = 0; i < n; i++) {
        seed = seed * 1103515245 + 12345;
        int j = (int)((seed >> 16) % (uint)(i + 1));
        order[i] = order[j];
        order[j] = i;
    }
}

static uint64
nanoseconds(uint64 steps)
{
    uint64 base = ((struct usyscall *)USYSCALL)->timebase;

    if (base < 1000 || base > 1000000000)
        base = 10000000;
    return steps * (1000000000 / base);
}

// Measures one row.
// Returns   0, or -1 when the system cannot do it.
static int
measure(const struct row *r, struct result *res)
{
    int bad = r->setup && r->setup() < 0;

    if (!bad)
        bad = r->op(r->warmup) < 0;
    struct clocks from = clocks_now();
    if (!bad)
        bad = r->op(r->times) < 0;
    struct clocks to = clocks_now();
    if (r->teardown)
        r->teardown();
    res->row = r;
    res->count = (uint64)r->times * r->units;
    res->instr = to.instr - from.instr;
    res->ns = nanoseconds(to.time - from.time);
    return bad ? -1 : 0;
}

static void
report(const struct row *r)
{
    struct result *res = &results[nresults];

    if (measure(r, res) < 0) {
        printf("bench %s missing\n", r->key);
        return;
    }
    printf("bench %s %lu %lu %lu\n", r->key, res->count, res->instr, res->ns);
    if (nresults < NROWS - 1)
        nresults++;
}

static void
print_table(void)
{
    printf("\n%-42s %12s %12s\n", "operation", "instr", "us");
    for (int i = 0; i < nresults; i++) {
        struct result *r = &results[i];
        uint64 tenths = r->ns / (r->count * 100);
        printf("%-42s %12lu %10lu.%lu\n", r->row->title, r->instr / r->count, tenths / 10,
               tenths % 10);
    }
}

static int
asked(const char *key, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], key) == 0)
            return 1;
    }
    return argc < 2;
}

static int
run_scale(int argc, char **argv)
{
    int n = argc > 2 ? atoi(argv[2]) : 8, bad = 0;

    if (n < 1 || n > 64) {
        printf("usage: bench scale [N (1 to 64) [KEY ...]]\n");
        return 2;
    }
    if (argc <= 3)
        return scale(n, 0) < 0;
    for (int i = 3; i < argc; i++)
        bad |= scale(n, argv[i]) < 0;
    return bad;
}

int
main(int argc, char **argv)
{
    int list = argc == 2 && strcmp(argv[1], "-l") == 0;

    if (argc > 1 && strcmp(argv[1], "scale") == 0)
        exit(run_scale(argc, argv));
    for (int g = 0; g < NGROUPS; g++) {
        for (const struct row *r = groups[g]; r->key; r++) {
            if (list)
                printf("%s\n", r->key);
            else if (asked(r->key, argc, argv))
                report(r);
        }
    }
    if (!list)
        print_table();
    exit(0);
}
