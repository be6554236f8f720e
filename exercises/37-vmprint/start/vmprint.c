// vmprint.c - a table made visible.
#include "lab.h"

// Prints the table as the course of 2020 wants it.
void
vmprint(pagetable_t root)
{
    printf("page table %p\n", (void *)root); // the rest is yours
}
