// SPDX-License-Identifier: MIT
// spec39.c - a second, independent reading of the manual: bit ranges and tables of what is allowed
// instead of named masks and a list of rules. It includes nothing of the kernel.
#include "spec39.h"

#define BITS(x, high, low) ((uint64_t)(x) << (63 - (high)) >> (63 - (high) + (low)))

// allowed[access][xwr]: may a leaf with these X, W, R bits be used so (MXR = 0)?
static const char allowed[3][8] = {
    //           r  w  rw x  rx wx rwx
    {0, 1, 0, 1, 0, 1, 0, 1}, // load
    {0, 0, 0, 1, 0, 0, 0, 1}, // store
    {0, 0, 0, 0, 1, 1, 0, 1}, // fetch
};

static struct spec39_result
fault(const int causes[3], int kind, int reads)
{
    struct spec39_result r = {causes[kind], 0, reads, false, 0};
    return r;
}

static bool
mode_forbids(bool user_mode, bool u_bit, bool sum, int kind)
{
    if (user_mode)
        return !u_bit;
    return u_bit && (kind == 2 || !sum);
}

struct spec39_result
spec39(uint64_t satp, uint64_t va, char access, bool user_mode, bool sum, bool mxr, bool svadu,
       bool (*memory)(uint64_t pa, uint64_t *value))
{
    static const int page_fault[3] = {13, 15, 12}, access_fault[3] = {5, 7, 1};
    int kind = access == 'r' ? 0 : access == 'w' ? 1 : 2;
    int levels = (int)BITS(satp, 63, 60) - 8 + 3, width = 12 + 9 * levels;
    uint64_t high = BITS(va, 63, width - 1), ppn = BITS(satp, 43, 0), pte = 0;
    int reads = 0, low;

    if (high != 0 && high != BITS(~0UL, 63, width - 1))
        return fault(page_fault, kind, 0);
    for (low = width - 9;; low -= 9) { // the lowest bit of this level's index
        if (low < 12)
            return fault(page_fault, kind, reads);
        if (!memory(ppn * 4096 + BITS(va, low + 8, low) * 8, &pte))
            return fault(access_fault, kind, reads);
        reads++;
        if (BITS(pte, 0, 0) == 0 || BITS(pte, 2, 1) == 2 || BITS(pte, 63, 54) != 0)
            return fault(page_fault, kind, reads);
        if (BITS(pte, 3, 1) != 0)
            break;
        if (BITS(pte, 4, 4) != 0 || BITS(pte, 7, 6) != 0)
            return fault(page_fault, kind, reads);
        ppn = BITS(pte, 53, 10);
    }
    int xwr = (int)BITS(pte, 3, 1);
    if (mxr && (xwr & 4))
        xwr |= kind == 0 ? 1 : 0;
    bool fits = low == 12 || BITS(pte, 10 + (low - 12) - 1, 10) == 0;
    if (!fits || mode_forbids(user_mode, BITS(pte, 4, 4), sum, kind) || !allowed[kind][xwr])
        return fault(page_fault, kind, reads);
    uint64_t want = pte | 1 << 6 | (kind == 1 ? 1 << 7 : 0);
    if (want != pte && !svadu)
        return fault(page_fault, kind, reads);
    struct spec39_result r = {-1, BITS(pte, 53, 10) * 4096 + BITS(va, low - 1, 0), reads,
                              want != pte, want};
    return r;
}
