// SPDX-License-Identifier: MIT
// faults.c - memory errors of programs, each with a name, to show the kernel's explanations.
//
// Usage     faults NAME; without NAME the list is printed. A child makes the error: the exit status
//           is 0 when the child was killed, 1 when it survived. `die` has the accesses that need no
//           preparation.
#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "abi/mman.h"
#include "abi/usyscall.h"
#include "ulib/cmd.h"
#include "user/user.h"
#include "access.h"

#define PAGE     4096
#define ANYWHERE (MAP_PRIVATE | MAP_ANONYMOUS)

static char *
map(int prot, int flags, int fd)
{
    char *p = mmap(0, 2 * PAGE, prot, flags, fd, 0);
    if (p == (char *)-1) {
        printf("faults: mmap fails\n");
        exit(2);
    }
    return p;
}

static void
freed(void)
{
    char *p = sbrk(4 * PAGE);
    store(p + 3 * PAGE);
    sbrk(-2 * PAGE);
    load(p + 3 * PAGE);
}

static void
past_heap(void)
{
    load(sbrk(0) + 8);
}

static void
failed_call(void)
{
    store((char *)(long)open("/no/such/file", O_RDONLY));
}

static void
unmapped(void)
{
    char *p = map(PROT_READ | PROT_WRITE, ANYWHERE, -1);
    store(p);
    munmap(p, 2 * PAGE);
    load(p);
}

// A page that is present, and then gets PROT_NONE.
static void
no_access(void)
{
    char *p = map(PROT_READ | PROT_WRITE, ANYWHERE, -1);
    store(p);
    mprotect(p, PAGE, PROT_NONE);
    load(p);
}

static void
read_only(void)
{
    char *p = map(PROT_READ, ANYWHERE, -1);
    load(p);
    store(p);
}

static void
not_code(void)
{
    char *p = map(PROT_READ | PROT_WRITE, ANYWHERE, -1);
    store(p);
    asm volatile("jalr %0" ::"r"(p) : "ra", "memory");
}

// The page behind the last one of a file.
static void
past_file(void)
{
    int fd = open("faults.tmp", O_CREATE | O_RDWR);
    write(fd, "x", 1);
    char *p = map(PROT_READ, MAP_PRIVATE, fd);
    close(fd);
    unlink("faults.tmp");
    load(p);
    load(p + PAGE);
}

static void
never_touched(void)
{
    store(map(PROT_READ, ANYWHERE, -1));
}

// A text page that the parent has read in: parent and child share the frame.
static void
inherited(void)
{
    store((char *)printf);
}

static void
wild_frame(void)
{
    asm volatile("li s0, -8\n li ra, -2\n lb t0, 0(%0)" ::"r"(0x50000000UL) : "ra", "t0", "memory");
}

static void
wild_stack(void)
{
    asm volatile("li sp, 0x60000000\n sd ra, 0(sp)" ::: "memory");
}

static void
vector(void)
{
    asm volatile(".word 0x0c0072d7"); // vsetvli t0, zero, e8, m1
}

static void
ones(void)
{
    asm volatile(".word 0xffffffff");
}

static void
supervisor(void)
{
    asm volatile("sret");
}

static int __attribute__((noinline)) innermost(char *p)
{
    store(p);
    return getpid();
}

static int __attribute__((noinline)) middle(char *p)
{
    return innermost(p) + 1;
}

static void
deep(void)
{
    printf("%d\n", middle((char *)0x18) + 1);
}

static void
large_array(void)
{
    volatile char array[64 * 1024];
    array[0] = 1;
    printf("%d\n", array[0]);
}

static const struct {
    const char *name;
    void (*commit)(void);
} faults[] = {
    {"freed", freed},
    {"past-heap", past_heap},
    {"failed-call", failed_call},
    {"unmapped", unmapped},

    {"no-access", no_access},
    {"read-only", read_only},
    {"not-code", not_code},
    {"past-file", past_file},
    {"never-touched", never_touched},
    {"inherited", inherited},
    {"wild-frame", wild_frame},
    {"wild-stack", wild_stack},
    {"vector", vector},
    {"ones", ones},
    {"supervisor", supervisor},
    {"deep", deep},
    {"large-array", large_array},
};

#define PER_ROW 5 // names, on a row of 80 columns
#define NFAULTS ((int)(sizeof(faults) / sizeof(faults[0])))

static int
commit(void (*fault)(void))
{
    int status = 0, pid = fork();
    if (pid == 0) {
        fault();
        printf("faults: still alive\n");
        exit(0);
    }
    return pid < 0 || wait(&status) != pid || status != -1;
}

int
main(int argc, char **argv)
{
    for (int i = 0; i < NFAULTS && argc == 2; i++)
        if (strcmp(faults[i].name, argv[1]) == 0)
            return commit(faults[i].commit);
    printf("usage: faults NAME, one of:");
    for (int i = 0; i < NFAULTS; i++)
        printf("%s%s", i % PER_ROW ? " " : "\n  ", faults[i].name);
    printf("\n");
    return 2;
}
