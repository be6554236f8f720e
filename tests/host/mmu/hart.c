// SPDX-License-Identifier: MIT
// hart.c - see hart.h: what harts remember, and what makes them forget it.
#include "mmu/hart.h"

#include <string.h>

#include "lib/string.h"
#include "mm/direct.h"
#include "mm/frame.h"
#include "rv/cpu.h"
#include "rv/csr.h"
#include "rv/sbi.h"

#define WORD_STRIDE 512 // instructions that are executed are so far apart
#define LEVELS      3
#define ENTRIES     768
#define LINES       768
#define CODE        64
#define RECENT      96
#define NO_ASID     (~0UL)

struct entry {  // what one step 2 has read
    uint64 tag; // the address, without what the entry does not depend on
    uint64 asid;
    pte_t pte;
    int level;
    bool global;
};

struct line {
    uint64 pa, value;
};

static struct hart {
    uint64 satp;
    uint64 csr[CSRS];
    struct entry entry[ENTRIES];
    struct line line[LINES];
    int entries, lines;
    bool fenced; // the last thing it did was a fence for everything
} harts[MAXHART];

static uint64 recent[RECENT]; // addresses that harts like to look at ahead of time
static uint64 code[CODE];     // physical pages that have held instructions

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

static void
remember(struct hart *h, uint64 va, int level, pte_t pte, bool global)
{
    struct entry e = {tag_of(va, level), asid_of(h->satp), pte, level, global};
    for (int i = 0; i < h->entries; i++)
        if (memcmp(&h->entry[i].tag, &e.tag, offsetof(struct entry, global)) == 0 &&
            h->entry[i].global == global)
            return;
    int at = h->entries < ENTRIES ? h->entries++ : (int)model_rnd(ENTRIES);
    h->entry[at] = e;
}

static bool
remembers(const struct hart *h, const struct entry *e, uint64 va)
{
    return e->tag == tag_of(va, e->level) && (e->global || e->asid == asid_of(h->satp));
}

struct outcome {
    pte_t pte; // a leaf, or what stands in its place
    int level;
    pte_t *slot; // where it is in memory
};

static bool
is_table(uint64 pa)
{
    return frame_managed(pa) && frame_of(pa)->kind == FRAME_PGTABLE;
}

// Reads memory from the table at `table` on; what it reads is remembered if `learn`.
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
        if (learn)
            remember(h, va, level, pte, global);
        if (!pte_table(pte) || level == 0)
            return (struct outcome){pte, level, slot};
        table = pte_pa(pte);
    }
}

static struct outcome
from_root(struct hart *h, uint64 va, bool learn)
{
    return descend(h, root_of(h->satp), LEVELS - 1, va, learn);
}

// Where a walk ends that starts with what is remembered.
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

static void
remember_line(struct hart *h, uint64 pa)
{
    struct line l = {pa, *(uint64 *)p2v(pa)};
    for (int i = 0; i < h->lines; i++)
        if (memcmp(&h->line[i], &l, sizeof l) == 0)
            return;
    h->line[h->lines < LINES ? h->lines++ : (int)model_rnd(LINES)] = l;
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

// Before and after each event that a hart can tell apart: it, and another one, look ahead.
static void
event(void)
{
    look_ahead(self());
    look_ahead(&harts[model_rnd((uint64)model_harts)]);
}

// ---- Forgetting

// Is the entry at this level now a leaf? Then what it held before is, to a fence, a leaf entry.
static bool
leaf_now(struct hart *h, uint64 va, int level)
{
    uint64 table = root_of(h->satp);
    for (int i = LEVELS - 1; is_table(table); i--) {
        pte_t pte = ((pte_t *)p2v(table))[PX(i, va)];
        if (i == level || !pte_table(pte))
            return i == level && pte_leaf(pte);
        table = pte_pa(pte);
    }
    return false;
}

// Does a fence for single addresses cover the entry? It orders accesses to leaf entries alone.
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

static void
fence(uint64 start, uint64 end, uint64 asid)
{
    event();
    if (model_rnd(8) == 0)
        model_pause(); // what has been freed before, others use now
    forget(self(), start, end, asid);
    if (model_rnd(8) == 0)
        model_pause();
    event();
    self()->fenced = start == end;
}

void
sfence_vma(void)
{
    fence(0, 0, NO_ASID);
}

void
sfence_vma_user(void)
{
    fence(0, 0, 0);
}

void
sfence_vma_page(uint64 va)
{
    fence(va, va + 1, NO_ASID);
}

// Instructions it reads ahead at once, wherever there have been some: what is stored there from now on it need not
// see before the next fence.i.
void
fence_i(void)
{
    struct hart *h = self();
    event();
    h->lines = 0;
    for (int i = 0; i < CODE; i++)
        for (uint64 word = 0; code[i] && word < PGSIZE; word += WORD_STRIDE)
            h->line[h->lines++] = (struct line){code[i] + word, *(uint64 *)p2v(code[i] + word)};
}

void
sbi_remote_sfence(uint64 hartid, uint64 start, uint64 size)
{
    struct hart *h = &harts[hartid];
    event();
    forget(h, start, size == ~0UL ? start : start + size, NO_ASID);
    if (model_rnd(4) == 0)
        model_pause();
}

void
w_satp(uint64 satp)
{
    event();
    if (!self()->fenced)
        model_fail("satp is written, and no fence has ordered the stores to the table before");
    self()->fenced = false;
    self()->satp = satp;
    hart_check_roots();
    event();
}

void
hart_check_roots(void)
{
    for (int i = 0; i < model_harts; i++)
        if (harts[i].satp && !is_table(root_of(harts[i].satp)))
            model_fail("satp of hart %d is 0x%lx: its root is no table any more", i, harts[i].satp);
}

// ---- Accesses

// Some harts set A and D themselves, others fault (priv svade).
static pte_t
touched(enum pt_access access)
{
    return access == PT_WRITE ? PTE_A | PTE_D : PTE_A;
}

static bool
allows(pte_t pte, enum pt_access access, enum mode mode)
{
    static const pte_t right[] = {[PT_READ] = PTE_R, [PT_WRITE] = PTE_R | PTE_W, [PT_EXEC] = PTE_X};
    bool sum = *model_csr(CSR_sstatus) & SSTATUS_SUM;
    pte_t need = right[access] | (model_sets_ad ? 0 : touched(access));
    if (!pte_leaf(pte) || (pte & need) != need)
        return false;
    if (mode == MODE_USER)
        return pte & PTE_U;
    return !(pte & PTE_U) || (sum && access != PT_EXEC);
}

// How a possible outcome compares with what the table says.
static enum sight
compare(struct outcome o, struct outcome now, uint64 va, enum pt_access access, enum mode mode)
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

enum sight
hart_look(uint64 va, enum pt_access access, enum mode mode, bool worst, uint64 *pa)
{
    struct hart *h = self();
    h->fenced = false;
    interesting(va);
    event();
    struct outcome now = from_root(h, va, model_rnd(4) != 0);
    enum sight chosen = compare(now, now, va, access, mode);
    uint64 choices = 1;
    for (int i = 0; i < h->entries; i++) {
        struct entry e = h->entry[i];
        if (!remembers(h, &e, va))
            continue;
        enum sight s = compare(from_entry(h, &e, va, false), now, va, access, mode);
        if (worst ? s > chosen : model_rnd(++choices) == 0)
            chosen = s;
    }
    *pa = 0;
    if (chosen != SIGHT_OK)
        return chosen;
    *pa = pte_translate(now.pte, now.level, va);
    if (model_sets_ad)
        *now.slot |= touched(access);
    return SIGHT_OK;
}

void
hart_check_kind(uint64 start, uint64 end, int kind)
{
    for (struct hart *h = harts; h < &harts[model_harts]; h++)
        for (const struct entry *e = h->entry; e < &h->entry[h->entries]; e++)
            if (e->tag >= start && e->tag < end && pte_leaf(e->pte) &&
                frame_of(pte_pa(e->pte))->kind != kind)
                model_fail(
                    "hart %d knows va 0x%lx as 0x%lx, a frame that is used for something else",
                    (int)(h - harts), e->tag, pte_pa(e->pte));
}

static void
note_code(uint64 page)
{
    for (int i = 0; i < CODE; i++)
        if (code[i] == page)
            return;
    code[model_rnd(CODE)] = page;
}

uint64
hart_fetch(uint64 pa)
{
    struct hart *h = self();
    uint64 now = *(uint64 *)p2v(pa);
    for (int i = 0; i < h->lines; i++)
        if (h->line[i].pa == pa && h->line[i].value != now)
            model_fail("stale code: pa 0x%lx may be fetched as 0x%lx, memory holds 0x%lx", pa,
                       h->line[i].value, now);
    remember_line(h, pa);
    note_code(PGROUNDDOWN(pa));
    return now;
}

// ---- The rest of a hart

uint64 *
model_csr(enum model_csr csr)
{
    return &self()->csr[csr];
}
