// SPDX-License-Identifier: MIT
// scale.c - several processes do one operation at once, each with objects of its own; `read` with one
// file for all.
//
// Output    `scale KEY PROCESSES TIMES INSTR NS` for 1 process and for N: TIMES operations in
//           all. The instructions are those of all harts together (under -icount), so INSTR / TIMES
//           is the cost of one operation while N processes run, waiting for locks included.
// Theory    Every process warms up, says that it is ready, and waits until a pipe is closed; the
//           clock runs from the closing until the last process has ended its loop.
#include "bench.h"
#include "abi/usyscall.h"

#define SHARED "/scale.read"
#define PIECE  4096
#define PIECES 16

static int mine; // number of the process, for names of its own
static char buf[PIECE];

static int
op_null(int n)
{
    while (n-- > 0)
        getpid();
    return 0;
}

static int
op_sbrk(int n)
{
    while (n-- > 0) {
        char *at = sbrk(4096);
        if (at == (char *)-1)
            return -1;
        *at = 1;
        sbrk(-4096);
    }
    return 0;
}

static int
op_openclose(int n)
{
    char path[] = "/scale.00";

    path[sizeof(path) - 3] += mine / 10;
    path[sizeof(path) - 2] += mine % 10;
    while (n-- > 0) {
        int f = open(path, O_CREATE | O_RDWR);
        if (f < 0 || close(f) < 0)
            return -1;
    }
    return 0;
}

static int
op_fork(int n)
{
    while (n-- > 0) {
        int pid = fork();
        if (pid == 0)
            exit(0);
        if (pid < 0 || wait(0) != pid)
            return -1;
    }
    return 0;
}

// The other end of the pair: sends each byte back.
static void
echo(int from, int to)
{
    char c;

    while (read(from, &c, 1) == 1)
        write(to, &c, 1);
    exit(0);
}

static int
op_pipe(int n)
{
    int to[2], from[2];
    char c = 0;

    if (pipe(to) < 0 || pipe(from) < 0)
        return -1;
    int pid = fork();
    if (pid == 0) {
        close(to[1]);
        echo(to[0], from[1]);
    }
    while (pid > 0 && n > 0 && write(to[1], &c, 1) == 1 && read(from[0], &c, 1) == 1)
        n--;
    close(to[0]);
    close(to[1]);
    close(from[0]);
    close(from[1]);
    return pid > 0 && wait(0) == pid && n == 0 ? 0 : -1;
}

static int
op_read(int n)
{
    int f = open(SHARED, O_RDONLY);

    while (f >= 0 && n > 0) {
        int got = read(f, buf, PIECE);
        if (got == PIECE) {
            n--;
            continue;
        }
        close(f);
        f = got < 0 ? -1 : open(SHARED, O_RDONLY);
    }
    return f < 0 ? -1 : close(f);
}

static const struct {
    const char *key;
    int times;
    int (*op)(int n);
} ops[] = {
    {"null", 20000, op_null}, {"sbrk", 2000, op_sbrk}, {"openclose", 1000, op_openclose},
    {"fork", 100, op_fork},   {"pipe", 500, op_pipe},  {"read", 2000, op_read},
};

#define NOPS ((int)(sizeof(ops) / sizeof(ops[0])))

// One of the processes: says that it is ready, waits for the start, works, ends.
static void
work(int i, int ready, int go)
{
    char c = 0;
    int bad = ops[i].op(ops[i].times / 20) < 0;

    write(ready, &c, 1);
    read(go, &c, 1);
    bad |= ops[i].op(ops[i].times) < 0;
    exit(bad);
}

// The file that all read.
static int
make_file(void)
{
    int f = open(SHARED, O_CREATE | O_TRUNC | O_RDWR), bad = f < 0;

    for (int i = 0; i < PIECES && !bad; i++)
        bad = write(f, buf, PIECE) != PIECE;
    return bad || close(f) < 0 ? -1 : 0;
}

static void
remove_files(int n)
{
    unlink(SHARED);
    char path[] = "/scale.00";

    for (int i = 0; i < n; i++) {
        path[sizeof(path) - 3] = '0' + i / 10;
        path[sizeof(path) - 2] = '0' + i % 10;
        unlink(path);
    }
}

// Runs operation i in n processes and prints the line.
// Returns   0, or -1 when something failed.
static int
run(int i, int n)
{
    int ready[2], go[2], bad = 0, status, started = 0;
    char c;

    if (make_file() < 0 || pipe(ready) < 0 || pipe(go) < 0)
        return -1;
    for (mine = 0; mine < n; mine++) {
        int pid = fork();
        if (pid == 0) {
            close(go[1]);
            work(i, ready[1], go[0]);
        }
        started += pid > 0;
    }
    for (int k = 0; k < started; k++)
        read(ready[0], &c, 1);
    struct clocks from = clocks_now();
    close(go[1]);
    for (int k = 0; k < started; k++)
        bad |= wait(&status) < 0 || status != 0;
    struct clocks to = clocks_now();
    close(go[0]);
    close(ready[0]);
    close(ready[1]);
    remove_files(n);
    if (bad || started < n)
        return -1;
    uint64 base = ((struct usyscall *)USYSCALL)->timebase;
    printf("scale %s %d %d %lu %lu\n", ops[i].key, n, n * ops[i].times, to.instr - from.instr,
           (to.time - from.time) * (1000000000 / (base >= 1000 ? base : 10000000)));
    return 0;
}

int
scale(int harts, const char *key)
{
    int bad = 0, found = 0;

    for (int i = 0; i < NOPS; i++) {
        if (key && strcmp(key, ops[i].key) != 0)
            continue;
        found = 1;
        if (run(i, 1) < 0 || run(i, harts) < 0) {
            printf("scale %s missing\n", ops[i].key);
            bad = 1;
        }
    }
    return found && !bad ? 0 : -1;
}
