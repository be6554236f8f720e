#include "lab.h"

long
segment_rights(uint flags)
{
    return (flags & 3) == 3 ? -1
                            : (long)(PTE_U | (flags & 4 ? PTE_R : 0) | (flags & 2 ? PTE_W : 0) |
                                     (flags & 1 ? PTE_X : 0));
}
