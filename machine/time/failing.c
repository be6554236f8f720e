// SPDX-License-Identifier: MIT
// failing.c - makes one call of a function return 0.
#include "time/failing.h"

#include "hart/code.h"
#include "machine.h"

enum { RA = 1, A0 = 10 };

bool
failing_start(struct machine *m, struct failing *f, uint64 va, uint64 pa)
{
    f->va = va;
    f->last = ~0ULL;
    m->failing = f;
    return code_hook(m, pa, HOOK_DEBUG);
}

// Continues after the call, with 0 as its result. The hook at the return address, at the same
//           position,
// is another event.
static void
fail(struct machine *m, unsigned hart)
{
    struct hart *h = &m->s.hart[hart];
    h->x[A0] = 0;
    h->pc = h->x[RA];
    if (m->sight != NULL)
        m->sight->hooked = ~0ULL;
    machine_attention(m, hart);
}

void
failing_hook(struct machine *m, unsigned hart)
{
    struct failing *f = m->failing;
    uint64 position = machine_position(m) - 1;
    if (m->s.hart[hart].pc != f->va || m->s.turns.left == 0 || m->lane[hart].attention)
        return;
    if (f->failed && position == f->moment.position) {
        fail(m, hart); // once more
        return;
    }
    if (!f->on || (f->last != ~0ULL && position <= f->last))
        return;
    f->last = position;
    if (++f->calls != f->nth)
        return;
    moment_now(m, hart, &f->moment);
    f->moment.position = position;
    f->failed = true;
    fail(m, hart);
}
