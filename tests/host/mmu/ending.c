// SPDX-License-Identifier: MIT
// ending.c - a process ends while another one views its memory, and so has to sleep while it ends.
//
// Theory    The process may wake up in its own table, while that is being freed. Meanwhile harts
//           are eager: they cache every entry of the tables that they load.
#include "mmu/hart.h"
#include "mmu/traps.h"
#include "mmu/user.h"

enum meeting users_meet;

static void
meet(enum meeting when)
{
    while (users_meet < when) {
        traps_timer();
        model_pause();
    }
}

// Its pages are there before it ends: a fault would have to wait, too.
void
ending_process(void)
{
    const struct user *u = user_me();
    for (const struct page *p = u->page; p < &u->page[u->n]; p++)
        if (p->prot & PTE_R)
            (void)traps_at(p->va, PT_READ);
    users_meet = MEET_READY;
    meet(MEET_LOOKING);
    (void)traps_call(CALL_EXIT, 0, 0);
    model_fail("exit returns");
}

void
ending_watched(void)
{
    model_eager = true;
    int64 pid = traps_call(CALL_FORK, 0, ROLE_ENDS);
    meet(MEET_READY);
    if (pid <= 0 || traps_call(CALL_LOOK, (uint64)pid, 1) < 0)
        model_fail("a child cannot be looked at");
    if (traps_call(CALL_WAIT, 0, 0) != pid)
        model_fail("the child that was looked at does not end");
    model_eager = false;
}
