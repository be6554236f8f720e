// flags.c - from a segment of an ELF file to the rights of its pages.
#include "lab.h"

#define PF_X 1u // of the file: the segment may be executed, written, read
#define PF_W 2u
#define PF_R 4u

// Returns the bits for the entries of a user segment, PTE_V not among them; -1: refuse the file.
long
segment_rights(uint flags)
{
    uint64 rights = PTE_U | PTE_R;
    if ((flags & PF_W) && (flags & PF_X))
        return -1;
    if (flags & PF_W)
        rights |= PTE_W;
    if (flags & PF_X)
        rights |= PTE_X;
    return (long)rights;
}
