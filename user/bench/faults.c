// SPDX-License-Identifier: MIT
// faults.c - rows for page faults: each access below faults once, and the fault maps one page.
//
// Rows      faultheap  first store to a page of the heap
//           faultfile  first load from a page of a file that is in memory
//           faultcow   first store to a page after a fork: the page is copied
// Theory    Kernels map several pages at a fault when a program goes through its memory in order,
//           or when other pages of the file are in memory. So the rows of the heap access every
//           second page, and the file has one page, which is mapped many times. Mapping, fork and
//           unmapping are outside the measurement.
// Next      scale.c
#include "bench.h"
#include "abi/mman.h"

#define PATH  "/bench.fault"
#define PAGE  4096
#define HEAP  (4 * MIB)
#define FIRST 12 // accesses before the measurement
#define TIMES 500
#define PAGES (HEAP / PAGE / 2)

_Static_assert(FIRST + TIMES == PAGES, "each page is accessed once");

static volatile char *page[PAGES];
static int next; // index of the page that is accessed next
static char *heap;
static int fd = -1, gate[2]; // the child of faultcow ends when the gate is closed

static int
op_store(int n)
{
    while (n-- > 0)
        *page[next++] = 1;
    return 0;
}

static int
op_load(int n)
{
    while (n-- > 0)
        (void)*page[next++];
    return 0;
}

static int
setup_faultheap(void)
{
    next = 0;
    heap = sys_sbrk(HEAP, SBRK_LAZY);
    if (heap == (char *)-1)
        return -1;
    for (int i = 0; i < PAGES; i++)
        page[i] = heap + 2 * i * PAGE;
    return 0;
}

static void
end_faultheap(void)
{
    if (heap != (char *)-1)
        sbrk(-HEAP);
}

static int
setup_faultfile(void)
{
    static char buf[PAGE];

    next = 0;
    fd = open(PATH, O_CREATE | O_TRUNC | O_RDWR);
    if (write(fd, buf, PAGE) != PAGE)
        return -1;
    for (int i = 0; i < PAGES; i++) {
        page[i] = mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
        if (page[i] == (char *)-1)
            return -1;
    }
    return 0;
}

static void
end_faultfile(void)
{
    for (int i = 0; i < PAGES && page[i] != (char *)-1; i++)
        munmap((char *)page[i], PAGE);
    close(fd);
    unlink(PATH);
}

static int
setup_faultcow(void)
{
    char c;

    if (pipe(gate) < 0 || setup_faultheap() < 0 || op_store(PAGES) < 0)
        return -1;
    next = 0;
    int pid = fork();
    if (pid == 0) {
        close(gate[1]);
        read(gate[0], &c, 1);
        exit(0);
    }
    return pid;
}

static void
end_faultcow(void)
{
    close(gate[0]);
    close(gate[1]);
    wait(0);
    end_faultheap();
}

const struct row fault_rows[] = {
    {"faultheap", "first store to a heap page", TIMES, FIRST, 1, setup_faultheap, op_store,
     end_faultheap},
    {"faultfile", "first load from a file page, cached", TIMES, FIRST, 1, setup_faultfile, op_load,
     end_faultfile},
    {"faultcow", "first store to a page after a fork", TIMES, FIRST, 1, setup_faultcow, op_store,
     end_faultcow},
    {0, 0, 0, 0, 0, 0, 0, 0},
};
