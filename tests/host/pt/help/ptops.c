// SPDX-License-Identifier: MIT
// ptops.c - see ptops.h.
#include "ptops.h"

#include <string.h>

#include "abi/errno.h"
#include "lib/panic.h"
#include "ptdiff.h"
#include "ptworld.h"

static struct pt t;
static pte_t model[PTOPS_PAGES]; // as an entry of level 0; 0: a hole
static bool
    region[PTOPS_PAGES]; // has been mapped since the last unmap_zone() of it: may have tables
static uint64 base;
static uint64 (*rnd)(void);
static struct wbatch w;

// The arguments of an operation, chosen before it is tried.
static struct {
    uint64 first, n; // pages of the window
    uint64 pa, perm, clear, set;
    int level;
    struct pt_zone zone;
} q;

static const uint64 perms[] = {PTE_R,           PTE_R | PTE_W,
                               PTE_R | PTE_X,   PTE_R | PTE_W | PTE_A | PTE_D,
                               PTE_R | PTE_A,   PTE_R | PTE_X | PTE_A | PTE_G,
                               PTE_R | PTE_RSW0};

static uint64
va_of(uint64 page)
{
    return base + page * PGSIZE;
}

static uint64
half_start(void)
{
    return (int64)base < 0 ? -pt_half(t.env->levels) : 0;
}

static uint64
half_end(void)
{
    return (int64)base < 0 ? 0 : pt_half(t.env->levels);
}

static void
choose_range(void)
{
    static const uint64 sizes[] = {1, 3, 16, 512, 1024, PTOPS_PAGES};
    q.n = 1 + rnd() % sizes[rnd() % NELEM(sizes)];
    q.first = rnd() % PTOPS_PAGES;
    if (rnd() % 3 == 0)
        q.first &= ~511UL;
    if (rnd() % 4 == 0)
        q.n = (q.n + 511) & ~511UL;
    if (q.first + q.n > PTOPS_PAGES)
        q.n = PTOPS_PAGES - q.first;
}

static void
choose_hole(void)
{
    choose_range();
    for (uint64 i = 0; i < q.n; i++)
        if (model[q.first + i] != 0)
            q.n = i;
    q.level = (int)(rnd() % 3);
    q.pa = 0x100000000 + (rnd() % 2 ? va_of(q.first) % 0x40000000 : rnd() % 0x40000 * PGSIZE);
    q.perm = perms[rnd() % NELEM(perms)] | ((int64)base >= 0 && rnd() % 2 ? PTE_U : 0);
}

static int
do_map_page(void)
{
    return map_page(&t, va_of(q.first), pte_make(q.pa, q.perm | PTE_V));
}

static int
do_mappages(void)
{
    return mappages(&t, va_of(q.first), q.n * PGSIZE, q.pa, q.perm, q.level);
}

static int
do_unmap(void)
{
    return unmap(&t, va_of(q.first), va_of(q.first + q.n), &w.b);
}

static int
do_unmap_zone(void)
{
    return unmap_zone(&t, va_of(q.first), va_of(q.first + q.n), q.zone, &w.b);
}

static int
do_protect(void)
{
    return protect(&t, va_of(q.first), va_of(q.first + q.n), q.clear, q.set, &w.b);
}

static int
do_split(void)
{
    return pt_split(&t, va_of(q.first) + 123, q.level, &w.b);
}

// Tries the operation with the 1st, 2nd, ... allocation failing until it succeeds.
static void
must_be_atomic(int (*op)(void))
{
    uint64 hash = world_hash(&t);
    int tables = world_tables(), r;
    for (int n = 0;; n++) {
        world_fail_after(n);
        r = op();
        world_fail_after(-1);
        if (r != -ENOMEM)
            break;
        assert(world_hash(&t) == hash && world_tables() == tables && batch_clean(&w.b));
    }
    assert(r == 0);
}

static void
choose_zone(void)
{
    q.zone = (struct pt_zone){half_start(), half_end()};
    for (uint64 i = 0; i < q.first; i++)
        if (region[i])
            q.zone.floor = va_of(i + 1);
    for (uint64 i = PTOPS_PAGES - 1; i >= q.first + q.n; i--)
        if (region[i])
            q.zone.ceiling = va_of(i);
}

// No table serves the zone alone.
static void
check_zone(uint64 va)
{
    int at;
    walk_leaf(&t, va, &at);
    for (int level = 1; level < t.env->levels; level++) {
        uint64 mask = pt_leaf_size(level) - 1;
        if ((va & ~mask) >= q.zone.floor && (va | mask) <= q.zone.ceiling - 1)
            assert(at >= level);
    }
}

static void
step_map(void)
{
    choose_hole();
    if (q.n == 0)
        return;
    bool one = rnd() % 4 == 0;
    must_be_atomic(one ? do_map_page : do_mappages);
    for (uint64 i = 0; i < (one ? 1 : q.n); i++)
        model[q.first + i] = pte_make(q.pa + i * PGSIZE, q.perm | PTE_V);
    memset(region + q.first, true, one ? 1 : q.n);
}

static void
step_unmap(void)
{
    uint64 pages = 0;
    bool zone = rnd() % 2;
    choose_range();
    choose_zone();
    must_be_atomic(zone ? do_unmap_zone : do_unmap);
    for (uint64 i = q.first; i < q.first + q.n; i++) {
        pages += model[i] != 0;
        model[i] = 0;
    }
    assert(w.pages == pages);
    if (zone) {
        memset(region + q.first, false, q.n);
        check_zone(va_of(q.first));
        check_zone(va_of(q.first + q.n - 1));
    }
}

static void
step_protect(void)
{
    static const struct {
        uint64 clear, set;
    } change[] = {
        {PTE_W | PTE_X, 0}, {PTE_X | PTE_RSW0, PTE_W}, {PTE_W, PTE_RSW0}, {PTE_D, 0},
        {PTE_W, PTE_X},     {0, PTE_A | PTE_D},        {PTE_A, 0},        {PTE_U, PTE_RSW1},
        {PTE_G, 0}};
    uint64 i = rnd() % NELEM(change);
    choose_range();
    q.clear = change[i].clear;
    q.set = change[i].set;
    must_be_atomic(do_protect);
    for (i = q.first; i < q.first + q.n; i++)
        if (model[i] != 0)
            model[i] = (model[i] & ~q.clear) | q.set;
}

static void
step_split(void)
{
    int at;
    choose_range();
    q.level = (int)(rnd() % 2);
    must_be_atomic(do_split);
    pte_t pte = pte_load(walk_leaf(&t, va_of(q.first), &at));
    assert(!pte_valid(pte) || at <= q.level);
}

static int
copy_slots(pte_t *from, pte_t *to, uint64 va, int n, int level, void *arg)
{
    (void)arg;
    assert(va % pt_leaf_size(level) == 0);
    for (int i = 0; i < n; i++)
        pte_store(&to[i], pte_load(&from[i]));
    return 0;
}

static void
on_diff(void *arg, const struct pt_diff *d)
{
    (void)arg;
    (void)d;
}

static void
step_copy(void)
{
    static struct pt copy;
    struct wbatch w2;
    int before = world_tables(), r = -ENOMEM;
    assert(pt_create(&copy, t.env) == 0);
    for (int n = 0; r == -ENOMEM; n++) {
        world_fail_after(n);
        r = pt_copy_range(&copy, &t, base, va_of(PTOPS_PAGES), copy_slots, NULL);
        world_fail_after(-1);
        assert(r == 0 || world_tables() == before + 1);
    }
    assert(r == 0 && pt_diff(&t, &copy, base, va_of(PTOPS_PAGES), 0, on_diff, NULL) == 0);
    wbatch_init(&w2, &copy);
    pt_destroy_range(&copy, half_start(), half_end(), (struct pt_zone){half_start(), half_end()},
                     &w2.b);
    while (w2.queued > 0)
        t.env->free(&copy, w2.queue[--w2.queued]);
    pt_free_root(&copy);
    assert(world_tables() == before);
}

static void
step_destroy(void)
{
    pt_destroy_range(&t, half_start(), half_end(), (struct pt_zone){half_start(), half_end()},
                     &w.b);
    memset(model, 0, sizeof model);
    memset(region, 0, sizeof region);
    wbatch_fence(&w);
    assert(world_tables() == 1);
}

// Tree and array map the same, the tree is well-formed, and every frame handed out is in it.
static void
verify(void)
{
    for (uint64 i = 0, n; i < PTOPS_PAGES; i += n) {
        int level;
        pte_t pte = pte_load(walk_leaf(&t, va_of(i), &level));
        n = pt_leaf_size(level) / PGSIZE - (va_of(i) / PGSIZE) % (pt_leaf_size(level) / PGSIZE);
        for (uint64 k = 0; k < n && i + k < PTOPS_PAGES; k++) {
            pte_t mine = pte_leaf(pte)
                             ? pte_make(pte_translate(pte, level, va_of(i + k)), pte_flags(pte))
                             : 0;
            assert(mine == model[i + k]);
        }
    }
    world_check(&t, half_start(), half_end());
    assert(world_reachable() == world_tables());
}

void
ptops_run(uint64 (*next)(void), int steps, int levels, uint64 window)
{
    static void (*const step[])(void) = {step_map,     step_map,   step_map,   step_map,
                                         step_unmap,   step_unmap, step_unmap, step_protect,
                                         step_protect, step_split, step_split, step_copy};
    world_reset(levels);
    memset(model, 0, sizeof model);
    memset(region, 0, sizeof region);
    base = window;
    rnd = next;
    assert(pt_create(&t, world_env()) == 0);
    for (int i = 0; i < steps; i++) {
        for (int k = 0; k < 8; k++)
            tlb_load(&t, va_of(rnd() % PTOPS_PAGES));
        wbatch_init(&w, &t);
        if (rnd() % 64 == 0)
            step_destroy();
        else
            step[rnd() % NELEM(step)]();
        wbatch_fence(&w);
        verify();
    }
    wbatch_init(&w, &t);
    step_destroy();
    pt_free_root(&t);
    assert(world_tables() == 0);
}
