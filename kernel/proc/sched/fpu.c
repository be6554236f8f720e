// SPDX-License-Identifier: MIT
// fpu.c - see fpu.h.
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

// Without the unit, sstatus.FS cannot be set (priv sstatus).
void
fpu_init_hart(void)
{
    csr_set(sstatus, SSTATUS_FS);
    present = (csr_read(sstatus) & SSTATUS_FS) != 0;
    csr_clear(sstatus, SSTATUS_FS);
}

// Allocates a cleared state. No call has asked for it that could be told that there is no memory, so one
// of the frames that are kept may serve.
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

void
fpu_export(struct proc *p, struct fpstate *to, bool *used)
{
    *used = p->fp != NULL;
    if (!p->fp)
        return;
    save_if_dirty(p);
    memcpy(to, p->fp, sizeof *to);
}

// Without `used` the process goes back to a state in which it had no registers: they read as zero.
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

// Only for the running process, or one that never ran.
void
fpu_drop(struct proc *p)
{
    kmem_free(p->fp);
    p->fp = NULL;
    if (p == myproc())
        csr_clear(sstatus, SSTATUS_FS);
}

void
fpu_leave(struct proc *p)
{
    if (unlikely(p->fp))
        save_if_dirty(p);
}

void
fpu_enter(struct proc *p)
{
    if (likely(!p->fp))
        return;
    csr_set(sstatus, SSTATUS_FS);
    fp_restore(p->fp);
    mark_clean();
}
