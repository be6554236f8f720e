// SPDX-License-Identifier: MIT
// access.c - the slow way of every access.
#include "mmu/access.h"

#include "hart/code.h"
#include "hart/pmp.h"
#include "machine.h"
#include "mmu/contexts.h"
#include "mmu/fetched.h"
#include "mmu/store.h"
#include "time/rest.h"
#include "time/snapshot.h"

static bool
fault(struct machine *m, unsigned hart, int cause, uint64 tval)
{
    m->lane[hart].trap = (struct trap){cause, tval};
    return false;
}

static bool
access_fault(struct machine *m, unsigned hart, enum pt_access access, uint64 va)
{
    static const int cause[] = {[PT_READ] = CAUSE_LOAD_ACCESS,
                                [PT_WRITE] = CAUSE_STORE_ACCESS,
                                [PT_EXEC] = CAUSE_FETCH_ACCESS};
    return fault(m, hart, cause[access], va);
}

// The state of the hart that translation depends on, for an access in `mode`.
static struct pt_hart
pt_state(const struct machine *m, unsigned hart, unsigned mode)
{
    const struct hart *h = &m->s.hart[hart];
    return (struct pt_hart){.user = mode == MODE_U,
                            .sum = (h->mstatus & STATUS_SUM) != 0,
                            .mxr = (h->mstatus & STATUS_MXR) != 0,
                            .update_ad = !m->config.svade};
}

struct entry_reader {
    const struct machine *m;
    unsigned hart;
};

// May the hart's walker read the entry at `pa`?
static bool
entry_present(void *arg, uint64 pa)
{
    const struct entry_reader *r = arg;
    return ram_has(&r->m->ram, pa, sizeof(pte_t)) &&
           pmp_allows(r->m, r->hart, MODE_S, pa, sizeof(pte_t), PT_READ);
}

static pte_t
entry_read(void *arg, uint64 pa)
{
    const struct entry_reader *r = arg;
    return *(const pte_t *)ram_at(&r->m->ram, pa);
}

// Walks the hart's present tree as memory has it.
static void
walk_present(struct machine *m, unsigned hart, uint64 va, enum pt_access access,
             const struct pt_hart *state, struct pt_trace *out)
{
    struct entry_reader reader = {m, hart};
    struct pt_hart with = *state;
    uint64 satp = m->s.hart[hart].satp;
    struct pt_env env = {.levels = (int)(satp >> SATP_MODE_SHIFT) - (int)SATP_SV39 + PT_MIN_LEVELS};
    struct pt t = {.root = (pagetable_t)(size_t)((satp & SATP_PPN_MASK) << PGSHIFT), .env = &env};
    with.present = entry_present;
    with.read = entry_read;
    with.arg = &reader;
    translate(&t, va, access, &with, out);
}

// The hart sets A and D itself. That is no change that a fence would be due for. It compares the
// entry with what it has read, so one that was remembered sets nothing in the present one.
static void
set_accessed(struct machine *m, const struct pt_trace *t)
{
    uint64 pa = t->step[t->reads - 1].pa;
    pte_t *entry = (pte_t *)ram_at(&m->ram, pa);
    if (*entry != t->pte)
        return;
    if (*ram_marks(&m->ram, pa) & RAM_CLEAN)
        history_save(m, pa);
    *entry |= t->set;
}

// Translates `va`. Sets `*pa`, and `*keep` if the result may become a shortcut.
static bool
translate_for(struct machine *m, unsigned hart, uint64 va, enum pt_access access, uint64 *pa,
              bool *keep)
{
    const struct hart *h = &m->s.hart[hart];
    unsigned mode = access == PT_EXEC ? h->mode : contexts_data_mode(m, hart);
    struct pt_trace t;
    *keep = true;
    *pa = va;
    if (mode == MODE_M || (h->satp >> SATP_MODE_SHIFT) == SATP_BARE)
        return true;
    struct pt_hart state = pt_state(m, hart, mode);
    walk_present(m, hart, va, access, &state, &t);
    sight_walk(m, hart, va, access, &t);
    *keep = rules_check(m, hart, va, access, &state, &t);
    if (t.rule != RULE_OK)
        return fault(m, hart, pt_rule_cause(t.rule, access), va);
    if (t.set != 0)
        set_accessed(m, &t);
    *pa = t.pa;
    if (access == PT_EXEC && fetched_stale(m, hart, &t)) {
        *keep = false;
        if (fetched_report(m, hart, va, &t))
            return fault(m, hart, CAUSE_ILLEGAL, 0);
    }
    return true;
}

// Translates and asks PMP. `bytes` do not cross a page.
static bool
reach(struct machine *m, unsigned hart, uint64 va, int bytes, enum pt_access access, uint64 *pa,
      bool *keep)
{
    unsigned mode = access == PT_EXEC ? m->s.hart[hart].mode : contexts_data_mode(m, hart);
    if (!translate_for(m, hart, va, access, pa, keep))
        return false;
    if (!pmp_allows(m, hart, mode, *pa, (uint64)bytes, access))
        return access_fault(m, hart, access, va);
    if (*keep)
        *keep = !m->s.hart[hart].pmp_unfenced &&
                pmp_allows(m, hart, mode, *pa & ~(PAGE_BYTES - 1), PAGE_BYTES, access);
    return true;
}

bool
reach_plain(struct machine *m, unsigned hart, uint64 va, enum pt_access access, uint64 *pa)
{
    const struct hart *h = &m->s.hart[hart];
    unsigned mode = access == PT_EXEC ? h->mode : contexts_data_mode(m, hart);
    struct pt_trace t;
    *pa = va;
    if (mode != MODE_M && (h->satp >> SATP_MODE_SHIFT) != SATP_BARE) {
        struct pt_hart state = pt_state(m, hart, mode);
        walk_present(m, hart, va, access, &state, &t);
        if (t.rule != RULE_OK || t.set != 0 || !rules_settled(m, hart, va, access, &state, &t))
            return false;
        if (access == PT_EXEC && fetched_stale(m, hart, &t))
            return false;
        *pa = t.pa;
    }
    uint64 page = *pa & ~(PAGE_BYTES - 1);
    return ram_has(&m->ram, page, PAGE_BYTES) &&
           pmp_allows(m, hart, mode, page, PAGE_BYTES, access);
}

// Enters a shortcut for the page at `pa` in RAM, unless a mark forbids it.
static void
add_shortcut(struct machine *m, unsigned hart, int kind, uint64 va, uint64 pa, uint8 marks)
{
    if (*ram_marks(&m->ram, pa) & marks)
        return;
    contexts_add(m, hart, kind, va, ram_at(&m->ram, pa & ~(PAGE_BYTES - 1)));
    if (m->sight != NULL)
        sight_cut(m, kind == CUT_STORE, pa);
}

static uint64
ram_load(const struct machine *m, uint64 pa, int bytes)
{
    const uint8 *p = ram_at(&m->ram, pa);
    uint64 value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64)p[i] << (8 * i);
    return value;
}

static bool
crosses(uint64 va, int bytes)
{
    return (va & (PAGE_BYTES - 1)) + (uint64)bytes > PAGE_BYTES;
}

// Loads from one page.
static bool
load_one(struct machine *m, unsigned hart, uint64 va, int bytes, uint64 *value)
{
    uint64 pa;
    bool keep;
    if (!reach(m, hart, va, bytes, PT_READ, &pa, &keep))
        return false;
    if (!ram_has(&m->ram, pa, (uint64)bytes)) {
        rest_spoil(m);
        if (bus_load(m, pa, bytes, value))
            return true;
        return access_fault(m, hart, PT_READ, va);
    }
    *value = ram_load(m, pa, bytes);
    if (*ram_marks(&m->ram, pa) & RAM_WATCH_LOAD)
        sight_load(m, hart, pa, bytes);
    else if (keep)
        add_shortcut(m, hart, CUT_LOAD, va, pa, RAM_SLOW_LOAD);
    return true;
}

bool
load_slow(struct machine *m, unsigned hart, uint64 va, int bytes, uint64 *value)
{
    if ((va & (uint64)(bytes - 1)) && m->config.misaligned_traps)
        return fault(m, hart, CAUSE_LOAD_MISALIGNED, va);
    if (!crosses(va, bytes))
        return load_one(m, hart, va, bytes, value);
    uint64 byte;
    *value = 0;
    for (int i = 0; i < bytes; i++) {
        if (!load_one(m, hart, va + (uint64)i, 1, &byte))
            return false;
        *value |= byte << (8 * i);
    }
    return true;
}

// A store to a page with marks that ask for it.
static void
store_marked(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value, uint8 marks)
{
    uint64 slot = pa & ~7ULL, was = 0;
    if (marks & RAM_CLEAN)
        history_save(m, pa);
    if (marks & RAM_WATCH_STORE)
        sight_store(m, hart, pa, bytes, value);
    if (marks & RAM_TABLE)
        was = ram_load(m, slot, 8);
    uint8 *p = ram_at(&m->ram, pa);
    for (int i = 0; i < bytes; i++)
        p[i] = (uint8)(value >> (8 * i));
    if (marks & RAM_TABLE) {
        sight_table(m, hart, slot, was, ram_load(m, slot, 8));
        trees_store(m, hart, slot, was, ram_load(m, slot, 8), bytes == 8 && pa == slot);
    }
    if (marks & RAM_CODE)
        code_stored(m, pa, (uint64)bytes);
}

void
ram_store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value)
{
    uint8 marks = *ram_marks(&m->ram, pa);
    fetched_stored(m, pa);
    if (m->watch_turn->on)
        rest_store(m, pa);
    if (marks & RAM_SLOW_STORE) {
        store_marked(m, hart, pa, bytes, value, marks);
        return;
    }
    uint8 *p = ram_at(&m->ram, pa);
    for (int i = 0; i < bytes; i++)
        p[i] = (uint8)(value >> (8 * i));
}

// Stores to one page.
static bool
store_one(struct machine *m, unsigned hart, uint64 va, int bytes, uint64 value)
{
    uint64 pa;
    bool keep;
    if (!reach(m, hart, va, bytes, PT_WRITE, &pa, &keep))
        return false;
    if (!ram_has(&m->ram, pa, (uint64)bytes)) {
        if (!bus_store(m, pa, bytes, value))
            return access_fault(m, hart, PT_WRITE, va);
        rest_spoil(m);
        turns_cut(m, hart); // a device may have set a timer or raised an interrupt
        return true;
    }
    ram_store(m, hart, pa, bytes, value);
    if (keep)
        add_shortcut(m, hart, CUT_STORE, va, pa, RAM_SLOW_STORE);
    return true;
}

bool
store_slow(struct machine *m, unsigned hart, uint64 va, int bytes, uint64 value)
{
    if ((va & (uint64)(bytes - 1)) && m->config.misaligned_traps)
        return fault(m, hart, CAUSE_STORE_MISALIGNED, va);
    if (!crosses(va, bytes))
        return store_one(m, hart, va, bytes, value);
    for (int i = 0; i < bytes; i++)
        if (!store_one(m, hart, va + (uint64)i, 1, value >> (8 * i)))
            return false;
    return true;
}

bool
reserve_at(struct machine *m, unsigned hart, uint64 va, int bytes, bool store, uint64 *pa)
{
    enum pt_access access = store ? PT_WRITE : PT_READ;
    bool keep;
    if (va & (uint64)(bytes - 1))
        return fault(m, hart, store ? CAUSE_STORE_MISALIGNED : CAUSE_LOAD_MISALIGNED, va);
    if (!reach(m, hart, va, bytes, access, pa, &keep))
        return false;
    if (!ram_has(&m->ram, *pa, (uint64)bytes))
        return access_fault(m, hart, access, va);
    return true;
}

bool
load_amo(struct machine *m, unsigned hart, uint64 va, int bytes, uint64 *value)
{
    uint64 pa;
    if (!reserve_at(m, hart, va, bytes, true, &pa))
        return false;
    *value = ram_load(m, pa, bytes);
    if (*ram_marks(&m->ram, pa) & RAM_WATCH_LOAD)
        sight_load(m, hart, pa, bytes);
    return true;
}

// Where in RAM the two bytes of code at `va` are.
static bool
reach_code(struct machine *m, unsigned hart, uint64 va, uint64 *pa, bool *keep)
{
    if (!reach(m, hart, va, 2, PT_EXEC, pa, keep))
        return false;
    return ram_has(&m->ram, *pa, 2) || access_fault(m, hart, PT_EXEC, va);
}

bool
fetch_slow(struct machine *m, unsigned hart, uint64 va, struct code_page **page)
{
    uint64 pa;
    bool keep;
    if (!reach_code(m, hart, va, &pa, &keep))
        return false;
    *page = code_at(m, pa);
    if (keep)
        contexts_add(m, hart, CUT_FETCH, va, (uint8 *)*page);
    return true;
}

bool
fetch_half(struct machine *m, unsigned hart, uint64 va, uint32 *half)
{
    uint64 pa;
    bool keep;
    if (!reach_code(m, hart, va, &pa, &keep))
        return false;
    *half = (uint32)ram_load(m, pa, 2);
    return true;
}

// Does the work that must precede a change of [pa, pa + n) in one page.
static void
barrier_page(struct machine *m, uint64 pa, uint64 n)
{
    uint8 marks = *ram_marks(&m->ram, pa);
    if (marks & RAM_CLEAN)
        history_save(m, pa);
    if (marks & RAM_TABLE)
        trees_replaced(m, pa);
    if (marks & RAM_WATCH_STORE)
        sight_dma(m, pa, n);
    if (marks & RAM_CODE)
        code_stored(m, pa, n);
}

void
store_barrier(struct machine *m, uint64 pa, uint64 n)
{
    while (n != 0) {
        uint64 here = PAGE_BYTES - (pa & (PAGE_BYTES - 1));
        if (here > n)
            here = n;
        fetched_stored(m, pa);
        if (*ram_marks(&m->ram, pa) & RAM_SLOW_STORE)
            barrier_page(m, pa, here);
        pa += here;
        n -= here;
    }
}

void
disk_barrier(struct machine *m, unsigned disk, uint64 offset, uint64 n)
{
    for (uint64 at = offset & ~(PAGE_BYTES - 1); at < offset + n; at += PAGE_BYTES)
        if (*ram_marks(&m->disk[disk], at) & RAM_CLEAN)
            history_save_disk(m, disk, at);
}
