// SPDX-License-Identifier: MIT
// calls.c - the kernel's side of the system calls of the model, in the place of sys/.
#include "mmu/user.h"

#include <string.h>

#include "abi/errno.h"
#include "abi/mman.h"
#include "explain/layoutcheck.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/defer.h"
#include "mm/aspace/mirror.h"
#include "mm/aspace/mmap.h"
#include "mm/aspace/tlb.h"
#include "mm/aspace/viewers.h"
#include "mm/copy/copy.h"
#include "mm/inspect/touched.h"
#include "mm/inspect/view.h"
#include "mmu/files.h"
#include "mmu/hart.h"
#include "mmu/traps.h"
#include "proc/exec/args.h"
#include "proc/proc.h"
#include "proc/sched/sched.h"
#include "proc/trap.h"
#include "rv/csr.h"
#include "rv/trapframe.h"

// The child finds its own flat copy in the register in which its parent has another.
static int64
call_fork(struct trapframe *tf)
{
    struct user *parent = user_me(), *child = flat_new();
    flat_fork(child, parent);
    tf->s1 = (uint64)child;
    int pid = fork();
    tf->s1 = (uint64)parent;
    if (pid < 0)
        flat_drop(child);
    return pid;
}

static int64
call_exec(uint64 program)
{
    char path[2] = {(char)('0' + program), '\0'};
    struct args args;
    args_init(&args);
    int error = args_add(&args, path);
    if (!error)
        error = args_add(&args, "argument");
    if (!error)
        error = exec(path, &args);
    args_free(&args);
    return error;
}

static int64
call_sbrk(uint64 n, bool lazy)
{
    uint64 old;
    int error = growproc(myproc()->as, (int64)n, lazy ? SBRK_LAZY : SBRK_EAGER, &old);
    return error ? error : (int64)old;
}

// Compares the checked words in [va, va + n) with the kernel's copy, or sets them to it.
// Returns   whether there are instructions among them.
static bool
settle_copy(struct user *u, uint64 va, size_t n, const char *kernel, bool out)
{
    bool code = false;
    for (struct page *p = u->page; p < &u->page[u->n]; p++)
        for (uint64 i = 0; i < WORDS; i++) {
            uint64 at = p->va + i * STRIDE, word;
            if (at < va || at + 8 > va + n)
                continue;
            memcpy(&word, kernel + (at - va), sizeof word);
            code |= flat_code(p, i);
            if (out)
                flat_write(p, i, word);
            else
                user_expect("hands the kernel", p, i, word);
        }
    return code;
}

static int64
call_copy(uint64 va, size_t n, bool out)
{
    uint64 buffer[PGSIZE / 8];
    for (size_t i = 0; i < PGSIZE / 8; i++)
        buffer[i] = va + i;
    int error = out ? copyout(myproc()->as, va, buffer, n) : copyin(myproc()->as, buffer, va, n);
    if (!error && settle_copy(user_me(), va, n, (char *)buffer, out) && out)
        fence_i(); // the process would do so
    return error;
}

// Memory that is spread is brought in at once.
static int64
call_map(enum map_kind kind, uint64 prot, uint64 apart)
{
    struct region r = {.kind = REGION_MMAP, .prot = (uint8)prot, .most = PTE_R | PTE_W | PTE_X};
    struct aspace *as = myproc()->as;
    uint64 at, size = OBJECT_PAGES * apart * PGSIZE;
    r.shared = kind == KIND_FAMILY || kind == KIND_FILE;
    if (kind >= KIND_FILE) {
        r.pager = files_data();
        r.filesz = OBJECT_PAGES * PGSIZE;
    }
    int error = mmap_add(as, &r, size, &at);
    if (error || apart == 1)
        return error ? error : (int64)at;
    acquiresleep(&as->lock);
    if (!r.shared && unshare(as, at, at + size) == 0 && uvmalloc(as, at, at + size, r.prot) < 0)
        tlb_changed(as); // a part of it is there
    releasesleep(&as->lock);
    return (int64)at;
}

static int64
call_touched(uint64 va)
{
    uint32 mask;
    int error = pages_touched(myproc()->as, va, 1, &mask);
    return error ? error : mask;
}

// Views another process's memory, which keeps that process from changing it and from ending: for a
// while, or until the process waits for that.
static int64
call_look(int pid, bool until_it_waits)
{
    struct aspace *as = proc_view(pid);
    if (!as)
        return -ESRCH;
    acquiresleep(&as->lock);
    if (until_it_waits)
        users_meet = MEET_LOOKING;
    while (until_it_waits && as->lock.state != 2) {
        yield();
        model_pause();
    }
    for (uint64 n = model_rnd(8); n > 0; n--)
        model_pause();
    releasesleep(&as->lock);
    viewers_leave(as);
    return 0;
}

static int64
serve(struct trapframe *tf)
{
    struct aspace *as = myproc()->as;
    switch ((enum call)tf->a7) {
    case CALL_FORK:
        return call_fork(tf);
    case CALL_EXEC:
        return call_exec(tf->a0);
    case CALL_EXIT:
        exit(0);
    case CALL_WAIT:
        return wait(0);
    case CALL_KILL:
        return kill((int)tf->a0);
    case CALL_SBRK:
        return call_sbrk(tf->a0, false);
    case CALL_LAZY:
        return call_sbrk(tf->a0, true);
    case CALL_OUT:
        return call_copy(tf->a0, tf->a1, true);
    case CALL_IN:
        return call_copy(tf->a0, tf->a1, false);
    case CALL_MAP:
        return call_map((enum map_kind)tf->a0, (uint8)tf->a1, tf->a1 >> 8);
    case CALL_UNMAP:
        return mmap_remove(as, tf->a0, tf->a1);
    case CALL_PROTECT:
        return mmap_protect(as, tf->a0, PGSIZE << (tf->a1 >> 8), (uint8)tf->a1);
    case CALL_SYNC:
        return mmap_sync(as, tf->a0, PGSIZE);
    case CALL_TOUCHED:
        return call_touched(tf->a0);
    case CALL_LOOK:
        return call_look((int)tf->a0, tf->a1);
    }
    return -ENOSYS;
}

// As rv/trampoline.S and sys/: the call that the trapframe of the running process asks for.
void
calls_serve(void)
{
    struct proc *p = myproc();
    struct trapframe *tf = p->trapframe;
    model_note("pid %d calls %lu (0x%lx, 0x%lx)", p->pid, tf->a7, tf->a0, tf->a1);
    int64 result = serve(tf);
    tf->a0 = (uint64)result;
    check_mirror(p->as);
    check_layout(p->as);
    trap_leave(p);
}
