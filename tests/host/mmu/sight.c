// SPDX-License-Identifier: MIT
// sight.c - see sight.h.
#include "mmu/sight.h"

#include "rv/csr.h"

// Some harts set A and D themselves, others fault (priv svade).
pte_t
sight_touched(enum pt_access access)
{
    return access == PT_WRITE ? PTE_A | PTE_D : PTE_A;
}

static bool
allows(pte_t pte, enum pt_access access, enum mode mode)
{
    static const pte_t right[] = {[PT_READ] = PTE_R, [PT_WRITE] = PTE_R | PTE_W, [PT_EXEC] = PTE_X};
    bool sum = *model_csr(CSR_sstatus) & SSTATUS_SUM;
    pte_t need = right[access] | (model_sets_ad ? 0 : sight_touched(access));
    if (!pte_leaf(pte) || (pte & need) != need)
        return false;
    if (mode == MODE_USER)
        return pte & PTE_U;
    return !(pte & PTE_U) || (sum && access != PT_EXEC);
}

// Compares a possible outcome with that of the table.
enum sight
sight_compare(struct outcome o, struct outcome now, uint64 va, enum pt_access access,
              enum mode mode)
{
    bool may = allows(now.pte, access, mode);
    if (allows(o.pte, access, mode)) {
        if (!may)
            model_fail("stale right: access %d of va 0x%lx by entry 0x%lx, the table has 0x%lx",
                       access, va, o.pte, now.pte);
        if (pte_translate(o.pte, o.level, va) != pte_translate(now.pte, now.level, va))
            model_fail("stale frame: access %d of va 0x%lx by entry 0x%lx, the table has 0x%lx",
                       access, va, o.pte, now.pte);
        return SIGHT_OK;
    }
    if (!may)
        return SIGHT_FAULT;
    if (pte_leaf(o.pte))
        return SIGHT_OLD_RIGHTS;
    return o.level > 0 && now.level < o.level ? SIGHT_OLD_POINTER : SIGHT_OLD_HOLE;
}
