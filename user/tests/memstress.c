// SPDX-License-Identifier: MIT
// memstress.c - processes that use all memory calls at random and check the contents of each page.
//
// Usage     memstress [SEED [STEPS [PROCESSES]]]   ends with `memstress: OK` or `memstress: FAILED: why`
// Theory    A process has up to AREAS areas: heap, private and shared mappings, anonymous and of a
//           file. Each page begins with the stamp last written to it; a page that was never written
//           must be zero, or the file's. Random steps map, grow, shrink, protect, write, check and
//           unmap areas, and fork children that inherit the areas, change them on their own, and
//           check them until they end.
#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/user.h"
#include "abi/mman.h"

#define PAGE       4096
#define FAILED     ((char *)-1)
#define AREAS      6
#define PAGES      640 // in an area, at most
#define TABLE      512 // pages of a whole leaf table, or of a superpage
#define FILE_PAGES 40
#define DEPTH      3
#define SPOKE      7 // exit status

enum { ANON, SHARED, FILE_PRIVATE, KINDS };

struct area {
    char *at; // NULL: none
    int pages;
    int kind;
    int readonly;
    int id;            // of the mapping
    uint stamp[PAGES]; // the value last written to each page; 0: never written
};

static struct area areas[AREAS];
static struct area heap;
static uint state;
static int depth, last_id;
static int through[2]; // a pipe of the process, to store through the kernel

static uint
rnd(uint n)
{
    state = state * 1664525 + 1013904223;
    return (state >> 8) % n;
}

static void
fail(const char *what, const char *where, uint found, uint wanted)
{
    printf("memstress: FAILED: pid %d: %s at %p: %x, not %x\n", getpid(), what, where, found,
           wanted);
    exit(1);
}

// The stamp in page `i` of the file.
static uint
file_stamp(int i)
{
    return 0xf11e0000u + (uint)i;
}

static uint
stamp_at(const char *page)
{
    const uint *word = (const uint *)page;
    uint first = word[0], last = word[PAGE / sizeof(uint) - 1];

    if (first != last)
        fail("a page of two kinds", page, last, first);
    return first;
}

// Stores a word, directly or by read() from a pipe.
static void
put_word(uint *at, uint value)
{
    if (rnd(8) == 0 && write(through[1], &value, sizeof(value)) == sizeof(value) &&
        read(through[0], at, sizeof(value)) == sizeof(value))
        return;
    *at = value;
}

static void
put_stamp(char *page, uint stamp)
{
    uint *word = (uint *)page;

    put_word(&word[0], stamp);
    word[PAGE / sizeof(uint) / 2] = stamp;
    word[PAGE / sizeof(uint) - 1] = stamp;
}

static void
check_page(struct area *a, int i)
{
    uint wanted = a->stamp[i];

    if (a->kind == SHARED)
        return; // others write there as well: see multiply()
    if (!wanted && a->kind == FILE_PRIVATE)
        wanted = file_stamp(i);
    uint found = stamp_at(a->at + (long)i * PAGE);
    if (found != wanted)
        fail("wrong contents", a->at + (long)i * PAGE, found, wanted);
}

static void
check_area(struct area *a)
{
    for (int i = 0; a->at && i < a->pages; i++)
        check_page(a, i);
}

static void
check_all(void)
{
    for (int i = 0; i < AREAS; i++)
        check_area(&areas[i]);
    check_area(&heap);
}

// Writes some pages of the area, in order or anywhere.
static void
write_area(struct area *a)
{
    int n = 1 + (int)rnd(rnd(4) ? 8 : (uint)a->pages), at = (int)rnd((uint)a->pages);

    for (int k = 0; k < n && !a->readonly; k++) {
        int i = rnd(3) ? (at + k) % a->pages : (int)rnd((uint)a->pages);
        if (a->kind != SHARED)
            check_page(a, i);
        a->stamp[i] = 1 + rnd(0x7fffffff);
        put_stamp(a->at + (long)i * PAGE, a->stamp[i]);
    }
}

static void
drop(struct area *a)
{
    if (munmap(a->at, (long)a->pages * PAGE) < 0)
        fail("munmap", a->at, (uint)a->pages, 0);
    a->at = 0;
}

static void
make(struct area *a)
{
    int kind = (int)rnd(KINDS), fd = -1, flags = MAP_ANONYMOUS;
    int pages = rnd(4) ? 1 + (int)rnd(30) : TABLE + (int)rnd(PAGES - TABLE);

    if (kind == FILE_PRIVATE) {
        fd = open("memstress.file", O_RDONLY);
        flags = 0;
        pages = 1 + (int)rnd(FILE_PAGES);
    } else if (kind == SHARED && pages > 64) {
        pages = 64;
    }
    char *at = mmap(0, (long)pages * PAGE, PROT_READ | PROT_WRITE,
                    flags | (kind == SHARED ? MAP_SHARED : MAP_PRIVATE), fd, 0);
    if (fd >= 0)
        close(fd);
    if (at == FAILED)
        return; // memory is short
    a->at = at;
    a->pages = pages;
    a->kind = kind;
    a->readonly = 0;
    a->id = ++last_id;
    memset(a->stamp, 0, sizeof(a->stamp));
}

// Unmaps the end of an area.
static void
cut(struct area *a)
{
    int keep = (int)rnd((uint)a->pages);

    if (!keep) {
        drop(a);
        return;
    }
    if (munmap(a->at + (long)keep * PAGE, (long)(a->pages - keep) * PAGE) < 0)
        fail("munmap", a->at, (uint)keep, 0);
    a->pages = keep;
}

static void
turn_protection(struct area *a)
{
    int prot = a->readonly ? PROT_READ | PROT_WRITE : PROT_READ;

    if (mprotect(a->at, (long)a->pages * PAGE, prot) == 0)
        a->readonly = !a->readonly;
}

static void
move_break(void)
{
    int now = heap.pages, pages = (int)rnd(rnd(3) ? 50 : PAGES);
    long bytes = (long)(pages - now) * PAGE;
    char *old = rnd(2) ? sbrk((int)bytes) : sbrklazy((int)bytes);

    if (old == FAILED)
        return;
    if (old != heap.at + (long)now * PAGE)
        fail("sbrk returns another break", heap.at, 0, 0);
    for (int i = now; i < pages; i++)
        heap.stamp[i] = 0;
    heap.pages = pages;
}

static void run(int steps);

// The body of a child. It leaves a final stamp for its parent in `a`, if `a` is shared and still
// the inherited mapping; the exit status says whether it did.
static void
be_child(int steps, struct area *a)
{
    int id = a->id;

    depth++;
    close(through[0]);
    close(through[1]);
    if (pipe(through) < 0)
        exit(0); // memory is short
    state += (uint)getpid() * 2654435761u;
    switch (rnd(6)) { // the first step varies, and may be none
    case 0:
        exit(0);
    case 1:
    case 2:
        check_all();
    }
    run(steps / 2);
    if (!a->at || a->kind != SHARED || a->id != id || a->readonly)
        exit(0);
    put_stamp(a->at, (uint)getpid());
    exit(SPOKE);
}

// Forks a child that goes on with all areas while the parent writes; neither sees the other's
// stores except in shared areas.
static void
multiply(int steps)
{
    struct area *common = &areas[rnd(AREAS)];
    int status = 0, pid;

    if (depth == DEPTH)
        return;
    pid = fork();
    if (pid < 0)
        return; // memory is short
    if (pid == 0)
        be_child(steps, common);
    for (int i = 0; i < 4; i++) {
        struct area *a = &areas[rnd(AREAS)];
        if (a->at && a->kind != SHARED)
            write_area(a);
    }
    if (wait(&status) != pid || (status != 0 && status != SPOKE))
        fail("a child failed", 0, (uint)status, 0);
    if (status == SPOKE && stamp_at(common->at) != (uint)pid)
        fail("a shared store is lost", common->at, stamp_at(common->at), (uint)pid);
    check_all();
}

static void
step(int steps)
{
    struct area *a = &areas[rnd(AREAS)];

    switch (rnd(12)) {
    case 0:
        if (a->at)
            drop(a);
        break;
    case 1:
        if (a->at)
            cut(a);
        break;
    case 2:
        if (a->at)
            turn_protection(a);
        break;
    case 3:
        move_break();
        break;
    case 4:
        if (steps > 3)
            multiply(steps);
        break;
    case 5:
        check_area(rnd(2) ? a : &heap);
        break;
    case 6:
        if (heap.pages)
            write_area(&heap);
        break;
    default:
        if (!a->at)
            make(a);
        else
            write_area(a);
    }
}

static void
run(int steps)
{
    for (int i = 0; i < steps; i++)
        step(steps);
    check_all();
}

static void
make_file(void)
{
    static char page[PAGE];
    int fd = open("memstress.file", O_CREATE | O_RDWR | O_TRUNC);

    for (int i = 0; i < FILE_PAGES; i++) {
        for (uint k = 0; k < PAGE / sizeof(uint); k++)
            ((uint *)page)[k] = file_stamp(i);
        if (write(fd, page, PAGE) != PAGE)
            fail("write", 0, (uint)i, 0);
    }
    close(fd);
}

int
main(int argc, char **argv)
{
    uint seed = argc > 1 ? (uint)atoi(argv[1]) : 1;
    int steps = argc > 2 ? atoi(argv[2]) : 40;
    int processes = argc > 3 ? atoi(argv[3]) : 8;
    int failed = 0, status;

    make_file();
    for (int i = 0; i < processes; i++) {
        int pid = fork();
        if (pid < 0) {
            printf("memstress: FAILED: fork\n");
            exit(1);
        }
        if (pid == 0) {
            state = seed * 977 + (uint)i;
            if (pipe(through) < 0)
                exit(0);
            heap.at = sbrk(0);
            if ((long)heap.at % PAGE)
                heap.at = sbrk((int)(PAGE - (long)heap.at % PAGE)) + (PAGE - (long)heap.at % PAGE);
            run(steps);
            exit(0);
        }
    }
    for (int i = 0; i < processes; i++)
        if (wait(&status) < 0 || status != 0)
            failed = 1;
    unlink("memstress.file");
    if (!failed)
        printf("memstress: OK\n");
    else
        printf("memstress: FAILED: a process ended badly\n");
    exit(failed);
}
