// vmprint.c - a table made visible.
#include "lab.h"

static void
print_level(pagetable_t table, int depth)
{
    for (int i = 0; i < 512; i++) {
        pte_t pte = table[i];
        if (!(pte & PTE_V))
            continue;
        for (int d = 0; d < depth; d++)
            printf(d == 0 ? ".." : " ..");
        printf("%d: pte %p pa %p\n", i, (void *)pte, (void *)PTE2PA(pte));
        if ((pte & (PTE_R | PTE_W | PTE_X)) == 0)
            print_level((pagetable_t)PTE2PA(pte), depth + 1);
    }
}

// Prints the table as the course of 2020 wants it.
void
vmprint(pagetable_t root)
{
    printf("page table %p\n", (void *)root);
    print_level(root, 1);
}
