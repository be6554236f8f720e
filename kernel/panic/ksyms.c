// SPDX-License-Identifier: MIT
// ksyms.c - finds the function that an address of the kernel's text belongs to.
#include "panic/ksyms.h"

// Finds the last symbol at or below pc. Returns its name, NULL if pc is not kernel text; sets
// *offset to the distance from it.
const char *
ksyms_lookup(uint64 pc, uint64 *offset)
{
    uint64 text = (uint64)_text, at = pc - text; // below _text: wraps to a large distance
    uint64 low = 0, high = ksyms_count;
    if (at >= (uint64)_etext - text)
        return NULL;
    while (low < high) {
        uint64 mid = low + (high - low) / 2;
        if (ksyms_addr[mid] <= at)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == 0)
        return NULL;
    *offset = at - ksyms_addr[low - 1];
    return ksyms_strings + ksyms_name[low - 1];
}
