// SPDX-License-Identifier: MIT
// kptbench.c - the cost of a kernel-table design: boot with kpt=global, fullcopy, sharedroot and
// unified, and compare.
//
// Output    for each operation a line `kptbench DESIGN KEY TIMES INSTR NS SATP FENCES`: TIMES
//           operations took so many instructions, nanoseconds, satp writes and fences in all; then
//           `kptbench DESIGN tables OWN KERNEL`: table pages of this process and of the kernel.
// Keys      null      getpid()
//           copy      4 KiB written into a pipe and read back: one copyin, one copyout
//           fork      fork + exit + wait
//           exec      fork + exec + exit + wait
//           switch    a byte to another process and back, both on this hart: two switches
//           fault     the first touch of a page
// Theory    Instructions are exact under QEMU's -icount shift=0 only; time is meaningful only
//           without it.
#include "ulib/cmd.h"
#include "ulib/format.h"
#include "ulib/string.h"
#include "user/user.h"

#include "abi/pgmap.h"
#include "abi/usyscall.h"

#define PAGE  4096
#define LINES 600

struct counters {
    unsigned long instr, ns, satp, fences;
};

static char design[16];
static char buf[PAGE];
static int to[2], from[2];

static void
op_null(void)
{
    getpid();
}

static void
op_copy(void)
{
    if (write(to[1], buf, PAGE) != PAGE)
        exit(fail("kptbench", "write"));
    for (int got = 0; got < PAGE;)
        got += read(to[0], buf, PAGE);
}

static void
op_fork(void)
{
    int pid = fork();

    if (pid == 0)
        exit(0);
    if (pid < 0 || wait(0) != pid)
        exit(fail("kptbench", "fork"));
}

static void
op_exec(void)
{
    static char *argv[] = {"/bin/true", 0};
    int pid = fork();

    if (pid == 0) {
        exec(argv[0], argv);
        exit(1);
    }
    if (pid < 0 || wait(0) != pid)
        exit(fail("kptbench", "exec"));
}

static void
op_switch(void)
{
    if (write(to[1], buf, 1) != 1 || read(from[0], buf, 1) != 1)
        exit(fail("kptbench", "pipe"));
}

static void
op_fault(void)
{
    *(volatile char *)sbrklazy(PAGE) = 1;
}

static const struct op {
    const char *key;
    void (*once)(void);
    int times;
} ops[] = {
    {"null", op_null, 1000}, {"copy", op_copy, 200},     {"fork", op_fork, 50},
    {"exec", op_exec, 20},   {"switch", op_switch, 200}, {"fault", op_fault, 200},
};

// Returns the number that stands before a word of the statistics.
static unsigned long
count_before(const char *text, const char *word)
{
    const char *at = strstr(text, word);

    if (!at)
        return 0;
    while (at > text && isdigit(at[-1]))
        at--;
    return (unsigned long)strtol(at, 0, 10);
}

// Reads the counters, and the name of the design.
static struct counters
now(void)
{
    static char text[4096];
    unsigned long time, base = ((struct usyscall *)USYSCALL)->timebase;
    struct counters c;
    int n = statistics(text, sizeof(text) - 1);
    char *at;

    text[n > 0 ? n : 0] = 0;
    at = strstr(text, "tables: ");
    if (!at)
        exit(fail_text("kptbench", "statistics", "no counters of tables"));
    strncpy(design, at + 8, sizeof(design));
    if ((at = strchr(design, ',')))
        *at = 0;
    c.satp = count_before(text, " satp writes");
    c.fences = count_before(text, " fences");
    asm volatile("rdtime %0\n rdinstret %1" : "=r"(time), "=r"(c.instr)::"memory");
    c.ns = time * (1000000000 / base);
    return c;
}

static int
echo_back(void)
{
    int pid = fork();

    if (pid == 0) {
        cpupin(0);
        close(to[1]);
        while (read(to[0], buf, 1) == 1)
            write(from[1], buf, 1);
        exit(0);
    }
    return pid;
}

static void
measure(const struct op *op)
{
    struct counters before, a, b;

    op->once();
    before = now();
    a = now(); // the cost of reading the counters, to be subtracted
    for (int i = 0; i < op->times; i++)
        op->once();
    b = now();
    printf("kptbench %s %s %d %lu %lu %lu %lu\n", design, op->key, op->times,
           b.instr - a.instr - (a.instr - before.instr), b.ns - a.ns, b.satp - a.satp,
           b.fences - a.fences);
}

static void
count_tables(void)
{
    static struct ledgerline line[LINES];
    unsigned long own = 0, kernel = 0;
    int n = ledger(line, LINES);

    for (int i = 0; i < n && i < LINES; i++) {
        if (line[i].kind == PGK_PGTABLE && line[i].owner == (unsigned int)getpid())
            own += line[i].frames;
        if (line[i].kind == PGK_PGTABLE && line[i].owner == 0)
            kernel += line[i].frames;
    }
    printf("kptbench %s tables %lu %lu\n", design, own, kernel);
}

int
main(int argc, char **argv)
{
    int child = 0;

    (void)argv;
    if (argc > 1)
        usage("kptbench");
    if (cpupin(0) < 0 || pipe(to) < 0 || pipe(from) < 0)
        return fail("kptbench", "cpupin or pipe");
    for (unsigned int i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        if (ops[i].once == op_switch)
            child = echo_back();
        measure(&ops[i]);
        if (child > 0) {
            kill(child);
            wait(0);
            child = 0;
        }
    }
    count_tables();
    return 0;
}
