// SPDX-License-Identifier: MIT
// syspt.c - system calls that show page tables and the ledger of frames.
//
// Theory    An answer is collected in the kernel's memory while locks are held, and copied out when
//           they are not: a caller that looks at itself would need the same lock for the copy.
// Next      mm/inspect/view.c, doc/pgtbl.md
#include "abi/errno.h"
#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/defer.h"
#include "mm/aspace/mapsite.h"
#include "mm/aspace/viewers.h"
#include "mm/copy/copy.h"
#include "mm/frame/kmem.h"
#include "mm/inspect/owners.h"
#include "mm/inspect/touched.h"
#include "mm/inspect/view.h"
#include "mm/kvm/layout.h"
#include "pt/read/translate.h"
#include "sys/syscall.h"

#define TOUCHED_MAX 1024 // pages that one pgaccess() can ask for
#define ENTRIES     (PGSIZE / sizeof(struct pgentry))

// pgaccess(base, n, mask): tells which of n pages the caller has accessed since the last call for
// them. Words of the mask are written whole, 32 pages each.
// Returns   0; -EINVAL: too many pages, or not addresses of the user; -ENOMEM, -EFAULT.
int64
sys_pgaccess(struct proc *p, const uint64 *a)
{
    uint32 mask[TOUCHED_MAX / 32];
    uint64 start = PGROUNDDOWN(a[0]), n = (uint64)(int)a[1];
    if (n > TOUCHED_MAX || start >= MAXVA || n * PGSIZE > MAXVA - start)
        return -EINVAL;
    if (!n)
        return 0;
    int error = pages_touched(p->as, start, n, mask);
    return error ? error : copyout(p->as, a[2], mask, (n + 31) / 32 * sizeof mask[0]);
}

// pgpte(va): reads the caller's leaf for an address. A deferred table is unshared first.
// Returns   the entry; 0: there is none; -ENOMEM.
int64
sys_pgpte(struct proc *p, const uint64 *a)
{
    int level;
    if (a[0] >= MAXVA)
        return 0;
    acquiresleep(&p->as->lock);
    int error = unshare(p->as, PGROUNDDOWN(a[0]), PGROUNDDOWN(a[0]) + PGSIZE);
    pte_t pte = pte_load(walk_leaf(&p->as->pt, a[0], &level));
    releasesleep(&p->as->lock);
    if (error)
        return error;
    return pte_leaf(pte) ? (int64)pte : 0;
}

// kpgtbl(): prints the caller's page table on the console, after unsharing all deferred tables.
// On error  -ENOMEM: nothing is printed.
int64
sys_kpgtbl(struct proc *p, const uint64 *a)
{
    (void)a;
    acquiresleep(&p->as->lock);
    int error = unshare(p->as, 0, USER_END); // so that all mapped pages are shown
    releasesleep(&p->as->lock);
    if (!error)
        view_print(p->as, VIEW_2024);
    return error;
}

// Begins a view of a process's memory; pid 0: the kernel's, *as is NULL. The caller calls viewers_leave().
// Returns   0; -ESRCH: there is no such process.
static int
begin(int pid, struct aspace **as)
{
    *as = pid ? proc_view(pid) : NULL;
    return pid && !*as ? -ESRCH : 0;
}

static int
entries(struct pgquery *q, struct pgentry *buf, int max)
{
    struct aspace *as;
    int n = begin(q->pid, &as);
    if (n)
        return n;
    n = view_entries(as, q, buf, max);
    viewers_leave(as);
    return n;
}

// pgmap(query, buf, max): copies out the next entries of a page table, and moves the query behind
// them.
// Returns   how many; 0: there are no more; -EINVAL, -ESRCH, -ENOMEM, -EFAULT.
// Sleeps    for the lock of the address space.
int64
sys_pgmap(struct proc *p, const uint64 *a)
{
    struct pgquery q;
    int max = (int)a[2];
    int n = max > 0 ? copyin(p->as, &q, a[0], sizeof q) : -EINVAL;
    if (!n && (q.pid < 0 || (q.what & ~(PGQ_POINTERS | PGQ_KERNEL))))
        n = -EINVAL;
    if (n)
        return n;
    struct pgentry *buf = kmem_alloc(ENTRIES * sizeof *buf);
    if (!buf)
        return -ENOMEM;
    n = entries(&q, buf, max < (int)ENTRIES ? max : (int)ENTRIES);
    int error = n < 0 ? n : copyout(p->as, a[1], buf, (size_t)n * sizeof *buf);
    kmem_free(buf);
    if (!error)
        error = copyout(p->as, a[0], &q, sizeof q);
    return error ? error : n;
}

// ledger(lines, max): copies out the ledger of frames by kind and owner, the first `max` lines.
// Returns   how many lines there are; -EINVAL, -ENOMEM, -EFAULT.
int64
sys_ledger(struct proc *p, const uint64 *a)
{
    int max = (int)a[1];
    if (max < 0)
        return -EINVAL;
    struct owners *o = kmem_alloc(sizeof *o);
    if (!o)
        return -ENOMEM;
    int n = owners_collect(o);
    int error = copyout(p->as, a[0], o->line, (size_t)(n < max ? n : max) * sizeof o->line[0]);
    kmem_free(o);
    return error ? error : n;
}

static void
translate_for(struct ptwalk *w, const struct pt *t)
{
    struct pt_trace trace;
    const struct pt_hart hart = {.user = w->how & PTW_USER,
                                 .sum = w->how & PTW_SUM,
                                 .mxr = w->how & PTW_MXR,
                                 .update_ad = !(w->how & PTW_SVADE)};
    enum pt_access access = (enum pt_access)(w->how & PTW_ACCESS);
    enum pt_rule rule = translate(t, w->va, access, &hart, &trace);
    safestrcpy(w->rule, pt_rule_name(rule), sizeof w->rule);
    w->cause = pt_rule_cause(rule, access);
    w->level = trace.level;
    w->reads = trace.reads;
    w->levels = t->env->levels;
    w->pa = trace.pa;
    w->set = trace.set;
    memset(w->step, 0, sizeof w->step);
    for (int i = 0; i < trace.reads; i++) {
        w->step[i].pa = trace.step[i].pa;
        w->step[i].pte = trace.step[i].pte;
    }
}

// ptwalk(walk): translates one address as a hart does, and tells each entry that is read and the
// rule that ends the walk.
// On error  -EINVAL, -ESRCH, -EFAULT.
// Sleeps    for the lock of the address space.
int64
sys_ptwalk(struct proc *p, const uint64 *a)
{
    struct ptwalk w;
    struct aspace *as;
    uint8 prot;
    int error = copyin(p->as, &w, a[0], sizeof w);
    if (!error && (w.pid < 0 || (w.how & PTW_ACCESS) > PTW_EXEC))
        error = -EINVAL;
    if (!error)
        error = begin(w.pid, &as);
    if (error)
        return error;
    if (as)
        acquiresleep(&as->lock);
    translate_for(&w, view_table(as, !(w.how & (PTW_USER | PTW_OWN))));
    w.region = view_region(as, w.va, &prot);
    w.prot = prot;
    w.site[0] = '\0';
    if (DEBUG_BUILD)
        mapsite_last(as, w.va, w.site);
    if (as)
        releasesleep(&as->lock);
    viewers_leave(as);
    return copyout(p->as, a[0], &w, sizeof w);
}
