// SPDX-License-Identifier: MIT
// guest.c - reads a hart's memory without leaving a trace in the machine.
//
// Theory    Reading memory for a report must not change the run: no A or D bit is set, no shortcut
//           made, no watch triggered, and PMP is not asked.
#include "sight/guest.h"

#include "base/mem.h"
#include "machine.h"
#include "mmu/satp.h"

static bool
entry_present(void *arg, uint64 pa)
{
    const struct machine *m = arg;
    return ram_has(&m->ram, pa, sizeof(pte_t));
}

static pte_t
entry_read(void *arg, uint64 pa)
{
    const struct machine *m = arg;
    return *(const pte_t *)ram_at(&m->ram, pa);
}

bool
guest_walk_tree(const struct machine *m, uint64 satp, uint64 va, enum pt_access access, bool user,
                bool sum, struct pt_trace *trace)
{
    struct pt_env env = {.levels = satp_levels(satp)};
    struct pt t = {.root = (pagetable_t)(size_t)satp_root(satp), .env = &env};
    struct pt_hart state = {.user = user,
                            .sum = sum,
                            .update_ad = !m->config.svade,
                            .present = entry_present,
                            .read = entry_read,
                            .arg = (void *)m};
    if (env.levels == 0)
        return false;
    translate(&t, va, access, &state, trace);
    return true;
}

bool
guest_walk(const struct machine *m, unsigned hart, uint64 va, enum pt_access access,
           struct pt_trace *trace)
{
    const struct hart *h = &m->s.hart[hart];
    return h->mode != MODE_M && guest_walk_tree(m, h->satp, va, access, false, true, trace);
}

bool
guest_translate(const struct machine *m, unsigned hart, uint64 va, enum pt_access access,
                uint64 *pa)
{
    struct pt_trace trace = {.pa = va};
    if (guest_walk(m, hart, va, access, &trace) && trace.rule != RULE_OK)
        return false;
    *pa = trace.pa;
    return ram_has(&m->ram, *pa, 1);
}

bool
guest_read_near(const struct machine *m, unsigned hart, struct guest_page *page, uint64 va,
                unsigned n, enum pt_access access, uint64 *value)
{
    uint64 offset = va & (PAGE_BYTES - 1), first = va - offset;
    if (offset + n > PAGE_BYTES)
        return false;
    if (!page->known || page->va != first) {
        page->known = guest_translate(m, hart, first, access, &page->pa);
        page->va = first;
    }
    if (!page->known)
        return false;
    *value = 0;
    mem_copy(value, ram_at(&m->ram, page->pa + offset), n);
    return true;
}

bool
guest_read(const struct machine *m, unsigned hart, uint64 va, unsigned n, enum pt_access access,
           uint64 *value)
{
    struct guest_page page = {0};
    return guest_read_near(m, hart, &page, va, n, access, value);
}
