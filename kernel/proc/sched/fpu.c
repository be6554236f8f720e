// SPDX-License-Identifier: MIT
// fpu.c - switches the floating-point unit on at first use, and saves its registers.
//
// Theory    A program starts with the unit off (sstatus.FS). Its first instruction traps,
//           fpu_first_use() gives it a save area and switches the unit on. From then on its
//           registers are saved when it leaves a hart with them changed (FS dirty), and loaded
//           when it comes back.
// Manual    priv sstatus: the FS field; each swtch() restores the process's own sstatus
#include "proc/sched/fpu.h"

#include "abi/errno.h"
#include "lib/string.h"
#include "mm/frame/frame.h"
#include "mm/frame/kmem.h"
#include "proc/proc.h"
#include "rv/csr.h"
#include "rv/fp.h"

static void
mark_clean(void)
{
    csr_clear(sstatus, SSTATUS_FS);
    csr_set(sstatus, SSTATUS_FS_CLEAN);
}

static bool present;

// Finds out whether this hart has a floating-point unit, and leaves it off. Without the unit,
// sstatus.FS cannot be set (priv sstatus).
void
fpu_init_hart(void)
{
    csr_set(sstatus, SSTATUS_FS);
    present = (csr_read(sstatus) & SSTATUS_FS) != 0;
    csr_clear(sstatus, SSTATUS_FS);
}

// Allocates a cleared state. There is no system call that could fail for want of memory, so it may
// take a kept frame.
static struct fpstate *
state_alloc(void)
{
    struct fpstate *fp = kmem_zalloc(sizeof *fp);
    if (likely(fp))
        return fp;
    frames_lend(1);
    fp = kmem_zalloc(sizeof *fp);
    frames_lend(-1);
    return fp;
}

// Switches the unit on for the running process, with all registers 0.
// On error  -ENODEV: there is no unit; -ENOMEM. Nothing has changed.
int
fpu_first_use(struct proc *p)
{
    if (!present)
        return -ENODEV;
    struct fpstate *fp = state_alloc();
    if (!fp)
        return -ENOMEM;
    p->fp = fp;
    csr_set(sstatus, SSTATUS_FS);
    fp_restore(fp);
    mark_clean();
    return 0;
}

static void
save_if_dirty(struct proc *p)
{
    if ((csr_read(sstatus) & SSTATUS_FS) != SSTATUS_FS)
        return;
    fp_save(p->fp);
    mark_clean();
}

// Gives the child a copy of the running process's registers, if that has used the unit.
// On error  -ENOMEM: the child has none.
int
fpu_fork(struct proc *child, struct proc *parent)
{
    if (!parent->fp)
        return 0;
    child->fp = kmem_alloc(sizeof *child->fp);
    if (!child->fp)
        return -ENOMEM;
    save_if_dirty(parent);
    memcpy(child->fp, parent->fp, sizeof *child->fp);
    return 0;
}

// Copies the running process's registers to *to; *used is false if it has not used the unit.
void
fpu_export(struct proc *p, struct fpstate *to, bool *used)
{
    *used = p->fp != NULL;
    if (!p->fp)
        return;
    save_if_dirty(p);
    memcpy(to, p->fp, sizeof *to);
}

// Loads the running process's registers from *from. If `used` is false, they had not been used at
// the time of fpu_export(), and become 0.
void
fpu_import(struct proc *p, const struct fpstate *from, bool used)
{
    if (!p->fp)
        return;
    if (used)
        memcpy(p->fp, from, sizeof *p->fp);
    else
        memset(p->fp, 0, sizeof *p->fp);
    fp_restore(p->fp);
    mark_clean();
}

// Frees the registers, and switches the unit off. Only for the running process, or one that has
// never run.
void
fpu_drop(struct proc *p)
{
    kmem_free(p->fp);
    p->fp = NULL;
    if (p == myproc())
        csr_clear(sstatus, SSTATUS_FS);
}

// Saves the registers of a process that leaves the hart, if they have changed.
void
fpu_leave(struct proc *p)
{
    if (unlikely(p->fp))
        save_if_dirty(p);
}

// Loads the registers of a process that has come to this hart.
void
fpu_enter(struct proc *p)
{
    if (likely(!p->fp))
        return;
    csr_set(sstatus, SSTATUS_FS);
    fp_restore(p->fp);
    mark_clean();
}
