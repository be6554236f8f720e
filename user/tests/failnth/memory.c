// SPDX-License-Identifier: MIT
// memory.c - workloads: growing, touching, sharing and mapping memory.
#include "failnth.h"

#define GROWTH (40 * PAGE)
#define LARGE  (3L << 20) // room for a superpage
#define NPAGES 12
#define FILE   "m"
#define FILLED (2 * PAGE + 100) // bytes of the file

static char pages[NPAGES][PAGE]; // shared with children until written
static char *start, *mapped;
static long amount;
static int fds[2], fd, flags, child;

// ---- The break

static void
fill_and_check(char *p, long n)
{
    for (long i = 0; i < n; i += PAGE)
        want(p[i] == 0, "new memory is not zero");
    for (long i = 0; i < n; i += PAGE)
        p[i] = (char)(i / PAGE + 1);
    for (long i = 0; i < n; i += PAGE)
        want(p[i] == (char)(i / PAGE + 1), "memory has changed");
}

static long
grow(void)
{
    char *p = sbrk(amount);

    want(p == start || sbrk(0) == start, "a failed sbrk moved the break");
    return p == FAILED ? -1 : 0;
}

static long
grow_lazily(void)
{
    return sbrklazy(amount) == FAILED ? -1 : 0;
}

static int
grow_and_shrink(const char *what, step_fn *how, long n)
{
    start = sbrk(0);
    amount = n;
    step(what, how);
    fill_and_check(start, n);
    want(sbrk(-n) == start + n && sbrk(0) == start, "shrinking");
    return met();
}

static int
run_eager(void)
{
    return grow_and_shrink("sbrk", grow, GROWTH);
}

static int
run_large(void)
{
    return grow_and_shrink("sbrk of 3 MiB", grow, LARGE);
}

static int
run_lazy(void)
{
    return grow_and_shrink("lazy sbrk", grow_lazily, GROWTH);
}

// ---- The kernel itself touches lazy memory

static long
make_pipe(void)
{
    return pipe(fds);
}

static long
write_eight(void)
{
    return write(fds[1], "failures", 8) == 8 ? 0 : -1;
}

static long
read_eight(void)
{
    return read(fds[0], start + PAGE - 4, 8) == 8 ? 0 : -1;
}

static int
run_copy(void)
{
    start = sbrk(0);
    amount = 2 * PAGE;
    step("lazy sbrk", grow_lazily);
    step("pipe", make_pipe);
    step("write", write_eight);
    step("read", read_eight);
    want(memcmp(start + PAGE - 4, "failures", 8) == 0, "what was read");
    return met();
}

// ---- Copy-on-write

static void
mark(int value)
{
    for (int i = 0; i < NPAGES; i++)
        pages[i][i] = (char)(value + i);
}

static void
check_mark(int value)
{
    for (int i = 0; i < NPAGES; i++)
        want(pages[i][i] == (char)(value + i), "another process's store arrived");
}

static long
make_child(void)
{
    return child = fork();
}

// Each generation forks the next, and all write to the same pages.
static int
run_cow(void)
{
    int generation = 1, status;

    mark(generation);
    for (; generation < 4; generation++) {
        step("fork", make_child);
        if (child != 0)
            break;
        check_mark(generation);
        mark(generation + 1);
    }
    mark(100 + generation);
    status = child ? ended(child) : 0;
    check_mark(100 + generation);
    want(status != BROKEN, "the next generation");
    if (status != 0)
        printf("failnth: the child of generation %d ended with %d\n", generation, status);
    return status ? MET : met();
}

// ---- Leaf leaf tables whose copy a fork defers (shares until the first touch)

#define TABLE  (512 * PAGE) // bytes that one leaf table maps
#define TABLES 2
#define NAPART 6

// Returns the i-th page to touch: alternately of one table and the other, never two neighbours.
static volatile char *
apart(int i)
{
    return mapped + i % TABLES * TABLE + (NAPART - i) * 20 * PAGE;
}

static long
map_apart(void)
{
    mapped = mmap(0, TABLES * TABLE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mapped == FAILED ? -1 : 0;
}

static long
unmap_part(void)
{
    return munmap(mapped, 21 * PAGE);
}

static long
unmap_apart(void)
{
    return munmap(mapped, TABLES * TABLE);
}

static void
check_apart(int first)
{
    for (int i = first; i < NAPART; i++)
        want(*apart(i) == 'a' + i, "another process's store arrived");
}

// A grandchild: its parent has touched no table, or one.
static int
be_grandchild(void)
{
    *apart(0) = 'x';
    check_apart(1);
    *apart(1) = 'y';
    return met();
}

static int
be_child(void)
{
    int status;

    want(*apart(1) == 'b', "what there was");
    step("fork of the child", make_child);
    if (child == 0)
        exit(be_grandchild());
    step("munmap of a part", unmap_part);
    status = ended(child);
    want(status != BROKEN, "the grandchild");
    *apart(0) = 'z';
    check_apart(1);
    return status ? MET : met();
}

static int
run_deferred(void)
{
    int status;

    step("mmap", map_apart);
    for (int i = 0; i < NAPART; i++)
        *apart(i) = (char)('a' + i);
    step("fork", make_child);
    if (child == 0)
        exit(be_child());
    *apart(0) = 'A';
    status = ended(child);
    want(status != BROKEN, "the child");
    want(*apart(0) == 'A', "the child's store arrived");
    step("fork again", make_child);
    if (child == 0)
        exit(met());
    status |= ended(child);
    check_apart(1);
    step("munmap", unmap_apart);
    if (status != 0)
        printf("failnth: a child ended with %d\n", status);
    return status ? MET : met();
}

// ---- Mapped files

static void
make_file(void)
{
    static char text[FILLED];
    int f = open(FILE, O_CREATE | O_RDWR | O_TRUNC);

    memset(text, 'f', sizeof(text));
    prepared(f >= 0 && write(f, text, sizeof(text)) == sizeof(text), FILE);
    close(f);
}

static long
open_file(void)
{
    return fd = open(FILE, O_RDWR);
}

static long
map(void)
{
    mapped = mmap(0, 3 * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
    return mapped == FAILED ? -1 : 0;
}

static long
unmap(void)
{
    return munmap(mapped, 3 * PAGE);
}

static long
unmap_middle(void)
{
    return munmap(mapped + PAGE, PAGE);
}

static long
protect(void)
{
    return mprotect(mapped + PAGE, PAGE, PROT_READ);
}

static long
sync_map(void)
{
    return msync(mapped, 3 * PAGE);
}

static int
run_private(void)
{
    char c;

    flags = MAP_PRIVATE;
    step("open", open_file);
    step("mmap", map);
    close(fd);
    want(mapped[0] == 'f' && mapped[FILLED - 1] == 'f' && mapped[FILLED] == 0, "mapped contents");
    mapped[0] = mapped[PAGE] = 'x';
    step("mprotect", protect);
    step("munmap of the middle", unmap_middle);
    step("munmap", unmap);
    step("open", open_file);
    want(read(fd, &c, 1) != 1 || c == 'f', "a private store reached the file");
    return met();
}

static int
run_shared(void)
{
    flags = MAP_SHARED;
    step("open", open_file);
    step("mmap", map);
    mapped[0] = mapped[PAGE] = 'x';
    step("msync", sync_map);
    mapped[2 * PAGE] = 'x';
    step("munmap", unmap);
    step("mmap", map);
    want(mapped[0] == 'x' && mapped[PAGE] == 'x' && mapped[2 * PAGE] == 'x' && mapped[1] == 'f',
         "shared stores in the file");
    return met();
}

static int
run_anonymous(void)
{
    int status;

    flags = MAP_SHARED | MAP_ANONYMOUS;
    fd = -1;
    step("mmap", map);
    mapped[0] = 'a';
    step("fork", make_child);
    if (child == 0) {
        want(mapped[0] == 'a', "the parent's store");
        mapped[PAGE] = mapped[0] = 'b';
        exit(met());
    }
    status = ended(child);
    want(status != BROKEN, "the child");
    if (status == 0)
        want(mapped[0] == 'b', "the child's store");
    else
        printf("failnth: the child ended with %d\n", status);
    return status ? MET : met();
}

const struct work memory_works[] = {
    {"sbrk", run_eager, 0, "", WORK_QUICK},
    {"sbrklarge", run_large, 0, "", 0},
    {"lazy", run_lazy, 0, "", WORK_QUICK},
    {"copy", run_copy, 0, "", WORK_QUICK},
    {"cow", run_cow, 0, "", WORK_QUICK},
    {"deferred", run_deferred, 0, "", WORK_QUICK},
    {"mmapprivate", run_private, make_file, "", WORK_QUICK},
    {"mmapshared", run_shared, make_file, "", WORK_QUICK},
    {"mmapanon", run_anonymous, 0, "", 0},
    {0, 0, 0, 0, 0},
};
