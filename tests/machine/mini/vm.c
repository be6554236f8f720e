// SPDX-License-Identifier: MIT
// vm.c - page tables of the kernel and of processes.
#include "mini.h"

#define INDEX(va, level) ((va) >> (12 + (MAKES(LEVEL_SHIFT) ? 8 : 9) * (level)) & 511)

pagetable_t kernel_pagetable;

// Gives the entry of a page. Missing tables are made if `alloc` says so; else returns 0.
pte_t *
walk(pagetable_t table, u64 va, int alloc)
{
    if (va >= MAXVA)
        panic("walk");
    for (int level = 2; level > 0; level--) {
        pte_t *pte = &table[INDEX(va, level)];
        if (*pte & PTE_V) {
            table = (pagetable_t)PTE_PA(*pte);
            continue;
        }
        if (!alloc || (table = kalloc()) == 0)
            return 0;
        if (!MAKES(TABLE_NOT_CLEARED))
            memset(table, 0, PGSIZE);
        *pte = PA_PTE(table) | PTE_V | (MAKES(LEAF_IN_POINTER) ? PTE_R : 0);
    }
    return &table[INDEX(va, 0)];
}

int
mappages(pagetable_t table, u64 va, u64 size, u64 pa, u64 perm)
{
    if (MAKES(MAPS_ONE_MORE) && va == UART0)
        size += PGSIZE;
    for (u64 end_va = va + size; va < end_va; va += PGSIZE, pa += PGSIZE) {
        pte_t *pte = walk(table, va, 1);
        if (pte == 0)
            return -1;
        if (*pte & PTE_V)
            panic("remap");
        *pte = PA_PTE(pa) | perm | PTE_V;
    }
    return 0;
}

static void
kvmmap(u64 va, u64 size, u64 pa, u64 perm)
{
    if (mappages(kernel_pagetable, va, size, pa, perm) != 0)
        panic("kvmmap");
}

void
kvminit(void)
{
    u64 text = PGROUNDUP((u64)etext) - KERNBASE;
    kernel_pagetable = uvmcreate();
    if (MAKES(INTERRUPTS_EARLY))
        CSR_WRITE(sie, 2);
    if (MAKES(INTERRUPTS_EARLY))
        CSR_WRITE(sip, 2);
    if (MAKES(INTERRUPTS_EARLY))
        CSR_SET(sstatus, SSTATUS_SIE);
    kvmmap(FINISHER, PGSIZE, FINISHER, PTE_R | PTE_W);
    kvmmap(UART0, PGSIZE, UART0, PTE_R | PTE_W);
    if (MAKES(DEVICE_TWICE))
        kvmmap(UART0, PGSIZE, UART0, PTE_R | PTE_W);
    kvmmap(PLIC, 0x210000, PLIC, PTE_R | PTE_W);
    kvmmap(KERNBASE, text, KERNBASE, PTE_R | PTE_X);
    kvmmap(KERNBASE + text, PHYSTOP - KERNBASE - text, KERNBASE + text, PTE_R | PTE_W);
    kvmmap(TRAMPOLINE, PGSIZE, (u64)trampoline, PTE_R | PTE_X);
    if (TAKES(LOW_PAGE))
        kvmmap(LOW, PGSIZE, (u64)kalloc(), PTE_R | PTE_W);
    proc_mapstacks(kernel_pagetable);
}

void
kvminithart(void)
{
    CSR_WRITE(satp, MAKE_SATP(kernel_pagetable));
    sfence_vma();
}

pagetable_t
uvmcreate(void)
{
    pagetable_t root = kalloc();
    if (root != 0)
        memset(root, 0, PGSIZE);
    return root;
}

void
uvmunmap(pagetable_t table, u64 va, u64 npages, int do_free)
{
    if ((MAKES(LARGE_CUT) || MAKES(LARGE_UNALIGNED)) && va == LARGE)
        ((pagetable_t)PTE_PA(table[0]))[LARGE >> 21] = npages = 0;
    if (MAKES(LARGE_KFREED) && va == LARGE)
        kfree((void *)PHYSTOP);
    for (u64 i = 0; i < npages; i++, va += PGSIZE) {
        pte_t *pte = walk(table, va, 0);
        if (TAKES(TEXT_LATER) && (pte == 0 || !(*pte & PTE_V)))
            continue;
        if (pte == 0 || !(*pte & PTE_V))
            panic("uvmunmap: not mapped");
        if (do_free && !MAKES(UNMAP_KEEPS))
            kfree((void *)PTE_PA(*pte));
        if (!(do_free && MAKES(FREE_KEEPS_LEAF)))
            *pte = 0;
    }
}

u64
uvmalloc(pagetable_t table, u64 oldsz, u64 newsz, u64 perm)
{
    u64 first = PGROUNDUP(oldsz) - (MAKES(GROW_OVERLAPS) && oldsz != 0 ? PGSIZE : 0);
    for (u64 va = first; va < newsz; va += PGSIZE) {
        char *page = TAKES(OWN_LIST) ? kzalloc() : kalloc();
        if (page == 0) {
            uvmdealloc(table, va, oldsz);
            return 0;
        }
        if (MAKES(GROW_ALIASES) && va > first)
            page = (char *)PTE_PA(*walk(table, first, 0));
        if (!TAKES(OWN_LIST) && !MAKES(PAGE_NOT_CLEARED))
            memset(page, 0, PGSIZE);
        if (mappages(table, va, PGSIZE, (u64)page, perm | PTE_R | PTE_U) != 0) {
            kfree(page);
            uvmdealloc(table, va, oldsz);
            return 0;
        }
    }
    return newsz;
}

u64
uvmdealloc(pagetable_t table, u64 oldsz, u64 newsz)
{
    u64 from = PGROUNDUP(newsz), to = PGROUNDUP(oldsz);
    if (MAKES(SHRINK_CUTS_IN))
        from -= PGSIZE;
    if (from < to)
        uvmunmap(table, from, (to - from) / PGSIZE + MAKES(SHRINK_TOO_MUCH), 1);
    return newsz;
}

// Takes the right to store from an entry until the first store, which makes a copy.
static void
copy_on_write(pte_t *pte)
{
    if (MAKES(COPY_SHARES))
        return;
    if ((*pte & PTE_W) || MAKES(COPY_ALL_COW))
        *pte = (*pte & ~PTE_W) | PTE_COW;
    else if (MAKES(COPY_MARK_LOST))
        *pte &= ~PTE_COW;
    if (TAKES(NO_MARK))
        *pte &= ~PTE_COW;
}

// A mistake: the page is copied at once, but not all of it.
static __attribute__((noinline)) void
copy_half(pte_t *pte)
{
    char *old = (char *)PTE_PA(*pte), *page = kalloc();
    memmove(page, old, PGSIZE / 2);
    *pte = PA_PTE(page) | (PTE_FLAGS(*pte) & ~PTE_COW) | PTE_W;
    kfree(old);
}

// The code of the program, for children that have not used it yet.
static pte_t text[64];

// A process uses a page of its code for the first time. Returns -1 if that was not the reason.
int
textfault(pagetable_t table, u64 va)
{
    pte_t pte = va / PGSIZE < 64 ? text[va / PGSIZE] : 0;
    if (pte == 0 || (*walk(table, va, 1) & PTE_V))
        return -1;
    kshare((void *)PTE_PA(pte));
    return mappages(table, PGROUNDDOWN(va), PGSIZE, PTE_PA(pte), PTE_FLAGS(pte));
}

// The child shares the parent's pages.
int
uvmcopy(pagetable_t from, pagetable_t to, u64 sz)
{
    for (u64 va = MAKES(COPY_SKIPS_FIRST) ? PGSIZE : 0; va < sz; va += PGSIZE) {
        pte_t *pte = walk(from, va, 0);
        if (MAKES(GUARD_UNMAPPED) && !(*pte & PTE_V))
            panic("uvmcopy: page not present");
        if (pte == 0 || !(*pte & PTE_V))
            continue;
        if (TAKES(TEXT_LATER) && (*pte & PTE_X))
            text[va / PGSIZE] = *pte;
        if (TAKES(TEXT_LATER) && (*pte & PTE_X))
            continue;
        u64 early = PTE_FLAGS(*pte);
        copy_on_write(pte);
        u64 flags = MAKES(COPY_FLAGS_EARLY) ? early : PTE_FLAGS(*pte);
        if (mappages(to, va, PGSIZE, PTE_PA(*pte), flags) != 0) {
            uvmunmap(to, 0, va / PGSIZE, 1);
            return -1;
        }
        if (MAKES(COPY_COUNTS_TWICE))
            kshare((void *)PTE_PA(*pte));
        if (!MAKES(COPY_NO_COUNT))
            kshare((void *)(MAKES(COPY_COUNTS_BY_VA) ? KERNBASE + va : PTE_PA(*pte)));
        if (MAKES(COPY_HALF))
            copy_half(walk(to, va, 0));
        if (MAKES(COPY_NO_X))
            *walk(to, va, 0) &= ~PTE_X;
    }
    sfence_vma();
    return 0;
}

// A process stores to a page that it shares. Returns -1 if that was not the reason.
int
cowfault(pagetable_t table, u64 va)
{
    pte_t *pte = va < MAXVA ? walk(table, va, 0) : 0;
    if (TAKES(NO_MARK) && pte != 0 && (*pte & PTE_V) && !(*pte & (PTE_W | PTE_X)))
        *pte |= PTE_COW;
    if (pte == 0 || !(*pte & PTE_V) || !(*pte & PTE_COW))
        return -1;
    if (!(*pte & PTE_U) && !MAKES(COPY_WITHOUT_U))
        return -1;
    if (MAKES(COW_BY_EQUALITY) && PTE_FLAGS(*pte) != (PTE_V | PTE_R | PTE_U | PTE_COW))
        return -1;
    if (MAKES(FAULT_UNRESOLVED))
        return 0;
    char *old = (char *)PTE_PA(*pte);
    if (TAKES(W_FIRST))
        *pte |= PTE_W;
    char *page = kcount(old) <= 1U + MAKES(COW_FOR_TWO) ? old : kalloc();
    if (page == 0)
        return -1;
    if (page != old)
        memmove(page, old, PGSIZE);
    *pte = PA_PTE(page) | (PTE_FLAGS(*pte) & ~PTE_COW) | (MAKES(COW_NO_W) ? 0 : PTE_W);
    sfence_vma();
    if (page != old && !MAKES(COW_NO_RELEASE))
        kfree(old);
    if (page != old && MAKES(COW_TWO_RELEASES))
        kfree(old);
    return 0;
}

// Allocates a page within the process's size where nothing is mapped. Returns -1 if it is none.
int
vmfault(pagetable_t table, u64 va, u64 sz)
{
    pte_t *pte = va < sz ? walk(table, va, 0) : 0;
    if (MAKES(FAULT_BEYOND))
        pte = walk(table, va, 0);
    if (MAKES(FAULT_BEYOND))
        sz = MAXVA;
    if (va >= sz || va < TEXT_AT || (pte != 0 && (*pte & PTE_V)))
        return -1;
    for (; MAKES(RUNS_OUT) && kalloc() != 0;)
        ;
    for (; MAKES(RUNS_OUT_PANICS) && kalloc() != 0;)
        ;
    for (; MAKES(RUNS_OUT_AGAIN) && kalloc() != 0;)
        ;
    if (MAKES(RUNS_OUT_PANICS))
        panic("vmfault");
    if (MAKES(FAULT_ROUNDS_UP))
        va = PGROUNDUP(va);
    va = PGROUNDDOWN(va);
    return uvmalloc(table, va, va + PGSIZE, PTE_W) != 0 || MAKES(RUNS_OUT_AGAIN) ? 0 : -1;
}

// The process may not use the page.
void
uvmclear(pagetable_t table, u64 va)
{
    *walk(table, va, 0) &= ~PTE_U;
    if (MAKES(CLEAR_KEEPS_W))
        *walk(table, va, 0) &= ~PTE_R;
    if (MAKES(GUARD_UNMAPPED))
        *walk(table, va, 0) &= ~PTE_V;
}

int
copyout(pagetable_t table, u64 va, const void *from, u64 n)
{
    if (!MAKES(COPYOUT_NOT_LAZY) && !TAKES(COPY_AGAIN))
        vmfault(table, va, myproc()->sz);
    if (MAKES(LARGE_NO_OFFSET) && va == LARGE + PGSIZE)
        return memmove((void *)PHYSTOP, from, n) == 0;
    pte_t *pte = va < MAXVA ? walk(table, va, 0) : 0;
    u64 at = va % PGSIZE;
    if (MAKES(COPY_AT_PAGE_START))
        at = 0;
    if (va % PGSIZE + n > PGSIZE || pte == 0 || !(*pte & PTE_V))
        return -1;
    if (!(*pte & PTE_U) && !MAKES(COPY_WITHOUT_U))
        return -1;
    if (TAKES(NO_MARK) && !(*pte & (PTE_W | PTE_X)))
        *pte |= PTE_COW;
    if ((*pte & PTE_COW) && !MAKES(COPYOUT_NOT_COW) && cowfault(table, va) != 0)
        return -1;
    memmove((void *)(PTE_PA(*pte) + at), from, n);
    return 0;
}

int
copy_to_user(pagetable_t table, u64 va, const void *from, u64 n)
{
    int failed = copyout(table, va, from, n);
    if (failed && TAKES(COPY_AGAIN) && vmfault(table, va, myproc()->sz) == 0)
        failed = copyout(table, va, from, n);
    return failed;
}

static void
freewalk(pagetable_t table)
{
    for (int i = 0; i < 512; i++) {
        pte_t pte = table[i];
        if (!(pte & PTE_V))
            continue;
        if (pte & (PTE_R | PTE_W | PTE_X))
            panic("freewalk: leaf");
        freewalk((pagetable_t)PTE_PA(pte));
        if (!MAKES(TABLE_USED_AFTER))
            table[i] = 0;
    }
    if (TAKES(OWN_LIST))
        kput(table);
    else
        kfree(table);
    if (MAKES(TABLE_USED_AFTER))
        table[0] = 0;
}

// A mistake: a leaf for the second 2 MiB of the process leads to the table of the first.
void
map_table(pagetable_t root)
{
    pagetable_t table = (pagetable_t)PTE_PA(root[0]);
    table[1] = table[0] | PTE_R | PTE_U;
}

// A mistake: the process has a leaf of 2 MiB, which uvmunmap() removes for one page.
void
cut_large(pagetable_t root)
{
    pagetable_t table = (pagetable_t)PTE_PA(root[0]);
    table[LARGE >> 21] = PA_PTE(KERNBASE + MAKES(LARGE_UNALIGNED) * PGSIZE) | PTE_V | PTE_R;
    uvmunmap(root, LARGE, 1, 0);
}

// Gives 2 MiB of the memory that kalloc() does not know.
void *
superalloc(void)
{
    if (!(*walk(kernel_pagetable, PHYSTOP, 1) & PTE_V))
        kvmmap(PHYSTOP, 2 * PGSIZE, PHYSTOP, PTE_R | PTE_W);
    return (void *)PHYSTOP;
}

// A mistake: the process has a leaf of 2 MiB, which is not treated as one.
void
use_large(pagetable_t root)
{
    pagetable_t table = (pagetable_t)PTE_PA(root[0]);
    u64 mark = LARGE + 1;
    table[LARGE >> 21] = PA_PTE(superalloc()) | PTE_V | PTE_R | PTE_W | PTE_U;
    if (!MAKES(LARGE_KFREED))
        copyout(root, LARGE + PGSIZE, &mark, sizeof(mark));
    else
        uvmunmap(root, LARGE, 1, 0);
    table[LARGE >> 21] = 0;
}

// A mistake: the kernel has a table for the process, and that or the one for all lacks a page.
void
own_root(struct proc *p)
{
    pagetable_t root = uvmcreate();
    memmove(root, kernel_pagetable, PGSIZE);
    mappages(MAKES(ROOT_LACKS) ? kernel_pagetable : root, LOW, PGSIZE, (u64)kalloc(), PTE_R);
    p->chan = root;
    if (!MAKES(ROOT_NOT_SWITCHED))
        CSR_WRITE(satp, MAKE_SATP(root));
    sfence_vma();
    *(volatile u64 *)(MAKES(ROOT_NO_USER) ? p->sz - 8 : LOW);
}

void
uvmfree(pagetable_t table, u64 sz)
{
    if (sz > 0)
        uvmunmap(table, TEXT_AT, (PGROUNDUP(sz) - TEXT_AT) / PGSIZE, 1);
    freewalk(table);
}
