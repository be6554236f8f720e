// SPDX-License-Identifier: MIT
// exec.c - replace a process's program.
//
// Theory    The new address space is built, arguments included, while the old one stays current.
//           The process changes to the new space when nothing can fail any more.
// Promises  An exec that fails frees the new space and changes nothing of the process.
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "mm/copy/copy.h"
#include "proc/alarm.h"
#include "proc/exec/args.h"
#include "proc/exec/image.h"
#include "proc/proc.h"
#include "proc/sched/fpu.h"
#include "proc/trap.h"
#include "rv/trapframe.h"

#define STACK_ALIGN 16UL
#define SMALL_IMAGE (256UL << 10)

// Moves *sp down by n bytes and copies them there. -E2BIG: the stack is full.
static int
push_bytes(const struct image *image, uint64 *sp, const void *bytes, size_t n)
{
    if (n > *sp - image->stack_base)
        return -E2BIG;
    *sp = (*sp - n) & ~(STACK_ALIGN - 1);
    if (*sp < image->stack_base)
        return -E2BIG;
    return copyout(image->as, *sp, bytes, n);
}

// Pushes the strings, then the array of their addresses with a NULL after the last; *sp points at
// it.
static int
push_arguments(const struct image *image, const struct args *args, uint64 *sp)
{
    uint64 address[MAXARG + 1] = {0};
    int error = 0;
    for (int i = 0; !error && i < args->n; i++) {
        error = push_bytes(image, sp, args->v[i], strlen(args->v[i]) + 1);
        address[i] = *sp;
    }
    return error ? error
                 : push_bytes(image, sp, address, ((size_t)args->n + 1) * sizeof address[0]);
}

// Brings in the pages of the file of a small program, so that the memory which it takes does not
// depend on the pages it has accessed so far. The fault handler brings in the pages of a large
// program, and those that fail here.
static void
bring_in_file(struct aspace *as)
{
    for (int i = 0; i < as->regions.n; i++) {
        const struct region *r = &as->regions.v[i];
        if (r->pager && r->filesz <= SMALL_IMAGE && uvmbring(as, r->start) < 0)
            return;
    }
}

// Brings in the page of the entry point, which is needed at once; and USYSCALL where that costs no
// table.
static int
bring_in(const struct image *image)
{
    bring_in_file(image->as);
    int error = vmfault(image->as, image->entry, PT_EXEC);
    if (!error && design->switches)
        error = vmfault(image->as, USYSCALL, PT_READ);
    return error == -EFAULT ? 0 : error; // a bad entry point is the program's own mistake
}

// The last component of a path: the name of the program in messages.
static const char *
program_name(const char *path)
{
    size_t at = strlen(path);
    while (at > 0 && path[at - 1] != '/')
        at--;
    return path + at;
}

// Changes the process to the new program, and frees the old address space. This cannot fail.
static void
change_over(struct proc *p, const struct image *image, uint64 sp)
{
    struct aspace *old = p->as;
    acquire(&proc_tree_lock); // a listing of processes reads p->as under it
    p->as = image->as;
    release(&proc_tree_lock);
    aspace_use(p->as);
    uvmfree(old); // no hart has it in satp any more
    fpu_drop(p);
    alarm_drop(p);
    trap_prepare(p);
    p->trapframe->epc = image->entry;
    p->trapframe->sp = sp;
    p->trapframe->a1 = sp;
}

static int
load(struct proc *p, const char *path, struct image *image)
{
    struct inode *ip;
    begin_op();
    int error = namei(p->cwd, path, &ip);
    end_op();
    if (error)
        return error;
    error = image_load(ip, p->as, image);
    begin_op(); // the last reference to an unlinked file frees it
    iput(ip);
    end_op();
    return error;
}

// Replaces the running process's program by that of the file at `path`.
// Returns   the number of arguments, for a0.
// On error  -ENOENT and others of namei(); -EACCES: no plain file; -ENOEXEC; -E2BIG: the arguments
//           do not fit the stack; -ENOMEM; -EIO; -ETXTBSY: the file is open for writing. Nothing
//           has changed. After -ENOMEM the dispatcher of system calls calls this function again if
//           it gains memory (sys/syscall.c).
// Locks     none held.
// Sleeps    for the disk.
int
exec(const char *path, const struct args *args)
{
    struct proc *p = myproc();
    struct image image;
    int error = load(p, path, &image);
    if (error)
        return error;
    uint64 sp = image.stack_top;
    error = push_arguments(&image, args, &sp);
    if (!error)
        error = bring_in(&image);
    if (error) {
        uvmfree(image.as);
        return error == -ESTARVED ? -ENOMEM : error; // the old memory is still there
    }
    change_over(p, &image, sp);
    safestrcpy(p->name, program_name(path), sizeof p->name);
    return args->n;
}
