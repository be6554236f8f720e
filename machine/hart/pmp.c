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
range(const struct hart *h, int i, uint64 *start, uint64 *end)
{
    uint64 addr = h->pmpaddr[i], size;
    switch (h->pmpcfg[i] & PMP_A) {
    case PMP_TOR:
        *start = i == 0 ? 0 : h->pmpaddr[i - 1] << 2;
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

// Does the configuration allow this access in this mode?
static bool
permits(uint8 cfg, unsigned mode, enum pt_access access)
{
    static const uint8 bit[] = {[PT_READ] = PMP_R, [PT_WRITE] = PMP_W, [PT_EXEC] = PMP_X};
    return (mode == MODE_M && !(cfg & PMP_L)) || (cfg & bit[access]);
}

bool
pmp_allows(const struct machine *m, unsigned hart, unsigned mode, uint64 pa, uint64 bytes,
           enum pt_access access)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 start, end, last = pa + bytes - 1;
    for (int i = 0; i < h->pmp_top; i++) {
        if (!range(h, i, &start, &end) || last < start || pa > end - 1)
            continue;
        return pa >= start && last <= end - 1 && permits(h->pmpcfg[i], mode, access);
    }
    return mode == MODE_M || (h->pmp_top == 0 && m->config.no_pmp);
}
