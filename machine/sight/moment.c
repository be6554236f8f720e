// SPDX-License-Identifier: MIT
// moment.c - a moment of the run.
#include "sight/moment.h"

#include "machine.h"
#include "sight/guest.h"
#include "sight/stack.h"

enum { RA = 1, S0 = 8 };

// Returns the address that stands for offset 0.
static uint64
base_of(const struct machine *m)
{
    const struct symbols *s = &m->sight->symbols;
    return s->segments > 0 ? s->segment[0].va : m->ram.base;
}

static bool
in_kernel(const struct machine *m, uint64 pc)
{
    uint64 pa;
    return symbols_physical(&m->sight->symbols, pc, &pa);
}

static void
add(const struct machine *m, struct moment *out, unsigned *n, uint64 pc)
{
    if (*n < MOMENT_CALLS)
        out->pc[(*n)++] = (uint32)(pc - base_of(m)) + 1;
}

// Adds return addresses by frame pointers alone, from a function that has made its frame. Each
// frame must be above the one before, in at most two pages; the first that is not ends the list.
static void
follow(const struct machine *m, unsigned hart, uint64 s0, struct moment *out, unsigned n)
{
    struct guest_page page = {0};
    uint64 ra, next;
    while (n < MOMENT_CALLS && s0 != 0 && (s0 & 7) == 0) {
        if (!guest_read_near(m, hart, &page, s0 - 8, 8, PT_READ, &ra) ||
            !guest_read_near(m, hart, &page, s0 - 16, 8, PT_READ, &next) || !in_kernel(m, ra) ||
            stack_begins(&m->sight->symbols, moment_pc(m, out, n - 1), ra, next))
            return;
        add(m, out, &n, ra - 1);
        if (next <= s0 || next - s0 > 2 * PAGE_BYTES)
            return;
        s0 = next;
    }
}

// Finds the calls at a place where the function may not have made its frame yet.
static void
look(const struct machine *m, unsigned hart, uint64 at, struct moment *out)
{
    uint64 pc[MOMENT_CALLS];
    unsigned n = 0, count = stack_calls(m, hart, &m->sight->symbols, at, pc, MOMENT_CALLS);
    for (unsigned i = 0; i < count; i++)
        add(m, out, &n, pc[i] - (i > 0));
    if (count == 0 && (in_kernel(m, at) || symbols_linked(&m->sight->symbols, at) != at))
        add(m, out, &n, symbols_linked(&m->sight->symbols, at));
    else if (count == 0 &&
             in_kernel(m, m->s.hart[hart].x[RA])) { // a jump to where there is no code
        add(m, out, &n, m->s.hart[hart].x[RA] - 1);
        follow(m, hart, m->s.hart[hart].x[S0], out, n);
    }
}

void
moment_at(const struct machine *m, unsigned hart, uint64 at, struct moment *out)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 offset;
    unsigned n = 0;
    *out = (struct moment){.position = m->sight->inside ? m->sight->now : machine_position(m),
                           .pid = (int16)facts_pid(m, hart),
                           .hart = (uint8)hart,
                           .mode = h->mode};
    if (h->mode == MODE_U) {
        out->pc[0] = (uint32)at + 1;
    } else if (symbols_find(&m->sight->symbols, at, &offset) != NULL && offset == 0) {
        add(m, out, &n, at);
        if (in_kernel(m, h->x[RA]) && h->x[RA] != at)
            add(m, out, &n, h->x[RA] - 1);
        follow(m, hart, h->x[S0], out, n);
    } else if (m->sight->returning) {
        add(m, out, &n, at - 1);
        follow(m, hart, h->x[S0], out, n);
    } else {
        look(m, hart, at, out);
    }
}

void
moment_now(const struct machine *m, unsigned hart, struct moment *out)
{
    moment_at(m, hart, m->s.hart[hart].pc, out);
}

uint64
moment_pc(const struct machine *m, const struct moment *at, unsigned i)
{
    if (i >= MOMENT_CALLS || at->pc[i] == 0)
        return 0;
    return (at->mode == MODE_U ? 0 : base_of(m)) + at->pc[i] - 1;
}
