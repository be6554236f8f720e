// SPDX-License-Identifier: MIT
// processes.c - the processes of the kernel with the roots of their trees, by its debug
// information.
//
// Theory    xv6 keeps its processes in a table; Vitrine in a tree, from initproc down the lists of
//           children. Which one it is follows from the facts that are known. The kernel's memory
//           is read as facts_memory() does, or through a tree that maps the address.
// Next      sight/facts.h
#include "machine.h"
#include "mmu/satp.h"
#include "sight/facts.h"
#include "sight/guest.h"
#include "web/web.h"

#define GENERATIONS 16

struct process_view {
    uint64 root, kernel_root; // of its trees; the second is 0 where the kernel's is another's
    uint64 pid;
    char name[PROCESS_NAME];
};

struct census {
    const struct machine *m;
    struct process_view *out;
    uint32 count, max;
};

EXPORT uint32 web_processes(const struct machine *m, struct process_view *out, uint32 max);

static bool
read_memory(const struct machine *m, uint64 va, unsigned bytes, uint64 *value)
{
    struct pt_trace trace;
    if (facts_memory(m, va, bytes, value))
        return true;
    for (unsigned n = 0; n < TREES_MAX; n++) {
        const struct tree *t = &m->trees.tree[n];
        uint64 satp = SATP_MODE(t->levels) << SATP_MODE_SHIFT | t->root >> PGSHIFT;
        if (t->root != 0 && guest_walk_tree(m, satp, va, PT_READ, false, false, &trace) &&
            trace.rule == RULE_OK)
            return facts_memory(m, trace.pa, bytes, value);
    }
    return false;
}

// The field of the structure at `at`; 0: it is not known, or cannot be read.
static uint64
field(const struct machine *m, uint64 at, enum fact_id id, unsigned bytes)
{
    uint64 value;
    bool known = m->sight->facts.known >> id & 1;
    return known && read_memory(m, at + fact(m, id), bytes, &value) ? value : 0;
}

// The physical address of the table that a pointer of the kernel, or a satp, leads to.
static uint64
root_of(const struct machine *m, uint64 pagetable)
{
    uint64 pa;
    return symbols_physical(&m->sight->symbols, pagetable, &pa) ? pa : pagetable;
}

static void
find_roots(const struct machine *m, uint64 proc, struct process_view *p)
{
    uint64 as = field(m, proc, FACT_PROC_AS, 8);
    p->root = root_of(m, field(m, proc, FACT_PROC_PAGETABLE, 8));
    if (as == 0)
        return;
    p->root = satp_root(field(m, as, FACT_ASPACE_SATP, 8));
    p->kernel_root = satp_root(field(m, as, FACT_ASPACE_KSATP, 8));
}

// Adds the process at `proc`, if it has a tree.
static void
add_process(struct census *c, uint64 proc)
{
    struct process_view p = {.pid = field(c->m, proc, FACT_PROC_PID, 4)};
    find_roots(c->m, proc, &p);
    if (p.root == 0 || p.pid == 0 || c->count == c->max)
        return;
    for (unsigned i = 0; i < PROCESS_NAME; i++)
        p.name[i] = (char)field(c->m, proc + i, FACT_PROC_NAME, 1);
    c->out[c->count++] = p;
}

// Adds the process and those below it, by the lists of children.
static void
add_family(struct census *c, uint64 proc, int generation)
{
    add_process(c, proc);
    if (generation == 0 || !facts_have(c->m, FACT_BIT(PROC_CHILDREN) | FACT_BIT(PROC_SIBLING)))
        return;
    uint64 head = proc + fact(c->m, FACT_PROC_CHILDREN),
           link = field(c->m, proc, FACT_PROC_CHILDREN, 8);
    for (uint32 i = 0; link != 0 && link != head && i < c->max; i++) {
        uint64 child = link - fact(c->m, FACT_PROC_SIBLING);
        add_family(c, child, generation - 1);
        link = field(c->m, child, FACT_PROC_SIBLING, 8);
    }
}

// Lists the processes that have a tree: struct process_view, at most `max`. Returns how many there
// are; 0 without debug information.
uint32
web_processes(const struct machine *m, struct process_view *out, uint32 max)
{
    struct census c = {m, out, 0, max};
    uint64 proc, init;
    if (m->sight == NULL || !facts_have(m, FACT_BIT(PROC_PID) | FACT_BIT(PROC_NAME)))
        return 0;
    for (unsigned i = 0; (proc = facts_slot(m, i)) != 0; i++)
        add_process(&c, proc);
    if (c.count == 0 && facts_have(m, FACT_BIT(AT_INITPROC) | FACT_BIT(PROC_CHILDREN)) &&
        read_memory(m, fact(m, FACT_AT_INITPROC), 8, &init) && init != 0)
        add_family(&c, init, GENERATIONS);
    return c.count;
}
