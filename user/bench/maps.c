// SPDX-License-Identifier: MIT
// maps.c - rows for files that are mapped.
//
// Rows      map       map a file of 1 MiB that was read before, load a byte of each page in order,
//                     unmap; per page
//           maprandom load a byte of each page in random order; per page
//           mapsome   load a byte of every 16th page; per loaded page
//           mapstore  store a byte to each page of a shared mapping in order
// Next      faults.c
#include "bench.h"
#include "abi/mman.h"

#define PATH   "/bench.map"
#define PAGE   4096
#define PAGES  (MIB / PAGE)
#define SPARSE 16

static int fd = -1;
static int order[PAGES]; // of the pages

static int
setup_map(void)
{
    static char buf[PAGE];

    fd = open(PATH, O_CREATE | O_TRUNC | O_RDWR);
    for (int i = 0; i < PAGES; i++) {
        if (write(fd, buf, PAGE) != PAGE)
            return -1;
    }
    return fd;
}

static int
setup_random(void)
{
    shuffle(order, PAGES);
    return setup_map();
}

static int
setup_order(void)
{
    for (int i = 0; i < PAGES; i++)
        order[i] = i;
    return setup_map();
}

static int
setup_some(void)
{
    for (int i = 0; i < PAGES / SPARSE; i++)
        order[i] = i * SPARSE;
    return setup_map();
}

static void
end_map(void)
{
    close(fd);
    unlink(PATH);
}

// Maps the file n times and loads from, or stores to, the first `count` pages of the order.
static int
through_map(int n, int count, int prot, int flags)
{
    while (n-- > 0) {
        volatile char *at = mmap(0, MIB, prot, flags, fd, 0);
        if (at == (char *)-1)
            return -1;
        for (int i = 0; i < count; i++) {
            if (prot & PROT_WRITE)
                at[order[i] * PAGE] = 1;
            else
                (void)at[order[i] * PAGE];
        }
        if (munmap((char *)at, MIB) < 0)
            return -1;
    }
    return 0;
}

static int
op_map(int n)
{
    return through_map(n, PAGES, PROT_READ, MAP_PRIVATE);
}

static int
op_mapsome(int n)
{
    return through_map(n, PAGES / SPARSE, PROT_READ, MAP_PRIVATE);
}

static int
op_mapstore(int n)
{
    return through_map(n, PAGES, PROT_READ | PROT_WRITE, MAP_SHARED);
}

const struct row map_rows[] = {
    {"map", "map + read + unmap 1 MiB, per page", 8, 1, PAGES, setup_order, op_map, end_map},
    {"maprandom", "the same, its pages in no order", 8, 1, PAGES, setup_random, op_map, end_map},
    {"mapsome", "the same, every 16th page alone", 8, 1, PAGES / SPARSE, setup_some, op_mapsome,
     end_map},
    {"mapstore", "map + write + unmap 1 MiB, per page", 8, 1, PAGES, setup_order, op_mapstore,
     end_map},
    {0, 0, 0, 0, 0, 0, 0, 0},
};
