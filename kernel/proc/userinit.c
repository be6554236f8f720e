// SPDX-License-Identifier: MIT
// userinit.c - process 1: from a thread of the kernel that mounts the disk to the first user
// program.
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/panic.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace.h"
#include "proc/args.h"
#include "proc/flusher.h"
#include "proc/proc.h"
#include "proc/sched.h"
#include "proc/ticks.h"
#include "proc/trap.h"
#include "rv/trapframe.h"

static const char *init_path;
static const char *init_arguments;
static void (*mount_root)(void);

// Splits the words of the command line after `--`.
static int
add_words(struct args *args, const char *s)
{
    char word[MAXPATH];
    int error = 0;
    while (!error && *s) {
        size_t n = 0;
        while (*s == ' ')
            s++;
        while (*s && *s != ' ' && n < sizeof word - 1)
            word[n++] = *s++;
        word[n] = '\0';
        if (n)
            error = args_add(args, word);
    }
    return error;
}

// Process 1 starts here, in the kernel; when it returns, the trap code leads to the program.
static void
first_program(void)
{
    struct proc *p = myproc();
    struct args args;
    mount_root();
    flusher_start();
    p->cwd = fs_root();
    args_init(&args);
    int error = args_add(&args, init_path);
    if (!error)
        error = add_words(&args, init_arguments);
    if (!error)
        error = exec(init_path, &args);
    args_free(&args);
    if (error < 0) {
        printf(
            "vitrine: cannot start %s (error %d); init= on the kernel command line names another\n",
            init_path, -error);
        shutdown(1);
    }
    p->trapframe->a0 = (uint64)error; // argc
}

void
userinit(const char *path, const char *arguments, void (*mount)(void))
{
    struct proc *p;
    int error = allocproc(&p);
    if (!error)
        p->as = uvmcreate(&p->own, &(struct usyscall){.timebase = ticks_timebase(),
                                                      .boot = ticks_boot(),
                                                      .harts = nharts});
    if (error || !p->as)
        panic("userinit: no memory for the first process");
    memset(p->trapframe, 0, sizeof *p->trapframe);
    trap_prepare(p);
    init_path = path;
    init_arguments = arguments;
    mount_root = mount;
    p->entry = first_program;
    safestrcpy(p->name, "init", sizeof p->name);
    initproc = p;
    proc_insert(p, NULL);
    acquire(&p->lock);
    make_runnable(p);
    release(&p->lock);
}
