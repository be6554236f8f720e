// SPDX-License-Identifier: MIT
// sysfile.c - files and mappings of processes.
#include "files.h"
#include "mini.h"

#define MAPPED (1UL << 28) // where a process has its mappings, 16 pages for each

enum { A0 = 10, A1, MAP_SHARED = 1 };

// --- mappings ------------------------------------------------------------------------------------

// Gives the process this page as well, if it belongs to the mapping and was not touched yet.
static void
fault_before(struct proc *p, const struct vma *v, u64 va)
{
    const pte_t *pte = va >= v->from ? walk(p->pagetable, va, 1) : 0;
    char *page = pte != 0 && !(*pte & PTE_V) ? kalloc() : 0;
    if (page == 0)
        return;
    memset(page, 0, PGSIZE);
    readi(v->file->ip, 0, (u64)page, (u32)(va - v->from), PGSIZE);
    mappages(p->pagetable, va, PGSIZE, (u64)page, PTE_R | PTE_W | PTE_U);
}

// Gives the process a page of a mapping that it has touched. Returns -1 if it is none, or if it is
// behind the end of the file.
int
filefault(struct proc *p, u64 va)
{
    if (MAKES(FILE_NO_W) && (*walk(p->pagetable, va, 1) & PTE_V))
        return -1;
    for (struct vma *v = p->vma; v < &p->vma[NVMA]; v++) {
        char *page = va >= v->from && va < v->to ? kalloc() : 0;
        if (page == 0)
            continue;
        if (PGROUNDDOWN(va) - v->from >= v->file->ip->size) {
            kfree(page);
            return -1;
        }
        va = PGROUNDDOWN(va);
        if (TAKES(FAULT_AROUND))
            fault_before(p, v, va - PGSIZE);
        memset(page, 0, PGSIZE);
        readi(v->file->ip, 0, (u64)page, (u32)(va - v->from + v->offset), PGSIZE);
        u64 rights = MAKES(FILE_NO_RIGHTS) ? 0 : PTE_R | PTE_W;
        if (MAKES(FILE_NO_W))
            rights = PTE_R;
        return mappages(p->pagetable, va, PGSIZE, (u64)page, rights | PTE_U);
    }
    return -1;
}

// The mapping begins at `begin` now: its first pages are unmapped.
static void
cut(struct vma *v, u64 begin)
{
    if (!MAKES(MUNMAP_KEEPS_OFFSET))
        v->offset += begin - v->from;
    if (MAKES(MUNMAP_KEEPS_BEGIN))
        v->to -= begin - v->from;
    else
        v->from = begin;
}

// Unmaps the pages of a mapping up to `end` that the process has touched, and writes changed ones
// back.
static __attribute__((noinline)) void
unmap(struct proc *p, struct vma *v, u64 end)
{
    for (u64 va = v->from; va < end; va += PGSIZE) {
        pte_t *pte = walk(p->pagetable, va, 0);
        if (pte == 0 || !(*pte & PTE_V))
            continue;
        if (MAKES(MUNMAP_LESS) && va != v->from)
            continue;
        if ((*pte & PTE_D) && !MAKES(UNMAP_NOT_WRITTEN))
            writei(v->file->ip, 1, va, (u32)(va - v->from + v->offset), PGSIZE);
        uvmunmap(p->pagetable, va, 1, 1);
    }
    if (MAKES(MUNMAP_MORE) && end < v->to)
        uvmunmap(p->pagetable, end, 1, 1);
    if (end < v->to) {
        cut(v, end);
        return;
    }
    if (!MAKES(MUNMAP_NO_CLOSE))
        fileclose(v->file);
    *v = (struct vma){0, 0, 0, 0};
}

// mmap(0, length, protection, MAP_SHARED, fd, 0).
__attribute__((noinline)) u64
sys_mmap(void)
{
    struct proc *p = myproc();
    const u64 *arg = &p->trapframe->regs[A0];
    for (u64 i = 0; i < NVMA && arg[3] == MAP_SHARED; i++)
        if (p->vma[i].file == 0) {
            u64 from = MAPPED + (MAKES(MMAP_OVERLAPS) ? 0 : i * 16 * PGSIZE);
            struct file *f = p->ofile[arg[4]];
            if (!MAKES(MMAP_NO_FILEDUP))
                filedup(f);
            p->vma[i] = (struct vma){from, from + arg[1], 0, f};
            return from;
        }
    return ~0UL;
}

// munmap(address, length), from the start of a mapping on.
__attribute__((noinline)) u64
sys_munmap(void)
{
    struct proc *p = myproc();
    for (struct vma *v = p->vma; v < &p->vma[NVMA]; v++)
        if (v->file != 0 && v->from == p->trapframe->regs[A0]) {
            unmap(p, v, v->from + p->trapframe->regs[A1]);
            return 0;
        }
    return ~0UL;
}

// --- processes -----------------------------------------------------------------------------------

// Changes the size alone: pages come when they are touched. Returns the size before.
u64
growlazily(u64 n)
{
    struct proc *p = myproc();
    p->sz += n;
    return p->sz - n;
}

// Reads the blocks of a directory, and the first of them again, as if it had been changed.
static __attribute__((noinline)) void
look_up(void)
{
    struct buf *first = TAKES(NO_READ) ? getblk(0) : bread(1, 0);
    bpin(first);
    brelse(first);
    for (int block = 0; block < 4; block++) {
        struct buf *b = bread(1, block);
        if (!MAKES(OPEN_KEEPS_BUFFERS))
            brelse(b);
    }
    bunpin(first);
}

u64
sys_open(void)
{
    struct proc *p = myproc();
    look_up();
    for (u64 fd = 0; fd < NOFILE; fd++)
        if (p->ofile[fd] == 0) {
            p->ofile[fd] = filealloc(namex(1));
            p->ofile[fd]->writable = 1;
            if (MAKES(MMAP_READONLY))
                p->ofile[fd]->writable = 0;
            return fd;
        }
    return ~0UL;
}

u64
sys_close(void)
{
    struct proc *p = myproc();
    u64 fd = p->trapframe->regs[A0];
    struct file *f = p->ofile[fd];
    p->ofile[fd] = 0;
    fileclose(f);
    return 0;
}

__attribute__((noinline)) u64
sys_chdir(void)
{
    struct proc *p = myproc();
    struct inode *ip = namex(p->trapframe->regs[A0]);
    if (p->cwd != 0 && !MAKES(CHDIR_KEEPS))
        iput(p->cwd);
    p->cwd = ip;
    if (MAKES(CHDIR_GIVES_AWAY))
        iput(ip);
    return 0;
}

// The child has the files, the mappings and the directory of its parent.
void
filefork(const struct proc *p, struct proc *child)
{
    for (int i = 0; i < NOFILE; i++)
        child->ofile[i] = p->ofile[i] != 0 ? filedup(p->ofile[i]) : 0;
    for (int i = 0; i < NVMA; i++) {
        child->vma[i] = p->vma[i];
        if (p->vma[i].file != 0 && !MAKES(FORK_NO_FILEDUP))
            filedup(p->vma[i].file);
    }
    child->cwd = p->cwd != 0 ? idup(p->cwd) : 0;
}

void
fileexit(struct proc *p)
{
    for (struct vma *v = p->vma; v < &p->vma[NVMA]; v++)
        if (v->file != 0)
            unmap(p, v, v->to);
    for (int i = 0; i < NOFILE; i++)
        if (p->ofile[i] != 0)
            fileclose(p->ofile[i]);
    if (p->cwd != 0)
        iput(p->cwd);
    memset(p->ofile, 0, sizeof(p->ofile));
    p->cwd = 0;
}
