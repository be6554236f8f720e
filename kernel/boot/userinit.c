// SPDX-License-Identifier: MIT
// userinit.c - process 1: from a thread of the kernel that mounts the disk to the first user
// program.
#include "boot/bootargs.h"
#include "fs/file/devnode.h"
#include "fs/file/file.h"
#include "fs/fs.h"
#include "lib/panic.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "mm/inspect/view.h"
#include "proc/exec/args.h"
#include "proc/proc.h"
#include "proc/sched/flusher.h"
#include "proc/sched/sched.h"
#include "proc/sched/ticks.h"
#include "proc/trap.h"
#include "rv/trapframe.h"

static void (*mount_root)(void);

// Opens the console as the process's descriptors 0, 1 and 2, whatever nodes the disk has.
// Returns   0; -ENOMEM: it has none of them.
static int
open_console(struct proc *p)
{
    struct file *console;
    int error = devnode_open(DEV_CONSOLE, &console);
    if (error)
        return error;
    p->ofile[0] = console;
    for (int fd = 1; fd < 3; fd++)
        p->ofile[fd] = filedup(console);
    return 0;
}

// Loads the first program with the words of the kernel command line.
// Returns   the number of its arguments; -E.
static int
exec_init(void)
{
    struct args args;
    args_init(&args);
    int result = args_add(&args, bootargs.init);
    for (char *line = bootargs.arguments, *word; !result && (word = bootargs_word(&line));)
        result = args_add(&args, word);
    if (!result)
        result = exec(bootargs.init, &args);
    args_free(&args);
    return result;
}

// The start of process 1, in the kernel; when it returns, trap_start() enters the program.
static void
first_program(void)
{
    struct proc *p = myproc();
    mount_root();
    flusher_start();
    p->cwd = fs_root();
    int argc = open_console(p);
    if (!argc)
        argc = exec_init();
    if (argc < 0) {
        printf("vitrine: cannot start %s (error %d)\n", bootargs.init, -argc);
        printf("vitrine: init= on the kernel command line names another program\n");
        shutdown(1);
    }
    if (!bootargs.quiet)
        view_print(p->as, VIEW_2020);
    p->trapframe->a0 = (uint64)argc;
}

// Makes process 1: in the kernel it calls `mount`, then it runs the program that the kernel command
// line names. Once, at the end of the boot; panics without memory.
void
userinit(void (*mount)(void))
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
    mount_root = mount;
    p->entry = first_program;
    safestrcpy(p->name, "init", sizeof p->name);
    initproc = p;
    proc_insert(p, NULL);
    acquire(&p->lock);
    make_runnable(p);
    release(&p->lock);
}
