// SPDX-License-Identifier: MIT
// pmp.c - which entry decides about an access, and how.
#include "hart/pmp.h"

#include "machine.h"

#define PMP_R 1
#define PMP_W 2
#define PMP_X 4
#define PMP_A 0x18
#define PMP_L 0x80

enum { PMP_OFF = 0x00, PMP_TOR = 0x08, PMP_NA4 = 0x10, PMP_NAPOT = 0x18 };

// The range of entry `i`, as [*start, *end). Returns false if the entry is off or empty.
static bool
range(const struct pmp *p, int i, uint64 *start, uint64 *end)
{
    uint64 addr = p->addr[i], size;
    switch (p->cfg[i] & PMP_A) {
    case PMP_TOR:
        *start = i == 0 ? 0 : p->addr[i - 1] << 2;
        *end = addr << 2;
        return *start < *end;
    case PMP_NA4:
        *start = addr << 2;
        *end = *start + 4;
        return true;
    case PMP_NAPOT:
        size = (addr ^ (addr + 1)) + 1; // twice the trailing ones, in units of 4 bytes
        *start = (addr & ~(size - 1)) << 2;
        *end = *start + (size << 2);
        return true;
    }
    return false;
}

// Returns whether the configuration allows this access in this mode.
static bool
permits(uint8 cfg, unsigned mode, enum pt_access access)
{
    static const uint8 bit[] = {[PT_READ] = PMP_R, [PT_WRITE] = PMP_W, [PT_EXEC] = PMP_X};
    return (mode == MODE_M && !(cfg & PMP_L)) || (cfg & bit[access]);
}

// The entries that the hart goes by. The adversary uses those of before a change, until the
// fence (rule 20).
static const struct pmp *
entries(const struct machine *m, const struct hart *h, unsigned mode)
{
    bool remembers = h->pmp_unfenced && mode != MODE_M && tlb_oldest(m->config.tlb);
    return remembers && h->satp >> SATP_MODE_SHIFT != SATP_BARE ? &h->pmp_before : &h->pmp;
}

bool
pmp_allows(const struct machine *m, unsigned hart, unsigned mode, uint64 pa, uint64 bytes,
           enum pt_access access)
{
    const struct pmp *p = entries(m, &m->s.hart[hart], mode);
    uint64 start, end, last = pa + bytes - 1;
    for (int i = 0; i < p->top; i++) {
        if (!range(p, i, &start, &end) || last < start || pa > end - 1)
            continue;
        return pa >= start && last <= end - 1 && permits(p->cfg[i], mode, access);
    }
    return mode == MODE_M || (p->top == 0 && m->config.no_pmp);
}
