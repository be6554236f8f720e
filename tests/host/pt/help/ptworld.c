// SPDX-License-Identifier: MIT
// ptworld.c - see ptworld.h.
#include "ptworld.h"

#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <string.h>

#include "lib/panic.h"
#include "pt/read/check.h"
#include "pt/runs.h"

#define CACHED_LEAVES   256
#define CACHED_POINTERS 64

static _Alignas(4096) uint8 arena[WORLD_FRAMES][PGSIZE];
static const struct pt *owner[WORLD_FRAMES]; // NULL: free
static int met[WORLD_FRAMES];
static int handed_out, fail_countdown, reachable;
static struct pt_env env;

static struct {
    struct {
        uint64 va;
        pte_t pte;
        int level;
    } leaf[CACHED_LEAVES];
    struct {
        uint64 va, pa;
        int level; // of the entry that points
    } pointer[CACHED_POINTERS];
    int leaves, pointers;
} tlb;

static uint64
frame_index(uint64 pa)
{
    assert(pa % PGSIZE == 0 && pa >= WORLD_BASE && (pa - WORLD_BASE) / PGSIZE < WORLD_FRAMES);
    return (pa - WORLD_BASE) / PGSIZE;
}

static uint64
world_alloc(struct pt *t)
{
    static int next; // frames go round, so that a stale pointer does not soon find a table again
    if (fail_countdown == 0)
        return 0;
    fail_countdown -= fail_countdown > 0;
    for (int i = 0; i < WORLD_FRAMES; i++) {
        next = (next + 1) % WORLD_FRAMES;
        if (owner[next] == NULL) {
            owner[next] = t;
            handed_out++;
            ASAN_UNPOISON_MEMORY_REGION(arena[next], PGSIZE);
            memset(arena[next], 0, PGSIZE);
            return WORLD_BASE + (uint64)next * PGSIZE;
        }
    }
    return 0;
}

static void
world_free(struct pt *t, uint64 pa)
{
    uint64 i = frame_index(pa);
    assert(owner[i] == t);
    owner[i] = NULL;
    handed_out--;
    memset(arena[i], 0xA5, PGSIZE);
    ASAN_POISON_MEMORY_REGION(arena[i], PGSIZE);
}

void
world_reset(int levels)
{
    memset(owner, 0, sizeof owner);
    handed_out = 0;
    fail_countdown = -1;
    ASAN_POISON_MEMORY_REGION(arena, sizeof arena);
    env = (struct pt_env){levels,  (uint64)arena - WORLD_BASE, world_alloc, world_free, PTE_RSW0,
                          PTE_RSW1};
    tlb.leaves = tlb.pointers = 0;
}

const struct pt_env *
world_env(void)
{
    return &env;
}

void
world_fail_after(int n)
{
    fail_countdown = n;
}

int
world_tables(void)
{
    return handed_out;
}

static uint64
hash_table(const struct pt *t, pagetable_t table, int level, uint64 h)
{
    h = (h ^ (uint64)table) * 0x100000001b3;
    for (uint64 i = 0; i < PT_ENTRIES; i++) {
        if (table[i] == 0)
            continue;
        h = (h ^ i ^ table[i] << 9) * 0x100000001b3;
        h ^= h >> 29;
        if (level > 0 && pte_table(table[i]))
            h = hash_table(t, pt_table_at(t, pte_pa(table[i])), level - 1, h);
    }
    return h;
}

uint64
world_hash(const struct pt *t)
{
    return hash_table(t, t->root, t->env->levels - 1, 0xcbf29ce484222325);
}

static void
report(void *arg, const struct pt_finding *f)
{
    (void)arg;
    printf("invariant %s: va 0x%lx level %d pte 0x%lx\n", f->invariant, f->va, f->level, f->pte);
}

static const char *
judge_frame(void *arg, uint64 pa, int level, bool table)
{
    (void)level;
    bool ours = pa >= WORLD_BASE && pa < WORLD_BASE + WORLD_FRAMES * PGSIZE;
    if (!table)
        return ours ? "leaf-not-table" : NULL;
    if (!ours || owner[frame_index(pa)] != arg)
        return "table-owned";
    reachable++;
    return met[frame_index(pa)]++ ? "table-once" : NULL;
}

void
world_check(const struct pt *t, uint64 start, uint64 end)
{
    struct pt_checker c = {report, judge_frame, (void *)t};
    memset(met, 0, sizeof met);
    reachable = 1; // the root
    assert(pt_check(t, start, end, &c) == 0);
}

int
world_reachable(void)
{
    return reachable;
}

static void
on_leaf(struct tlb_batch *b, uint64 va, pte_t old, int level)
{
    struct wbatch *w = container_of(b, struct wbatch, b);
    int at;
    assert(pte_leaf(old) && va % pt_leaf_size(level) == 0);
    assert(!pte_valid(pte_load(walk_leaf(w->t, va, &at)))); // unhook-first
    w->leaves++;
    w->pages += pt_leaf_size(level) / PGSIZE;
}

static void
on_table(struct tlb_batch *b, uint64 pa)
{
    struct wbatch *w = container_of(b, struct wbatch, b);
    const uint64 *word = (const uint64 *)(pa + env.direct); // the arena's linear map
    for (uint64 i = 0; i < PT_ENTRIES; i++)
        assert(word[i] == 0);
    assert(owner[frame_index(pa)] == w->t && b->all);
    w->tables++;
    w->queue[w->queued++] = pa;
}

static int
single(pte_t leaf)
{
    (void)leaf;
    return 0;
}

static bool
on_run(struct tlb_batch *b, uint64 va, pte_t leaf, int order)
{
    (void)order;
    on_leaf(b, va, leaf, 0);
    return false;
}

static void
on_leaves(struct tlb_batch *b, pte_t *slot, uint64 va, int n)
{
    runs_take(b, slot, va, n, RUN_LIVE, single, on_run);
}

static const struct tlb_batch_ops ops = {on_leaf, on_table, on_leaves};

void
wbatch_init(struct wbatch *w, struct pt *t)
{
    batch_init(&w->b, &ops);
    w->t = t;
    w->pages = 0;
    w->leaves = w->tables = w->queued = 0;
}

static bool
fenced(const struct tlb_batch *b, uint64 start, uint64 size)
{
    bool hit = b->all;
    for (uint32 i = 0; i < b->n; i++)
        hit |= start <= b->range[i].end - 1 && start + size - 1 >= b->range[i].start;
    return hit;
}

void
wbatch_fence(struct wbatch *w)
{
    int kept = 0;
    for (int i = 0; i < tlb.leaves; i++)
        if (!fenced(&w->b, tlb.leaf[i].va, pt_leaf_size(tlb.leaf[i].level)))
            tlb.leaf[kept++] = tlb.leaf[i];
    tlb.leaves = kept;
    if (w->b.all)
        tlb.pointers = 0;
    tlb_verify(w->t);
    while (w->queued > 0)
        world_free(w->t, w->queue[--w->queued]);
    batch_reset(&w->b);
}

void
tlb_load(const struct pt *t, uint64 va)
{
    pagetable_t table = t->root;
    for (int level = env.levels - 1; level >= 0; level--) {
        uint64 base = va & ~(pt_leaf_size(level) - 1);
        pte_t pte = table[PX(level, va)];
        if (!pte_valid(pte))
            return;
        if (!pte_table(pte)) {
            if (tlb.leaves < CACHED_LEAVES) {
                tlb.leaf[tlb.leaves].va = base;
                tlb.leaf[tlb.leaves].pte = pte;
                tlb.leaf[tlb.leaves++].level = level;
            }
            return;
        }
        if (tlb.pointers < CACHED_POINTERS) {
            tlb.pointer[tlb.pointers].va = base;
            tlb.pointer[tlb.pointers].pa = pte_pa(pte);
            tlb.pointer[tlb.pointers++].level = level;
        }
        table = pt_table_at(t, pte_pa(pte));
    }
}

static pte_t
entry_at(const struct pt *t, uint64 va, int level)
{
    pagetable_t table = t->root;
    for (int i = env.levels - 1; i > level; i--) {
        pte_t pte = table[PX(i, va)];
        if (!pte_table(pte))
            return 0;
        table = pt_table_at(t, pte_pa(pte));
    }
    return table[PX(level, va)];
}

void
tlb_verify(const struct pt *t)
{
    for (int i = 0; i < tlb.pointers; i++) {
        pte_t now = entry_at(t, tlb.pointer[i].va, tlb.pointer[i].level);
        assert(pte_table(now) && pte_pa(now) == tlb.pointer[i].pa);
    }
    for (int i = 0; i < tlb.leaves; i++) {
        uint64 size = pt_leaf_size(tlb.leaf[i].level), step = size > 4096 * 64 ? size / 64 : PGSIZE;
        for (uint64 off = 0; off < size; off += step) {
            int level;
            pte_t old = tlb.leaf[i].pte, now = pte_load(walk_leaf(t, tlb.leaf[i].va + off, &level));
            assert(pte_leaf(now)); // a fence is missing: only the TLB still maps this
            assert(pte_translate(now, level, tlb.leaf[i].va + off) == pte_pa(old) + off);
            assert((old & ~now & (PTE_RWX | PTE_U | PTE_A | PTE_D)) == 0);
        }
    }
}
