// SPDX-License-Identifier: MIT
// layoutcheck.c - checks the kernel's address-space layout, at boot, and each process's.
//
// Promises  guard-closed: mm/inspect/layoutrules.h. Here the tables are read, which layoutrules.c
//           does not have.
// Locks     takes as->lock: a viewer may be reading the regions.
// Next      mm/inspect/layoutrules.c, doc/invariants.md
#include "explain/layoutcheck.h"

#include "explain/explain.h"
#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "mm/frame/frame.h"
#include "mm/inspect/layoutrules.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"
#include "panic/panic.h"
#include "pt/read/check.h"

#define PAGES_PER_CALL 32
#define PROCESS_PARTS  (KVM_PARTS + 4)

// The name of the promise that is broken if the rule is (mm/inspect/layoutrules.h).
static const char *
promise_of(enum layout_rule rule)
{
    static const char *const promises[] = {
        [LAYOUT_OVERLAP] = "parts-apart",      [LAYOUT_GUARD_NONE] = "guard-below",
        [LAYOUT_GUARD_ABOVE] = "guard-below",  [LAYOUT_GUARD_OPEN] = "guard-closed",
        [LAYOUT_HOLE_MAPPED] = "guard-closed",
    };
    return promises[rule];
}

// Checks that no two parts of the kernel's half overlap, and panics if two do. Once, at boot.
void
check_kernel_layout(void)
{
    struct part parts[KVM_PARTS + 1];
    struct layout_fault f;
    int n = kvm_parts(parts);
    parts[n++] = (struct part){KSTACKS, KSTACKS + KSTACKS_SIZE, PART_KSTACKS};
    if (layout_wrong(&(struct regions){0}, parts, n, &f))
        panic_telling(explain_layout, &f, "%s: the layout of the kernel is wrong",
                      promise_of(f.rule));
}

// Collects the parts with which a process's regions must not overlap, its kernel stack first.
static int
parts_of(const struct aspace *as, struct part *parts)
{
    uint64 top = as->owner->kstack.top;
    parts[0] = (struct part){top - KSTACK_SIZE, top, PART_KSTACK};
    parts[1] = (struct part){top - KSTACK_SLOT, top - KSTACK_SIZE, PART_KSTACK_HOLE};
    parts[2] = (struct part){TRAPFRAME, TRAPFRAME + PGSIZE, PART_TRAPFRAME};
    parts[3] = (struct part){TRAMPOLINE, TRAMPOLINE + PGSIZE, PART_TRAMPOLINE};
    return 4 + kvm_parts(parts + 4);
}

// Returns whether a page in [p.start, p.end) is mapped with all of these flags.
static bool
mapped(const struct pt *t, struct part p, uint64 flags)
{
    int level;
    for (uint64 va = p.start; va < p.end; va += PGSIZE) {
        const pte_t *leaf = walk_leaf(t, va, &level);
        if (leaf && (pte_load(leaf) & flags) == flags)
            return true;
    }
    return false;
}

static bool
guard_open(const struct aspace *as, struct layout_fault *f)
{
    for (int i = 0; i < as->regions.n; i++) {
        const struct region *r = &as->regions.v[i];
        struct part guard = {r->start, r->end, r->kind};
        if (r->kind != REGION_GUARD || !mapped(&as->pt, guard, PTE_V | PTE_U))
            continue;
        *f = (struct layout_fault){.rule = LAYOUT_GUARD_OPEN, .one = guard};
        return true;
    }
    return false;
}

static bool
hole_mapped(const struct aspace *as, const struct part *parts, struct layout_fault *f)
{
    if (!mapped(as->kpt.root ? &as->kpt : &kernel_pt, parts[1], PTE_V))
        return false;
    *f = (struct layout_fault){.rule = LAYOUT_HOLE_MAPPED, .one = parts[0], .two = parts[1]};
    return true;
}

// Compares an entry of a process's table with the ledger's record of the frame to which it leads.
// Returns   the invariant that is broken (doc/page-tables.md); NULL: none.
static const char *
judge_frame(void *arg, uint64 pa, int level, bool table)
{
    uint8 kind = frame_managed(pa) ? frame_head(pa)->kind : FRAME_FREE;
    (void)arg, (void)level;
    if (table)
        return kind == FRAME_PGTABLE ? NULL : "table-owned";
    return kind == FRAME_PGTABLE || kind == FRAME_FREE ? "leaf-not-table" : NULL;
}

static void
panic_finding(void *arg, const struct pt_finding *f)
{
    const struct aspace *as = arg;
    if (strcmp(f->invariant, "no-wx") == 0)
        return; // a program may ask mmap() for such memory of its own
    panic_frames(pt_root_pa(&as->pt), pte_pa(f->pte), 0,
                 "%s: va 0x%lx of pid %u has pte 0x%lx at level %d", f->invariant, f->va,
                 as->owner->pid, f->pte, f->level);
}

// Checks the entries of a process's tables.
// Locks     as->lock held.
static void
check_tables(struct aspace *as)
{
    const struct pt_checker checker = {panic_finding, judge_frame, as};
    (void)pt_check(&as->pt, 0, USER_END, &checker); // it panics itself
    if (as->kpt.root)
        (void)pt_check(&as->kpt, 0, USER_END, &checker);
}

// Returns whether the tables are to be checked this time. A check reads all entries: the more there
// are, the rarer it is, so that on average it reads some PAGES_PER_CALL of them.
static bool
tables_due(const struct aspace *as)
{
    static uint32 calls; // of all harts; the order of the counts does not matter
    uint32 n = __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
    return n % (1 + as->pages / PAGES_PER_CALL) == 0;
}

// Checks a process's layout: parts-apart, guard-below and guard-closed of mm/inspect/layoutrules.h;
// and the entries of its tables, of large ones now and then: the invariants of doc/page-tables.md.
// Panics, with an explanation, if one is broken.
// Locks     takes as->lock.
// Sleeps    for as->lock.
void
check_layout(struct aspace *as)
{
    struct part parts[PROCESS_PARTS];
    struct layout_fault f;
    int n = parts_of(as, parts);
    acquiresleep(&as->lock);
    if (tables_due(as))
        check_tables(as);
    bool wrong = layout_wrong(&as->regions, parts, n, &f) || guard_open(as, &f) ||
                 hole_mapped(as, parts, &f);
    releasesleep(&as->lock);
    if (!wrong)
        return;
    f.pid = (int)as->owner->pid;
    panic_telling(explain_layout, &f, "%s: the layout of pid %d is wrong", promise_of(f.rule),
                  f.pid);
}
