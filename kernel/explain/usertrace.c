// SPDX-License-Identifier: MIT
// usertrace.c - collects the callers in a stopped user program.
//
// Theory    Frames of programs look like those of the kernel (panic/backtrace.c), but they cannot
//           be relied on: s0 may hold any value. So each word is read through the table by
//           software, a return address must point into executable memory, and frames must ascend.
//           A leaf function keeps its return address in ra, and only the caller's s0 in its frame.
// Promises  Never faults, never loops.
// Locks     none: the process is the running one, or the kernel has panicked.
#include "explain/usertrace.h"

#include "explain/tell.h"
#include "lib/printf.h"
#include "mm/aspace/aspace.h"
#include "rv/trapframe.h"

static bool
is_code(struct aspace *as, uint64 va)
{
    const struct region *r = region_find(&as->regions, va);
    return r != NULL && (r->prot & PTE_X);
}

static void
add_pc(struct usertrace *t, uint64 pc)
{
    if (t->n < USERSYM_MAX && pc != t->pc[t->n - 1])
        t->pc[t->n++] = pc;
}

// Adds the callers from the frame at fp on.
static void
climb(struct usertrace *t, struct aspace *as, uint64 fp)
{
    uint64 ra, caller;
    while (t->n < USERSYM_MAX) {
        if (!look_word(&as->pt, fp - 8, true, &ra) || !is_code(as, ra))
            return;
        add_pc(t, ra);
        if (!look_word(&as->pt, fp - 16, true, &caller) || caller <= fp)
            return;
        fp = caller;
    }
}

// Adds the callers of the function that has stopped.
static void
find_callers(struct usertrace *t, struct aspace *as, const struct trapframe *tf)
{
    uint64 top;
    bool in_code = is_code(as, tf->epc);
    bool framed = look_word(&as->pt, tf->s0 - 8, true, &top) && is_code(as, top);
    if (in_code && framed) {
        climb(t, as, tf->s0);
        return;
    }
    if (is_code(as, tf->ra))
        add_pc(t, tf->ra);
    climb(t, as, in_code && look_word(&as->pt, tf->s0 - 8, true, &top) ? top : tf->s0);
}

// Collects where the program `as` is, with the user registers `tf`, and its callers; `how` limits
// the search for names.
// Locks     none: the process is the running one, or the kernel has panicked. Takes the pager's for
//           names.
// Sleeps    for the disk, if `how` is USERSYM_READ.
void
usertrace_take(struct usertrace *t, struct aspace *as, const struct trapframe *tf,
               enum usersym_how how)
{
    t->n = 1;
    t->pc[0] = tf->epc;
    find_callers(t, as, tf);
    for (int i = 0; i < t->n; i++)
        t->sym[i].name[0] = '\0';
    for (int i = 0; i < as->regions.n; i++) {
        const struct region *r = &as->regions.v[i];
        if (r->kind == REGION_IMAGE && r->pager != NULL) {
            usersym_find(r->pager, how, t->pc, t->n, t->sym);
            break;
        }
    }
    for (int i = 0; i < t->n; i++)
        if (!is_code(as, t->pc[i]))
            t->sym[i].name[0] = '\0'; // behind the code, so not in the last function
}

// Writes place i as "function+0x12", or as the bare address, to buf.
// Returns   buf.
const char *
usertrace_place(const struct usertrace *t, int i, char *buf, size_t size)
{
    if (t->sym[i].name[0] != '\0')
        snprintf(buf, size, "%s+0x%lx", t->sym[i].name, t->sym[i].offset);
    else
        snprintf(buf, size, "0x%lx", t->pc[i]);
    return buf;
}
