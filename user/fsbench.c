// SPDX-License-Identifier: MIT
// fsbench.c - the cost of file operations, disk included.
//
// Usage     fsbench [KEY ...]
// Output    for each row a line for programs, `fsbench KEY TIMES INSTR NS READS WRITES FLUSHES BLOCKS`: the operation
//           was done TIMES times in INSTR instructions and NS nanoseconds; the disk got so many requests, and BLOCKS
//           blocks were written. At the end a table with these figures for one operation.
// Keys      files unlinks appendsync createsync oversync write overwrite coldread
// Theory    As in bench: instret is exact under QEMU's -icount shift=0, and idle time counts there. The requests come
//           from the statistics device. At the end of each row that writes, everything is on the disk. Before the cold
//           read a child process takes all memory, so that the kernel gives up the pages of files.
#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "abi/usyscall.h"
#include "ulib/format.h"
#include "user/user.h"

#define DIR    "/fsbench.d"
#define LOG    DIR "/log"
#define FILES  1000
#define BIG    (16 * 1024 * 1024)
#define PIECE  65536
#define SYNCS  50
#define FILLER (64 * 1024) // bytes that are taken at a time to empty the cache

struct counts {
    uint64 instr, time, reads, writes, flushes, blocks;
};

struct row {
    const char *key, *title;
    int times;
    void (*setup)(void); // before the measurement; 0: nothing
    void (*op)(void);
};

static char buf[PIECE];
static int log_fd, big_fd;

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
    c.blocks = number(text, "disk:", " blocks written");
    asm volatile("rdtime %0\n rdinstret %1" : "=r"(c.time), "=r"(c.instr)::"memory");
    return c;
}

static void
die(const char *what)
{
    fprintf(2, "fsbench: %s failed\n", what);
    exit(1);
}

static int
must_open(const char *name, int flags)
{
    int fd = open(name, flags);
    if (fd < 0)
        die(name);
    return fd;
}

static void
must_sync(void)
{
    if (sync() < 0)
        die("sync");
}

static void
write_fsync(int fd, int n)
{
    if (write(fd, buf, n) != n || fsync(fd) < 0)
        die("write and fsync");
}

// File `i` of the directory, with 1 KiB; the descriptor stays open.
static int
make_file(int i)
{
    char name[32];
    snprintf(name, sizeof name, DIR "/f%d", i);
    int fd = must_open(name, O_CREATE | O_RDWR);
    if (write(fd, buf, 1024) != 1024)
        die(name);
    return fd;
}

static void
remove_files(int n)
{
    char name[32];
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof name, DIR "/f%d", i);
        if (unlink(name) < 0)
            die(name);
    }
}

static void
op_files(void)
{
    for (int i = 0; i < FILES; i++)
        close(make_file(i));
    must_sync();
}

static void
setup_unlinks(void)
{
    for (int i = 0; i < FILES; i++)
        close(make_file(i));
}

static void
op_unlinks(void)
{
    remove_files(FILES);
    must_sync();
}

static void
setup_log(void)
{
    log_fd = must_open(LOG, O_CREATE | O_TRUNC | O_RDWR);
}

static void
op_appendsync(void)
{
    for (int i = 0; i < SYNCS; i++)
        write_fsync(log_fd, 1024);
}

static void
op_createsync(void)
{
    for (int i = 0; i < SYNCS; i++) {
        int fd = make_file(i);
        if (fsync(fd) < 0)
            die("fsync");
        close(fd);
    }
}

static void
setup_over(void)
{
    setup_log();
    write_fsync(log_fd, 4096);
}

static void
op_oversync(void)
{
    for (int i = 0; i < SYNCS; i++) {
        int fd = must_open(LOG, O_RDWR);
        write_fsync(fd, 4096);
        close(fd);
    }
}

static void
op_write(void)
{
    for (int done = 0; done < BIG; done += PIECE) {
        if (write(big_fd, buf, PIECE) != PIECE)
            die("write of 16 MiB");
    }
    if (fsync(big_fd) < 0)
        die("fsync");
}

static void
setup_write(void)
{
    big_fd = must_open(DIR "/big", O_CREATE | O_TRUNC | O_RDWR);
}

static void
setup_overwrite(void)
{
    setup_write();
    op_write();
    close(big_fd);
    big_fd = must_open(DIR "/big", O_RDWR);
}

// Takes memory until there is none, so that no page of a file stays in the cache.
static void
empty_cache(void)
{
    int pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        for (char *p; (p = sbrk(FILLER)) != SBRK_ERROR;)
            ;
        exit(0);
    }
    wait(0);
}

static void
setup_coldread(void)
{
    setup_overwrite();
    must_sync();
    empty_cache();
}

static void
op_coldread(void)
{
    for (int done = 0; done < BIG; done += PIECE) {
        if (read(big_fd, buf, PIECE) != PIECE)
            die("read of 16 MiB");
    }
}

static const struct row rows[] = {
    {"files", "create 1 KiB, 1,000 files", FILES, 0, op_files},
    {"unlinks", "unlink, 1,000 files", FILES, setup_unlinks, op_unlinks},
    {"appendsync", "append 1 KiB + fsync", SYNCS, setup_log, op_appendsync},
    {"createsync", "create + write 1 KiB + fsync", SYNCS, 0, op_createsync},
    {"oversync", "overwrite 4 KiB + fsync", SYNCS, setup_over, op_oversync},
    {"write", "write 16 MiB + fsync, per 4 KiB", BIG / 4096, setup_write, op_write},
    {"overwrite", "overwrite 16 MiB + fsync, same", BIG / 4096, setup_overwrite, op_write},
    {"coldread", "read 16 MiB uncached, per 4 KiB", BIG / 4096, setup_coldread, op_coldread},
};

#define ROWS (sizeof rows / sizeof rows[0])

static struct counts found[ROWS];

static uint64
nanoseconds(uint64 steps)
{
    uint64 base = ((struct usyscall *)USYSCALL)->timebase;
    return base ? steps * (1000000000 / base) : 0;
}

static void
clean_up(void)
{
    char name[32];
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, DIR "/f%d", i);
        if (unlink(name) < 0)
            break;
    }
    unlink(LOG);
    unlink(DIR "/big");
    must_sync();
}

static void
measure(const struct row *r, struct counts *d)
{
    if (r->setup)
        r->setup();
    must_sync();
    struct counts from = now();
    r->op();
    struct counts to = now();
    *d = (struct counts){to.instr - from.instr,     to.time - from.time,
                         to.reads - from.reads,     to.writes - from.writes,
                         to.flushes - from.flushes, to.blocks - from.blocks};
    printf("fsbench %s %d %lu %lu %lu %lu %lu %lu\n", r->key, r->times, d->instr,
           nanoseconds(d->time), d->reads, d->writes, d->flushes, d->blocks);
    close(log_fd);
    close(big_fd);
    log_fd = big_fd = -1;
    clean_up();
}

// Two decimals.
static void
column(uint64 total, int n)
{
    printf(" %5lu.%lu%lu", total / n, total * 10 / n % 10, total * 100 / n % 10);
}

static void
print_row(const struct row *r, const struct counts *d)
{
    if (!d->instr)
        return;
    printf("%-31s %9lu", r->title, d->instr / r->times);
    column(d->reads, r->times);
    column(d->writes, r->times);
    column(d->flushes, r->times);
    column(d->blocks, r->times);
    printf("\n");
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

int
main(int argc, char **argv)
{
    log_fd = big_fd = -1;
    if (mkdir(DIR) < 0)
        die("mkdir " DIR);
    for (uint i = 0; i < ROWS; i++) {
        if (asked(rows[i].key, argc, argv))
            measure(&rows[i], &found[i]);
    }
    printf("\n%-31s %9s %8s %8s %8s %8s\n", "operation", "instr", "reads", "writes", "flushes",
           "blocks");
    for (uint i = 0; i < ROWS; i++)
        print_row(&rows[i], &found[i]);
    unlink(DIR);
    exit(0);
}
