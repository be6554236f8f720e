// SPDX-License-Identifier: MIT
// access.c - the loads and stores that no shortcut serves: translation, devices, marked pages.
#include "mmu/access.h"

#include "base/mem.h"
#include "hart/code.h"
#include "machine.h"
#include "mmu/contexts.h"
#include "mmu/fetched.h"
#include "mmu/reach.h"
#include "mmu/store.h"
#include "time/rest.h"
#include "time/snapshot.h"

// Enters a shortcut for the page at `pa` in RAM, unless a mark forbids it.
static void
add_shortcut(struct machine *m, unsigned hart, int kind, uint64 va, uint64 pa, uint8 marks)
{
    if (*ram_marks(&m->ram, pa) & marks)
        return;
    contexts_add(m, hart, kind, va, ram_at(&m->ram, pa & ~(PAGE_BYTES - 1)));
    if (m->sight != NULL)
        sight_shortcut(m, kind == CUT_STORE, pa);
}

static uint64
load_bytes(const uint8 *p, int bytes)
{
    uint64 value = 0;
    mem_copy(&value, p, (uint64)bytes);
    return value;
}

static void
store_bytes(uint8 *p, int bytes, uint64 value)
{
    mem_copy(p, &value, (uint64)bytes);
}

static uint64
ram_load(const struct machine *m, uint64 pa, int bytes)
{
    return load_bytes(ram_at(&m->ram, pa), bytes);
}

static bool
crosses(uint64 va, int bytes)
{
    return (va & (PAGE_BYTES - 1)) + (uint64)bytes > PAGE_BYTES;
}

// As reach(), for loads and stores: a translation that may be kept is looked up once.
static bool
reach_data(struct machine *m, unsigned hart, uint64 va, int bytes, enum pt_access access,
           uint64 *pa, bool *keep)
{
    int kind = access == PT_READ ? CUT_READ : CUT_WRITE;
    const uint8 *p = contexts_find(m, hart, kind, va);
    if (p != NULL) {
        *pa = m->ram.base + (uint64)(p - m->ram.bytes);
        *keep = true;
        return true;
    }
    if (!reach(m, hart, va, bytes, access, pa, keep))
        return false;
    uint64 page = *pa & ~(PAGE_BYTES - 1);
    if (*keep && ram_has(&m->ram, page, PAGE_BYTES))
        contexts_add(m, hart, kind, va, ram_at(&m->ram, page));
    return true;
}

// Loads from one page.
static bool
load_one(struct machine *m, unsigned hart, uint64 va, int bytes, uint64 *value)
{
    uint64 pa;
    bool keep;
    if (!reach_data(m, hart, va, bytes, PT_READ, &pa, &keep))
        return false;
    if (!ram_has(&m->ram, pa, (uint64)bytes)) {
        rest_spoil(m);
        if (bus_load(m, pa, bytes, value))
            return true;
        return reach_access_fault(m, hart, PT_READ, va);
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
        return reach_fault(m, hart, CAUSE_LOAD_MISALIGNED, va);
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
    store_bytes(ram_at(&m->ram, pa), bytes, value);
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
    if (m->loop_search->on)
        rest_store(m, pa);
    if (marks & RAM_SLOW_STORE) {
        store_marked(m, hart, pa, bytes, value, marks);
        return;
    }
    store_bytes(ram_at(&m->ram, pa), bytes, value);
}

// Stores to one page.
static bool
store_one(struct machine *m, unsigned hart, uint64 va, int bytes, uint64 value)
{
    uint64 pa;
    bool keep;
    if (!reach_data(m, hart, va, bytes, PT_WRITE, &pa, &keep))
        return false;
    if (!ram_has(&m->ram, pa, (uint64)bytes)) {
        if (!bus_store(m, pa, bytes, value))
            return reach_access_fault(m, hart, PT_WRITE, va);
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
        return reach_fault(m, hart, CAUSE_STORE_MISALIGNED, va);
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
        return reach_fault(m, hart, store ? CAUSE_STORE_MISALIGNED : CAUSE_LOAD_MISALIGNED, va);
    if (!reach_data(m, hart, va, bytes, access, pa, &keep))
        return false;
    if (!ram_has(&m->ram, *pa, (uint64)bytes))
        return reach_access_fault(m, hart, access, va);
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
    return ram_has(&m->ram, *pa, 2) || reach_access_fault(m, hart, PT_EXEC, va);
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
    const struct code_page *page = contexts_find(m, hart, CUT_FETCH, va & ~(PAGE_BYTES - 1));
    uint64 pa;
    bool keep;
    if (page != NULL)
        pa = page->pa | (va & (PAGE_BYTES - 1));
    else if (!reach_code(m, hart, va, &pa, &keep))
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
