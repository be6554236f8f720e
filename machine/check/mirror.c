// SPDX-License-Identifier: MIT
// mirror.c - a process that the kernel has mapped a second time, in its own tree.
//
// Theory    Some kernels map user memory without U in the tree that they run with for a process.
//           Each page there must be the one that the process's own tree has at this address.
// Promises  silence: looks only at leaves below 0x80000000 that are no identity mappings, after one
//           that agrees has been seen. The kernel's own memory may have a mapping there, too: that
//           of all processes is in kernel_pagetable as well.
#include "check/mirror.h"

#include "check/leaves.h"
#include "machine.h"
#include "sight/frames.h"

#define MIRROR_TOP 0x80000000ULL // processes that the kernel has mapped as well end below

struct mirror {
    struct machine *m;
    unsigned hart;
    uint64 satp;   // of the process
    uint64 common; // the table of the kernel alone; 0: not known
    bool *seen;
    bool any; // the kernel's tree has a leaf that may be a process's page
};

// Returns whether the table of the kernel alone has the page, too.
static bool
kernels_own(const struct mirror *l, uint64 va, uint64 pa)
{
    struct leaf leaf;
    return l->common != 0 && leaves_find(l->m, l->common, PT_MIN_LEVELS, va, &leaf) &&
           pte_translate(leaf.pte, leaf.level, va) == pa;
}

static void
mirror_leaf(void *arg, const struct leaf *leaf)
{
    struct mirror *l = arg;
    uint64 pa = pte_pa(leaf->pte);
    struct leaf user;
    struct report r;
    if ((leaf->pte & PTE_U) || leaf->va >= MIRROR_TOP || pa == leaf->va ||
        !ram_has(&l->m->ram, pa, PAGE_BYTES))
        return;
    l->any = true;
    bool has = leaves_find(l->m, satp_root(l->satp), satp_levels(l->satp), leaf->va, &user);
    bool agrees = has && pte_translate(user.pte, user.level, leaf->va) == pa;
    *l->seen |= agrees;
    if (agrees || !*l->seen || kernels_own(l, leaf->va, pa))
        return;
    report_begin(l->m, &r, REPORT_MIRROR, l->hart, 0);
    r.what = (struct fact){.word = has ? WORD_MIRROR_OTHER : WORD_MIRROR_LEFT,
                           .arg = {leaf->va, pa, pte_pa(user.pte)},
                           .moment = r.moment};
    leaf_mapped_by(&r, leaf);
    if (user.slot != 0)
        *report_since(&r, WORD_NONE) =
            (struct fact){.word = WORD_USER_ENTRY_BY, .arg = {user.pte}, .stored = user.slot};
    const struct frame *f = frames_at(l->m, pa);
    if (f != NULL && f->allocated.position != 0)
        report_near(&r, WORD_ALLOCATED_BY)->moment = f->allocated;
    r.todo.word = WORD_MIRROR_DO;
    report_send(l->m, &r);
}

static void
find_user_leaf(void *arg, const struct leaf *leaf)
{
    bool *found = arg;
    *found |= leaf->pte & PTE_U && leaf->va < MIRROR_TOP;
}

// Returns whether the tree may have user memory mapped a second time, for the kernel. A tree with
// leaves for user mode is that of another process: a kernel that is mapped in every user tree
// switches straight from one such tree to the next.
static bool
may_mirror(struct machine *m, uint64 root)
{
    bool users = frames_free(m, root);
    struct visitor visitor = {.leaf = find_user_leaf, .arg = &users};
    if (!users)
        leaves_below(m, root, MIRROR_TOP, &visitor);
    return !users;
}

// Returns the epoch of the kernel's tree; 0: it is not known.
static uint32
epoch_of(const struct machine *m, uint64 kernel)
{
    int n = trees_find(m, kernel);
    return n < 0 ? 0 : m->trees.tree[n].epoch;
}

void
mirror_stored(const struct machine *m, uint64 pa, struct mirrors *k)
{
    int n = k->quiet != 0 ? trees_find(m, k->quiet) : -1;
    if (n < 0 || m->trees.of_page[(size_t)((pa - m->ram.base) >> PAGE_BITS)] >> n & 1)
        k->quiet = 0;
}

void
mirror_look(struct machine *m, unsigned hart, uint64 satp, uint64 kernel, struct mirrors *k)
{
    struct mirror l = {m, hart, satp, 0, &k->seen, false};
    uint64 at;
    struct visitor to = {.leaf = mirror_leaf, .arg = &l};
    uint64 root = satp_root(kernel);
    uint32 epoch = epoch_of(m, kernel);
    if (root == satp_root(satp) || satp_levels(kernel) != PT_MIN_LEVELS ||
        (kernel == k->quiet && epoch == k->epoch))
        return;
    if (may_mirror(m, root)) {
        if (symbols_any(&m->sight->symbols, "kernel_pagetable", &at))
            (void)facts_memory(m, at, 8, &l.common);
        leaves_below(m, root, MIRROR_TOP, &to);
    }
    if (l.any || epoch == 0 || frames_free(m, root))
        return;
    k->quiet = kernel;
    k->epoch = epoch;
}
