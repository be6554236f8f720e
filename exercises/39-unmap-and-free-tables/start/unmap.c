// unmap.c - takes pages out of a table, and the tables that become empty.
#include "lab.h"

// Clears the entries of [start, end), and frees their frames and each table that has become empty,
// but not the root. Pages that are not mapped are passed over.
void
unmap(pagetable_t root, uint64 start, uint64 end)
{
    (void)root, (void)start, (void)end; // your code
}
