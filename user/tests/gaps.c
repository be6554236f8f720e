// SPDX-License-Identifier: MIT
// gaps.c - how long one system call keeps other processes off the hart.
//
// Usage     gaps   for a machine with one hart and 512 MiB, and a disk with 100 MiB to spare
// Output    for each call a line `gaps NAME MS US`: it took MS milliseconds, and for US microseconds at a time no other
//           process ran. Ends with `gaps: done`.
// Theory    A child reads the clock all the time and notes the longest step. Its parent makes the calls. Two processes
//           that both want the hart have it in turns, so a gap of one time slice, 10 ms, is as it should be.
#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "abi/mman.h"
#include "abi/usyscall.h"
#include "user/user.h"

#define PAGE    4096UL
#define FILE    "/gaps.tmp"
#define HEAP    (256UL << 20)
#define SIZE    (100UL << 20) // of a file
#define REGIONS 16000

// Shared with the child.
struct clock {
    volatile uint64 gap; // the longest step of the clock
    volatile int stop;
};

static struct clock *shared;
static char *heap, *area;

static uint64
now(void)
{
    uint64 t;
    asm volatile("rdtime %0" : "=r"(t));
    return t;
}

static void
die(const char *what)
{
    fprintf(2, "gaps: %s failed\n", what);
    shared->stop = 1;
    exit(1);
}

static char *
map(uint64 bytes, int flags)
{
    char *p = mmap(0, bytes, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    if (p == (char *)-1)
        die("mmap");
    return p;
}

static void
grow(void)
{
    heap = sbrk((int)HEAP);
    if (heap == SBRK_ERROR)
        die("sbrk");
}

static void
shrink(void)
{
    sbrk(-(int)HEAP);
}

static void
move_file(int flags, long (*move)(int fd))
{
    int fd = open(FILE, flags);
    if (fd < 0 || move(fd) != (long)SIZE)
        die(FILE);
    close(fd);
}

static long
write_all(int fd)
{
    return write(fd, heap, (int)SIZE);
}

static long
read_all(int fd)
{
    return read(fd, heap, (int)SIZE);
}

static void
write_file(void)
{
    move_file(O_CREATE | O_RDWR, write_all);
}

static void
read_file(void)
{
    move_file(O_RDONLY, read_all);
}

static void
map_file(void)
{
    int fd = open(FILE, O_RDWR);
    area = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd < 0 || area == (char *)-1)
        die("mmap of " FILE);
    close(fd);
    for (uint64 at = 0; at < SIZE; at += PAGE)
        area[at] = 1;
}

static void
sync_file(void)
{
    if (msync(area, SIZE) < 0)
        die("msync");
}

static void
unmap_file(void)
{
    munmap(area, SIZE);
}

static void
unlink_file(void)
{
    unlink(FILE);
}

static void
sync_all(void)
{
    sync();
}

static void
fork_heap(void)
{
    int pid = fork();
    if (pid == 0)
        exit(0);
    wait(0);
}

static void
map_shared(void)
{
    area = map(HEAP / 2, MAP_SHARED);
}

static void
protect(void)
{
    mprotect(area, HEAP / 2, PROT_READ);
}

static void
unmap(void)
{
    munmap(area, HEAP / 2);
}

// Takes memory that comes one page at a time, and gives it back.
static void
use_pages(void)
{
    char *p = sbrklazy((int)HEAP);
    if (p == SBRK_ERROR)
        die("sbrklazy");
    for (uint64 i = 0, at = 0; i < HEAP / PAGE; i++, at = (at + 12289 * PAGE) % HEAP)
        p[at] = 1;
}

// Every other page of a mapping gets another protection, and so a region of its own.
static void
divide(void)
{
    area = map(REGIONS * PAGE, MAP_PRIVATE);
    for (uint64 i = 0; i < REGIONS; i += 2)
        mprotect(area + i * PAGE, PAGE, PROT_READ);
}

static void
unmap_regions(void)
{
    munmap(area, REGIONS * PAGE);
}

static const struct {
    const char *name;
    void (*call)(void);
} calls[] = {
    {"grow", grow},        {"write", write_file},   {"read", read_file},
    {"map", map_file},     {"msync", sync_file},    {"unmap", unmap_file},
    {"fsync", sync_all},   {"unlink", unlink_file}, {"fork", fork_heap},
    {"shrink", shrink},    {"pages", use_pages},    {"shrink", shrink},
    {"share", map_shared}, {"protect", protect},    {"unshare", unmap},
    {"divide", divide},    {"fork", fork_heap},     {"regions", unmap_regions},
};

static void
look_at_the_clock(void)
{
    uint64 last = now();
    while (!shared->stop) {
        uint64 t = now();
        if (t - last > shared->gap)
            shared->gap = t - last;
        last = t;
    }
    exit(0);
}

int
main(void)
{
    uint64 us = ((struct usyscall *)USYSCALL)->timebase / 1000000;
    shared = (struct clock *)map(PAGE, MAP_SHARED);
    if (fork() == 0)
        look_at_the_clock();
    sleep(1);
    for (uint i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        shared->gap = 0;
        uint64 t = now();
        calls[i].call();
        t = now() - t;
        sleep(1);
        printf("gaps %s %lu %lu\n", calls[i].name, t / us / 1000, shared->gap / us);
    }
    shared->stop = 1;
    wait(0);
    printf("gaps: done\n");
    exit(0);
}
