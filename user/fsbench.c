// SPDX-License-Identifier: MIT
// fsbench.c - the cost of file operations, disk included.
//
// Usage     fsbench
// Output    for each row the instructions and disk requests of one operation. A row ends with
//           sync(). The last column is the number of blocks written for each block of contents
//           (write amplification).
// Theory    As in bench: instret is exact under QEMU's -icount shift=0, and idle time counts there. The requests come
//           from the statistics device.
#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "ulib/format.h"
#include "user/user.h"

#define DIR   "/fsbench.d"
#define FILES 1000
#define BIG   (16 * 1024 * 1024)
#define PIECE 65536
#define SYNCS 50

struct counts {
    uint64 instr, reads, writes, flushes;
};

static char buf[PIECE];

static const char *
find(const char *text, const char *word)
{
    uint n = (uint)strlen(word);
    for (; *text; text++) {
        if (memcmp(text, word, n) == 0)
            return text;
    }
    return 0;
}

// Returns the number that stands before the word `what` in the line that begins with `line`.
static uint64
number(const char *text, const char *line, const char *word)
{
    const char *p = find(text, line), *end = p ? find(p, word) : 0;
    if (!end)
        return 0;
    for (p = end - 1; p[-1] >= '0' && p[-1] <= '9'; p--)
        ;
    return (uint64)atoi(p);
}

static struct counts
now(void)
{
    static char text[2048];
    struct counts c;
    int n = statistics(text, sizeof text - 1);
    text[n > 0 ? n : 0] = 0;
    c.reads = number(text, "disk:", " reads");
    c.writes = number(text, "disk:", " writes");
    c.flushes = number(text, "disk:", " flushes");
    asm volatile("rdinstret %0" : "=r"(c.instr)::"memory");
    return c;
}

static void
die(const char *what)
{
    fprintf(2, "fsbench: %s failed\n", what);
    exit(1);
}

// Prints total / n with one decimal.
static void
column(uint64 total, uint64 n)
{
    printf(" %8lu.%lu", total / n, total * 10 / n % 10);
}

// Ends a row of `n` operations and prints it.
static void
report(const char *title, struct counts from, uint64 n, uint64 blocks)
{
    if (sync() < 0)
        die("sync");
    struct counts to = now();
    printf("%-30s  %10lu", title, (to.instr - from.instr) / n);
    column(to.reads - from.reads, n);
    column(to.writes - from.writes, n);
    column(to.flushes - from.flushes, n);
    if (blocks)
        column(to.writes - from.writes, blocks);
    printf("\n");
}

static void
name_of(char *name, int i)
{
    snprintf(name, 32, DIR "/f%d", i);
}

static void
small_files(void)
{
    char name[32];
    struct counts from = now();
    for (int i = 0; i < FILES; i++) {
        name_of(name, i);
        int fd = open(name, O_CREATE | O_RDWR);
        if (fd < 0 || write(fd, buf, 1024) != 1024 || close(fd) < 0)
            die(name);
    }
    report("create 1 KiB, 1,000 files", from, FILES, FILES);
    from = now();
    for (int i = 0; i < FILES; i++) {
        name_of(name, i);
        if (unlink(name) < 0)
            die(name);
    }
    report("unlink, 1,000 files", from, FILES, 0);
}

static void
safe_writes(void)
{
    int fd = open(DIR "/log", O_CREATE | O_RDWR);
    struct counts from = now();
    for (int i = 0; i < SYNCS; i++) {
        if (write(fd, buf, 1024) != 1024 || fsync(fd) < 0)
            die("fsync");
    }
    report("append 1 KiB + fsync", from, SYNCS, SYNCS);
    close(fd);
    unlink(DIR "/log");
}

static void
big_file(void)
{
    int fd = open(DIR "/big", O_CREATE | O_RDWR);
    struct counts from = now();
    for (int done = 0; done < BIG; done += PIECE) {
        if (write(fd, buf, PIECE) != PIECE)
            die("write of 16 MiB");
    }
    report("write 16 MiB, per 4 KiB", from, BIG / 4096, BIG / 4096);
    close(fd);
    fd = open(DIR "/big", O_RDONLY);
    from = now();
    for (int done = 0; done < BIG; done += PIECE) {
        if (read(fd, buf, PIECE) != PIECE)
            die("read of 16 MiB");
    }
    report("read 16 MiB, per 4 KiB", from, BIG / 4096, 0);
    close(fd);
    unlink(DIR "/big");
}

int
main(void)
{
    if (mkdir(DIR) < 0)
        die("mkdir " DIR);
    sync();
    printf("%-30s  %10s %10s %10s %10s %10s\n", "operation", "instr", "reads", "writes", "flushes",
           "per block");
    small_files();
    safe_writes();
    big_file();
    unlink(DIR);
    exit(0);
}
