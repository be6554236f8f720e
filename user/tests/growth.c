// SPDX-License-Identifier: MIT
// growth.c - the cost of n operations while the number of things grows, for one size n.
//
// Usage     growth KIND N   prints `growth: KIND N: INSTRUCTIONS`, the sum for all N
//           KIND: regions, heap, names, files, processes, writers
//           growth boot   prints `growth: boot: INSTRUCTIONS`, those since the machine was started
// Theory    Instructions are those of the hart, so that on a machine with one hart the work of other
//           processes counts. A caller compares N with 2 N: the sum may double, and a little more.
#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "abi/mman.h"
#include "user/user.h"

#define PAGE   4096
#define FAILED ((char *)-1)
#define PIECE  512 // bytes of one write

static uint64
instructions(void)
{
    uint64 n;

    asm volatile("rdinstret %0" : "=r"(n)::"memory");
    return n;
}

// Maps n single pages that cannot be joined, touches them, and unmaps them from the first on.
static int
regions(int n)
{
    char **at = malloc(n * sizeof(*at));

    for (int i = 0; i < n; i++) {
        int prot = i % 2 ? PROT_READ : PROT_READ | PROT_WRITE;
        at[i] = mmap(0, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at[i] == FAILED || *(volatile char *)at[i] != 0)
            return -1;
    }
    for (int i = 0; i < n; i++) {
        if (munmap(at[i], PAGE) < 0)
            return -1;
    }
    free(at);
    return 0;
}

static int
heap(int n)
{
    for (int i = 0; i < n; i++) {
        char *page = sbrk(PAGE);
        if (page == FAILED)
            return -1;
        *(volatile char *)page = 1;
    }
    return sbrk(-n * PAGE) == FAILED ? -1 : 0;
}

static void
name_of(char *name, int i)
{
    name[0] = 'n';
    for (int at = 5; at > 0; at--, i /= 10)
        name[at] = '0' + i % 10;
    name[6] = 0;
}

// Makes n files in one directory, opens each, and removes them.
static int
names(int n)
{
    char name[8];
    int bad = mkdir("/growth.d") < 0 || chdir("/growth.d") < 0;

    for (int i = 0; !bad && i < n; i++) {
        name_of(name, i);
        bad = close(open(name, O_CREATE | O_WRONLY)) < 0;
    }
    for (int i = 0; !bad && i < n; i++) {
        name_of(name, i);
        bad = close(open(name, O_RDONLY)) < 0 || unlink(name) < 0;
    }
    return bad || chdir("/") < 0 || unlink("/growth.d") < 0 ? -1 : 0;
}

// Opens one file n times, by processes that have 16 of it each, and lets all of them go.
static int
files(int n)
{
    int p[2], bad = pipe(p) < 0;
    char c;

    for (int i = 0; !bad && i < n; i += 16) {
        int pid = fork();
        if (pid == 0) {
            close(p[1]);
            for (int j = 0; j < 16; j++)
                bad |= open("README", O_RDONLY) < 0;
            read(p[0], &c, 1);
            exit(bad);
        }
        bad = pid < 0;
    }
    close(p[1]);
    close(p[0]);
    for (int i = 0, status; !bad && i < n; i += 16)
        bad = wait(&status) < 0 || status != 0;
    return bad ? -1 : 0;
}

// Has n children that sleep at once, and waits for all.
static int
processes(int n)
{
    int p[2], status, bad = pipe(p) < 0;
    char c;

    for (int i = 0; !bad && i < n; i++) {
        int pid = fork();
        if (pid == 0) {
            close(p[1]);
            read(p[0], &c, 1);
            exit(0);
        }
        bad = pid < 0;
    }
    close(p[1]);
    close(p[0]);
    for (int i = 0; !bad && i < n; i++)
        bad = wait(&status) < 0 || status != 0;
    return bad ? -1 : 0;
}

// n processes write 100 times each into one pipe, which is always full.
static int
writers(int n)
{
    static char buf[PIECE];
    int p[2], bad = pipe(p) < 0, got;

    for (int i = 0; !bad && i < n; i++) {
        int pid = fork();
        if (pid == 0) {
            for (int j = 0; j < 100; j++)
                write(p[1], buf, PIECE);
            exit(0);
        }
        bad = pid < 0;
    }
    close(p[1]);
    for (long left = (long)n * 100 * PIECE; !bad && left > 0; left -= got) {
        got = read(p[0], buf, PIECE);
        bad = got <= 0;
    }
    close(p[0]);
    for (int i = 0; !bad && i < n; i++)
        bad = wait(0) < 0;
    return bad ? -1 : 0;
}

static const struct {
    const char *name;
    int (*run)(int n);
} kinds[] = {
    {"regions", regions}, {"heap", heap},           {"names", names},
    {"files", files},     {"processes", processes}, {"writers", writers},
};

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "boot") == 0) {
        printf("growth: boot: %lu\n", instructions());
        exit(0);
    }
    for (int i = 0; argc == 3 && i < (int)(sizeof(kinds) / sizeof(kinds[0])); i++) {
        if (strcmp(argv[1], kinds[i].name) != 0)
            continue;
        int bad = kinds[i].run(atoi(argv[2])); // brings in what is on the disk: waiting counts, too
        uint64 from = instructions();
        if (bad || kinds[i].run(atoi(argv[2])) < 0) {
            printf("growth: FAILED: %s %s\n", argv[1], argv[2]);
            exit(1);
        }
        printf("growth: %s %s: %lu\n", argv[1], argv[2], instructions() - from);
        exit(0);
    }
    fprintf(2, "usage: growth regions|heap|names|files|processes|writers N | boot\n");
    exit(1);
}
