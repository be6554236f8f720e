// SPDX-License-Identifier: MIT
// failtree.c - makes the n-th allocation of a tree of processes fail (debug builds only).
//
// Theory    A tree is a count shared by a process and all that it forks from then on. Each
//           allocator asks the hook of mm/frame/failnth.h; one for a process without a tree never
//           fails. Threads of the kernel are in no tree; interrupt handlers allocate nothing. A
//           tree that has ended stays, without effect, until its last process has ended.
// Promises  The hook takes no lock and allocates nothing: it is asked under locks of any rank.
// Locks     none: counts are atomic; p->failtree changes only by p itself, or when p is gone.
// Next      mm/frame/failnth.h, sys/sysfail.c
#include "proc/failtree.h"

#include "abi/errno.h"
#include "abi/failnth.h"
#include "lib/printf.h"
#include "mm/frame/failnth.h"
#include "mm/frame/frame.h"
#include "mm/frame/kmem.h"
#include "panic/backtrace.h"
#include "panic/ksyms.h"
#include "proc/proc.h"
#include "rv/kstack.h"

#define CALLERS   10
#define TEXT_SIZE 256

// Protection: [c] constant  [a] atomic
struct failtree {
    uint32 refs;               // [a] processes in it, the spared one too
    uint32 n;                  // [a] the one that fails; 0: it has ended
    uint32 how;                // [c] FAILNTH_...
    uint32 counted;            // [a]
    uint32 fired;              // [a]
    const struct proc *spared; // [a] a process in it that does not count; NULL: none
};

// Prints the number of the allocation that fails and its callers, innermost first, in one line.
static void
tell(const struct proc *p, uint32 number)
{
    uint64 fp = (uint64)__builtin_frame_address(0), top = ((fp - 1) | (KSTACK_SIZE - 1)) + 1;
    uint64 pc[CALLERS], at;
    char text[TEXT_SIZE] = "";
    size_t used = 0;
    int n = backtrace_walk(fp, fp - 2 * sizeof(uint64), top, pc, CALLERS);
    for (int i = 1; i < n && used < sizeof text; i++) { // from the hook's caller on
        const char *name = ksyms_lookup(pc[i] - 1, &at);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i > 1 ? " < " : "",
                                 name ? name : "?");
    }
    printf("failnth: allocation %u fails, pid %d: %s\n", number, p->pid, text);
}

static bool
is_due(const struct failtree *t, uint32 n, uint32 number)
{
    return number == n || (number > n && (t->how & FAILNTH_ONWARD));
}

// The hook: counts an allocation. All accesses are relaxed: harts agree on the order of the counts,
// and nothing else depends on them.
// Returns   whether the allocation fails.
static bool
count_one(void)
{
    const struct proc *p = myproc();
    struct failtree *t = p ? p->failtree : NULL;
    if (!t || __atomic_load_n(&t->spared, __ATOMIC_RELAXED) == p) // see above
        return false;
    uint32 n = __atomic_load_n(&t->n, __ATOMIC_RELAXED); // see above
    if (!n)
        return false;
    uint32 number = __atomic_add_fetch(&t->counted, 1, __ATOMIC_RELAXED); // see above
    if (!is_due(t, n, number))
        return false;
    __atomic_store_n(&t->fired, 1, __ATOMIC_RELAXED); // see above
    if (t->how & FAILNTH_TELL)
        tell(p, number);
    return true;
}

// Ends the tree of `p` for all that are in it, and takes `p` out.
// Returns   what it counted; 0 if there was none.
static int
end_tree(struct proc *p)
{
    struct failtree *t = p->failtree;
    if (!t)
        return 0;
    __atomic_store_n(&t->n, 0, __ATOMIC_RELAXED); // allocations that other harts count now are lost
    uint32 fired = __atomic_load_n(&t->fired, __ATOMIC_RELAXED);
    uint32 counted = __atomic_load_n(&t->counted, __ATOMIC_RELAXED);
    failtree_leave(p);
    return (int)((counted & (FAILNTH_FIRED - 1)) | (fired ? FAILNTH_FIRED : 0));
}

// Ends the tree that `p` is in or has made, and begins one in which the n-th allocation fails;
// `how` is FAILNTH_... 0 as n begins none.
// Returns   the number that the old tree has counted, with FAILNTH_FIRED if one failed; -ENOMEM:
//           nothing has changed.
int
failtree_begin(struct proc *p, uint32 n, uint32 how)
{
    struct failtree *t = NULL;
    if (n && !(t = kmem_alloc(sizeof *t)))
        return -ENOMEM;
    int before = end_tree(p);
    if (t)
        *t = (struct failtree){
            .refs = 1, .n = n, .how = how, .spared = how & FAILNTH_CHILDREN ? p : NULL};
    p->failtree = t;
    failnth_hook = count_one;
    return before;
}

// Takes a child into its parent's tree, if that is in one.
void
failtree_join(struct proc *child, const struct proc *parent)
{
    child->failtree = parent->failtree;
    if (child->failtree)
        __atomic_fetch_add(&child->failtree->refs, 1, __ATOMIC_RELAXED); // the parent's keeps it
}

// Takes a process out of its tree, if it is in one; the last one frees it.
void
failtree_leave(struct proc *p)
{
    struct failtree *t = p->failtree;
    p->failtree = NULL;
    if (!t)
        return;
    if (t->spared == p)
        __atomic_store_n(&t->spared, NULL, __ATOMIC_RELAXED);   // its memory may become a member's
    if (__atomic_fetch_sub(&t->refs, 1, __ATOMIC_ACQ_REL) == 1) // no other process uses it
        kmem_free(t);
}

// Counts the kernel objects in use, after emptying all magazines. A leak of a few objects takes no
// frame and shows in this count alone. It is exact when no other hart allocates.
int
failtree_objects(void)
{
    uint64 n = 0;
    kmem_drain();
    const struct frame *f = frame_of(frame_map.start), *end = f + frames_total();
    for (; f < end; f++)
        if (f->kind == FRAME_SLAB && f->refs)
            n += f->obj ? f->flags : 1; // see mm/frame/kmem.c
    return (int)n;
}
