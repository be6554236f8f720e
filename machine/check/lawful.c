// SPDX-License-Identifier: MIT
// lawful.c - accesses of programs that a correct kernel refuses, though the address may seem legal.
//
// Theory    Some kernels leave out page 0 of all programs, so that null pointers trap: no process
//           has that page then. A page of a mapping that begins behind the end of its file has no
//           contents: a program that touches it is killed.
#include "check/lawful.h"

#include "check/leaves.h"
#include "check/mapped.h"
#include "machine.h"

// Returns whether no process has the page.
static bool
in_no_tree(const struct machine *m, uint64 va)
{
    uint64 proc, root;
    struct leaf leaf;
    bool found = false;
    for (unsigned i = 0; !found && (proc = facts_slot(m, i)) != 0; i++)
        found = facts_field(m, proc, FACT_PROC_PAGETABLE, 8, &root) && root != 0 &&
                leaves_find(m, root, PT_MIN_LEVELS, va, &leaf);
    return !found;
}

bool
lawful_refusal(const struct machine *m, const struct access *a)
{
    if (!a->user)
        return false;
    return (a->va < PAGE_BYTES && a->kind != PT_EXEC && in_no_tree(m, 0)) ||
           mapped_behind_file(m, satp_root(a->satp), a->va);
}
