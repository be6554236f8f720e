// SPDX-License-Identifier: MIT
// hart.c - see hart.h: the TLBs of harts, and the fences that empty them.
#include "mmu/hart.h"

#include "lib/string.h"
#include "mm/frame/direct.h"
#include "mm/frame/frame.h"
#include "mmu/late.h"
#include "mmu/sight.h"
#include "rv/cpu.h"
#include "rv/csr.h"
#include "rv/sbi.h"

#define ENTRIES      512
#define RECENT       96
#define NO_ASID      (~0UL)
#define TOP_OF(satp) ((int)((satp) >> SATP_MODE_SHIFT) - (int)SATP_SV39 + PT_MIN_LEVELS - 1)

extern char _text[]; // the kernel's

struct entry {  // the result of one step 2
    uint64 tag; // the address, without what the entry does not depend on
    uint64 asid;
    pte_t pte;
    int level;
    bool global;
};

static struct hart {
    uint64 satp;
    uint64 csr[CSRS];
    struct entry entry[ENTRIES];
    int entries;
} harts[MAXHART];

static uint64 recent[RECENT]; // addresses that harts like to look at ahead of time

// ---- Remembering

static struct hart *
self(void)
{
    return &harts[model_hart];
}

static uint64
asid_of(uint64 satp)
{
    return satp >> SATP_ASID_SHIFT & SATP_ASID_MASK;
}

static uint64
root_of(uint64 satp)
{
    return (satp & SATP_PPN_MASK) << PGSHIFT;
}

static uint64
tag_of(uint64 va, int level)
{
    return va & ~(pt_leaf_size(level) - 1);
}

static bool
same(const struct entry *a, const struct entry *b)
{
    return a->tag == b->tag && a->pte == b->pte && a->asid == b->asid && a->level == b->level &&
           a->global == b->global;
}

static void
remember(struct hart *h, uint64 va, int level, pte_t pte, bool global)
{
    struct entry e = {tag_of(va, level), asid_of(h->satp), pte, level, global};
    for (int i = 0; i < h->entries; i++)
        if (same(&h->entry[i], &e))
            return;
    int at = h->entries < ENTRIES ? h->entries++ : (int)model_rnd(ENTRIES);
    h->entry[at] = e;
}

static bool
remembers(const struct hart *h, const struct entry *e, uint64 va)
{
    return e->tag == tag_of(va, e->level) && (e->global || e->asid == asid_of(h->satp));
}

static bool
is_table(uint64 pa)
{
    return frame_managed(pa) && frame_of(pa)->kind == FRAME_PGTABLE;
}

struct reading {
    struct hart *h;
    uint64 va;
    int level;
    bool global;
};

static void
remember_late(pte_t pte, void *arg)
{
    const struct reading *r = arg;
    if (!pte_table(pte) || r->level == 0 || is_table(pte_pa(pte)))
        remember(r->h, r->va, r->level, pte, r->global);
}

// Reads memory from the table at `table` on; with `learn`, entries that it reads, or could read,
// are cached.
static struct outcome
descend(struct hart *h, uint64 table, int level, uint64 va, bool learn)
{
    bool global = false;
    for (;; level--) {
        if (!is_table(table))
            model_fail("hart %d walks 0x%lx for va 0x%lx at level %d, which is no table any more",
                       (int)(h - harts), table, va, level);
        pte_t *slot = (pte_t *)p2v(table) + PX(level, va), pte = *slot;
        global |= (pte & PTE_G) != 0;
        if (learn) {
            struct reading r = {h, va, level, global};
            remember(h, va, level, pte, global);
            late_values((int)(h - harts), slot, asid_of(h->satp), global, remember_late, &r);
        }
        if (!pte_table(pte) || level == 0)
            return (struct outcome){pte, level, slot};
        table = pte_pa(pte);
    }
}

static struct outcome
from_root(struct hart *h, uint64 va, bool learn)
{
    return descend(h, root_of(h->satp), TOP_OF(h->satp), va, learn);
}

// Returns where a walk ends that starts at a cached entry.
static struct outcome
from_entry(struct hart *h, const struct entry *e, uint64 va, bool learn)
{
    if (pte_table(e->pte) && e->level > 0)
        return descend(h, pte_pa(e->pte), e->level - 1, va, learn);
    return (struct outcome){e->pte, e->level, NULL};
}

static void
interesting(uint64 va)
{
    recent[model_rnd(RECENT)] = PGROUNDDOWN(va);
}

// A hart looks ahead: anywhere, by any path it knows.
static void
look_ahead(struct hart *h)
{
    uint64 va = recent[model_rnd(RECENT)];
    if (!h->satp || !va)
        return;
    struct entry e = {0};
    if (h->entries)
        e = h->entry[model_rnd((uint64)h->entries)];
    bool path = h->entries && remembers(h, &e, va) && model_rnd(2);
    (void)(path ? from_entry(h, &e, va, true) : from_root(h, va, true));
}

// The running hart, and another one, look ahead.
void
hart_event(void)
{
    look_ahead(self());
    look_ahead(&harts[model_rnd((uint64)model_harts)]);
}

// Remembers all pointers in the part of a user table that serves the addresses from `base` on.
static void
read_pointers(struct hart *h, uint64 table, int level, uint64 base)
{
    const pte_t *slot = p2v(table);
    uint64 n = level == TOP_OF(h->satp) ? PT_ENTRIES / 2 : PT_ENTRIES;
    for (uint64 i = 0; level > 0 && i < n; i++) {
        uint64 va = base + (i << PXSHIFT(level));
        if (!pte_table(slot[i]))
            continue;
        remember(h, va, level, slot[i], false);
        read_pointers(h, pte_pa(slot[i]), level - 1, va);
    }
}

// Reads all of a new table into the TLB of an eager hart, also after a fence.
static void
read_eagerly(struct hart *h)
{
    if (model_eager)
        read_pointers(h, root_of(h->satp), TOP_OF(h->satp), 0);
}

// ---- Forgetting

// Returns whether the entry at this level is a leaf now. A fence takes its value before for a leaf.
static bool
leaf_now(struct hart *h, uint64 va, int level)
{
    uint64 table = root_of(h->satp);
    for (int i = TOP_OF(h->satp); is_table(table); i--) {
        pte_t pte = ((pte_t *)p2v(table))[PX(i, va)];
        if (i == level || !pte_table(pte))
            return i == level && pte_leaf(pte);
        table = pte_pa(pte);
    }
    return false;
}

// Returns whether a fence for single addresses covers the entry: it orders only accesses to leaves.
static bool
by_page(struct hart *h, const struct entry *e, uint64 start, uint64 end)
{
    if (e->tag >= end || e->tag + pt_leaf_size(e->level) <= start)
        return false;
    return e->level == 0 || pte_leaf(e->pte) ||
           (!pte_valid(e->pte) && leaf_now(h, start, e->level));
}

// priv sfence.vma: [start, end) or, where start == end, all addresses; one address space or all.
static void
forget(struct hart *h, uint64 start, uint64 end, uint64 asid)
{
    int kept = 0;
    for (int i = 0; i < h->entries; i++) {
        const struct entry *e = &h->entry[i];
        if ((asid != NO_ASID && (e->global || e->asid != asid)) ||
            (start != end && !by_page(h, e, start, end)))
            h->entry[kept++] = *e;
    }
    h->entries = kept;
}

// From now on the hart sees all stores to the tables.
static void
see(struct hart *h, uint64 start, uint64 end, uint64 asid)
{
    int hart = (int)(h - harts);
    for (uint64 va = PGROUNDDOWN(start); va < end; va += PGSIZE)
        late_fence_page(hart, va, TOP_OF(h->satp) + 1);
    if (start == end && asid == NO_ASID)
        late_fence_all(hart);
    else if (start == end)
        late_fence(hart, asid);
}

// Checks that all cached pointers of the table in satp lead to tables, until the hart drops them or
// leaves the table.
static void
check_paths(void)
{
    const struct hart *h = self();
    for (const struct entry *e = h->entry; e < &h->entry[h->entries]; e++)
        if (pte_table(e->pte) && e->level > 0 && (e->global || e->asid == asid_of(h->satp)) &&
            !is_table(pte_pa(e->pte)))
            model_fail("the hart knows 0x%lx as a table for va 0x%lx, which is none any more",
                       pte_pa(e->pte), e->tag);
}

static void
fence(uint64 start, uint64 end, uint64 asid)
{
    hart_event();
    check_paths();
    if (model_rnd(8) == 0)
        model_pause(); // freed frames may be reused now
    see(self(), start, end, asid);
    forget(self(), start, end, asid);
    read_eagerly(self());
    if (model_rnd(8) == 0)
        model_pause();
    hart_event();
}

void
sfence_vma(void)
{
    fence(0, 0, NO_ASID);
}

void
sfence_vma_asid(uint64 asid)
{
    fence(0, 0, asid);
}

void
sfence_vma_page(uint64 va, uint64 asid)
{
    fence(va, va + 1, asid);
}

int64
sbi_remote_sfence(uint64 mask, uint64 base, uint64 start, uint64 size)
{
    hart_event();
    for (struct hart *h = harts; h < &harts[MAXHART]; h++) {
        if ((uint64)(h - harts) < base || !(mask >> ((uint64)(h - harts) - base) & 1))
            continue;
        see(h, start, start + size, NO_ASID);
        forget(h, start, start + size, NO_ASID);
    }
    if (model_rnd(4) == 0)
        model_pause();
    return 0;
}

uint64
r_satp(void)
{
    return self()->satp;
}

// Identifiers have as many bits as the hart cares to have (priv satp: WARL).
void
hart_load(uint64 satp)
{
    uint64 ids = (1UL << (model_asid_bits + model_hart % 2)) - 1;
    hart_event();
    check_paths();
    if (TOP_OF(satp) < model_levels) // else nothing is written (priv satp)
        self()->satp = satp & ~(~ids << SATP_ASID_SHIFT & SATP_ASID_MASK << SATP_ASID_SHIFT);
    hart_check_roots();
    hart_event();
}

// The next instruction is the kernel's, and is not to be missed.
void
w_satp(uint64 satp)
{
    uint64 pa;
    hart_load(satp);
    read_eagerly(self());
    if (hart_look((uint64)_text, PT_EXEC, MODE_KERNEL, true, &pa) != SIGHT_OK)
        model_fail("after a write of satp the kernel's next instruction cannot be fetched");
}

void
hart_check_roots(void)
{
    for (int i = 0; i < model_harts; i++)
        if (harts[i].satp && !is_table(root_of(harts[i].satp)))
            model_fail("satp of hart %d is 0x%lx: its root is no table any more", i, harts[i].satp);
}

// ---- Accesses

enum sight
hart_look(uint64 va, enum pt_access access, enum mode mode, bool worst, uint64 *pa)
{
    struct hart *h = self();
    interesting(va);
    hart_event();
    struct outcome now = from_root(h, va, model_rnd(4) != 0);
    enum sight chosen = sight_compare(now, now, va, access, mode);
    uint64 choices = 1;
    for (int i = 0; i < h->entries; i++) {
        struct entry e = h->entry[i];
        if (!remembers(h, &e, va))
            continue;
        enum sight s = sight_compare(from_entry(h, &e, va, false), now, va, access, mode);
        if (worst ? s > chosen : model_rnd(++choices) == 0)
            chosen = s;
    }
    *pa = 0;
    if (chosen != SIGHT_OK)
        return chosen;
    *pa = pte_translate(now.pte, now.level, va);
    if (model_sets_ad)
        *now.slot |= sight_touched(access);
    return SIGHT_OK;
}

void
hart_check_kind(uint64 start, uint64 end, int kind)
{
    for (struct hart *h = harts; h < &harts[model_harts]; h++)
        for (const struct entry *e = h->entry; e < &h->entry[h->entries]; e++)
            if (e->tag >= start && e->tag < end && pte_leaf(e->pte) &&
                (e->global || e->asid == asid_of(h->satp)) &&
                frame_of(pte_pa(e->pte))->kind != kind)
                model_fail(
                    "hart %d knows va 0x%lx as 0x%lx, a frame that is used for something else",
                    (int)(h - harts), e->tag, pte_pa(e->pte));
}

uint64 *
model_csr(enum model_csr csr)
{
    return &self()->csr[csr];
}
