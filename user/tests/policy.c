// SPDX-License-Identifier: MIT
// policy.c - find out by system calls which memory policy the kernel's command line has chosen.
#include "ulib/cmd.h"
#include "user/user.h"

#include "abi/mman.h"
#include "abi/pgmap.h"
#include "abi/sysinfo.h"
#include "kernel/riscv.h"

#define LARGE      (2 * 1024 * 1024)
#define OLD_STUB   77 // a value that an sbrk() stub with one argument may leave as the second
#define FAILED     ((char *)-1)
#define NOT_FORKED 3

static const char *const kinds[] = {"share", "copy", "off", "?"};

// Returns the index in kinds[] of the leaf that a child has at an address that a superpage maps in
// its parent.
static int
child_finds(char *at)
{
    struct pgquery q = {.va = (unsigned long)at, .last = (unsigned long)at, .level = PGQ_TOP};
    struct pgentry e;

    q.pid = getpid();
    if (pgmap(&q, &e, 1) != 1)
        return NOT_FORKED;
    return e.level == 0 ? 2 : (e.pte & PTE_W) != 0;
}

static int
superpages(void)
{
    char *at = sbrk(2 * LARGE);
    int pid, status;

    at = (char *)(((unsigned long)at + LARGE - 1) & ~(unsigned long)(LARGE - 1));
    *at = 1;
    pid = fork();
    if (pid == 0)
        exit(child_finds(at));
    return pid > 0 && wait(&status) == pid && status >= 0 ? status : NOT_FORKED;
}

int
main(void)
{
    struct meminfo m;
    char *at = sys_sbrk(PGSIZE, OLD_STUB);

    if (at == FAILED || meminfo(&m) < 0)
        return fail("policy", "sbrk");
    printf("policy: commit=%s sbrk=%s", m.limit ? "strict" : "overcommit",
           pgpte(at) ? "eager" : "lazy");
    printf(" superpages=%s\n", kinds[superpages()]);
    return 0;
}
