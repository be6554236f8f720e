// SPDX-License-Identifier: MIT
// sysmem.c - system calls that map files and memory.
#include "abi/errno.h"
#include "abi/mman.h"
#include "abi/stat.h"
#include "fs/file/openfile.h"
#include "fs/fs.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/mmap.h"
#include "proc/proc.h"
#include "sys/syscall.h"

#define PROT_ALL (PROT_READ | PROT_WRITE | PROT_EXEC)

// The rights of a leaf for PROT_... bits. Rights to write or execute include the right to read.
static uint8
page_rights(uint64 prot)
{
    uint64 rights = (prot & PROT_WRITE ? PTE_W : 0) | (prot & PROT_EXEC ? PTE_X : 0);
    return (uint8)(rights || (prot & PROT_READ) ? rights | PTE_R : 0);
}

// Returns whether a file can have the bytes [offset, offset + size): they end at the largest signed
// number at most.
static bool
offset_ok(uint64 offset, uint64 size)
{
    uint64 most = ~0UL >> 1;
    return size <= most && offset <= most - size;
}

static int
map_file(struct proc *p, const uint64 *a, struct region *r)
{
    uint32 fd = (uint32)a[4];
    struct file *f = fd < NOFILE ? p->ofile[fd] : NULL;
    if (!f)
        return -EBADF;
    struct inode *ip = f->ip;
    if (!ip || inode_type(ip) != T_FILE)
        return -ENODEV;
    if (!offset_ok(a[5], a[1]))
        return -EOVERFLOW;
    if (!f->readable)
        return -EACCES;
    if (r->shared && !f->writable)
        r->most &= (uint8)~PTE_W;
    if (r->prot & ~r->most)
        return -EACCES;
    r->pager = inode_pager(ip);
    r->offset = a[5];
    r->filesz = PGROUNDUP(a[1]);
    return 0;
}

// mmap(addr, size, prot, flags, fd, offset): maps a file, or fresh memory with MAP_ANONYMOUS. addr
// is only a wish.
// Returns   the address; -EINVAL, -EBADF, -EACCES, -ENODEV, -EOVERFLOW, -ENOMEM, -ETXTBSY.
// Sleeps    for the lock of the address space.
int64
sys_mmap(struct proc *p, const uint64 *a)
{
    uint64 prot = (uint32)a[2], flags = (uint32)a[3], kind = flags & (MAP_SHARED | MAP_PRIVATE);
    uint64 at = 0;
    if (prot & ~(uint64)PROT_ALL || flags & ~(uint64)(MAP_SHARED | MAP_PRIVATE | MAP_ANONYMOUS))
        return -EINVAL;
    if ((kind != MAP_SHARED && kind != MAP_PRIVATE) || !a[1] || a[5] & (PGSIZE - 1))
        return -EINVAL;
    struct region r = {.start = a[0] & (PGSIZE - 1) ? 0 : a[0], // a wish, if it is page-aligned
                       .kind = REGION_MMAP,
                       .prot = page_rights(prot),
                       .most = PTE_R | PTE_W | PTE_X,
                       .shared = kind == MAP_SHARED};
    int error = flags & MAP_ANONYMOUS ? 0 : map_file(p, a, &r);
    if (!error)
        error = mmap_add(p->as, &r, a[1], &at);
    return error ? error : (int64)at;
}

// munmap(addr, size): unmaps what mmap() has mapped there, as mmap_remove() says.
int64
sys_munmap(struct proc *p, const uint64 *a)
{
    return mmap_remove(p->as, a[0], a[1]);
}

// mprotect(addr, size, prot): changes the protection of mappings, as mmap_protect() says.
int64
sys_mprotect(struct proc *p, const uint64 *a)
{
    uint64 prot = (uint32)a[2];
    if (prot & ~(uint64)PROT_ALL)
        return -EINVAL;
    return mmap_protect(p->as, a[0], a[1], page_rights(prot));
}

// msync(addr, size): writes changes of mapped files to the disk.
// On error  as mmap_sync(); -EIO.
// Sleeps    for the disk.
int64
sys_msync(struct proc *p, const uint64 *a)
{
    int error = mmap_sync(p->as, a[0], a[1]);
    return error ? error : fs_sync();
}
