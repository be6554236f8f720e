// unmap.c - takes pages out of a table, and the tables that become empty.
#include "lab.h"

static int
empty(pagetable_t table)
{
    for (int i = 0; i < 512; i++)
        if (table[i])
            return 0;
    return 1;
}

// Unmaps the part of [start, end) for which the table stands, from `base` on.
static void
unmap_level(pagetable_t table, int level, uint64 base, uint64 start, uint64 end)
{
    uint64 size = PGSIZE << (9 * level);
    for (uint64 i = 0; i < 512; i++) {
        uint64 at = base + i * size;
        pte_t pte = table[i];
        if (at + size <= start || at >= end || !(pte & PTE_V))
            continue;
        if (level > 0) {
            unmap_level((pagetable_t)PTE2PA(pte), level - 1, at, start, end);
            if (!empty((pagetable_t)PTE2PA(pte)))
                continue;
        }
        table[i] = 0;
        kfree((void *)PTE2PA(pte));
    }
}

// Clears the entries of [start, end), and frees their frames and each table that has become empty,
// but not the root. Pages that are not mapped are passed over.
void
unmap(pagetable_t root, uint64 start, uint64 end)
{
    unmap_level(root, 2, 0, start, end);
    sfence_vma();
}
