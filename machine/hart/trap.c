// SPDX-License-Identifier: MIT
// trap.c - entering and leaving traps, and which interrupt is due.
#include "hart/trap.h"

#include "board/board.h"
#include "hart/csr.h"
#include "machine.h"
#include "mmu/contexts.h"
#include "sight/count.h"

uint64
trap_pending(const struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 mip = h->mip | board_irqs(m, hart);
    if (h->menvcfg & MENVCFG_STCE) {
        mip &= ~IRQ_STIP;
        if (machine_time(m) >= h->stimecmp)
            mip |= IRQ_STIP;
    }
    return mip;
}

// Where a trap goes: the base, or a vectored interrupt's entry.
static uint64
vector(uint64 tvec, bool interrupt, int cause)
{
    uint64 base = tvec & ~3ULL;
    return (tvec & 3) == 1 && interrupt ? base + 4 * (uint64)cause : base;
}

static void
enter_s(struct hart *h, bool interrupt, int cause, uint64 tval)
{
    h->scause = (uint64)interrupt << 63 | (uint64)cause;
    h->sepc = h->pc;
    h->stval = tval;
    h->mstatus &= ~(STATUS_SPP | STATUS_SPIE);
    h->mstatus |= h->mode == MODE_S ? STATUS_SPP : 0;
    h->mstatus |= h->mstatus & STATUS_SIE ? STATUS_SPIE : 0;
    h->mstatus &= ~STATUS_SIE;
    h->mode = MODE_S;
    h->pc = vector(h->stvec, interrupt, cause);
}

static void
enter_m(struct hart *h, bool interrupt, int cause, uint64 tval)
{
    h->mcause = (uint64)interrupt << 63 | (uint64)cause;
    h->mepc = h->pc;
    h->mtval = tval;
    h->mstatus &= ~(STATUS_MPP | STATUS_MPIE);
    h->mstatus |= (uint64)h->mode << STATUS_MPP_SHIFT;
    h->mstatus |= h->mstatus & STATUS_MIE ? STATUS_MPIE : 0;
    h->mstatus &= ~STATUS_MIE;
    h->mode = MODE_M;
    h->pc = vector(h->mtvec, interrupt, cause);
}

void
trap_take(struct machine *m, unsigned hart, bool interrupt, int cause, uint64 tval)
{
    struct hart *h = &m->s.hart[hart];
    uint64 delegated = interrupt ? h->mideleg : h->medeleg;
    h->waiting = false;
    h->quiet = 0;
    if (!interrupt)
        h->instret_offset--; // an instruction that traps does not retire
    if (h->mode != MODE_M && (delegated >> cause & 1))
        enter_s(h, interrupt, cause, tval);
    else
        enter_m(h, interrupt, cause, tval);
    contexts_select(m, hart);
    if (m->sight != NULL)
        sight_trap(m, hart);
}

// The interrupts of `pending` that the hart takes now, of those that go to M or to S.
static uint64
takeable(const struct hart *h, uint64 pending)
{
    uint64 due = pending & h->mie;
    uint64 to_m = due & ~h->mideleg, to_s = due & h->mideleg;
    if (to_m != 0 && (h->mode < MODE_M || (h->mstatus & STATUS_MIE)))
        return to_m;
    if (h->mode < MODE_S || (h->mode == MODE_S && (h->mstatus & STATUS_SIE)))
        return to_s;
    return 0;
}

bool
trap_due(const struct machine *m, unsigned hart)
{
    return takeable(&m->s.hart[hart], trap_pending(m, hart)) != 0;
}

bool
trap_interrupt(struct machine *m, unsigned hart)
{
    // priv: priority of simultaneous interrupts
    static const uint64 order[] = {IRQ_MEIP, IRQ_MSIP, IRQ_MTIP, IRQ_SEIP, IRQ_SSIP, IRQ_STIP};
    struct hart *h = &m->s.hart[hart];
    uint64 due = takeable(h, trap_pending(m, hart));
    for (size_t i = 0; due != 0 && i < NELEM(order); i++) {
        if (due & order[i]) {
            trap_take(m, hart, true, __builtin_ctzll(order[i]), 0);
            return true;
        }
    }
    return false;
}

// Goes on at `pc` in `mode`, by sret (`supervisor`) or mret.
static void
leave(struct machine *m, unsigned hart, unsigned mode, uint64 pc, bool supervisor)
{
    struct hart *h = &m->s.hart[hart];
    h->mode = (uint8)mode;
    h->quiet = 0;
    h->pc = pc;
    contexts_select(m, hart);
    if (m->sight != NULL)
        sight_trap_return(m, hart, supervisor);
    if (m->count != NULL)
        count_return(m, hart);
}

bool
trap_mret(struct machine *m, unsigned hart)
{
    struct hart *h = &m->s.hart[hart];
    if (h->mode != MODE_M)
        return false;
    unsigned back = (unsigned)((h->mstatus & STATUS_MPP) >> STATUS_MPP_SHIFT);
    h->mstatus &= ~(STATUS_MIE | STATUS_MPP);
    h->mstatus |= h->mstatus & STATUS_MPIE ? STATUS_MIE : 0;
    h->mstatus |= STATUS_MPIE;
    if (back != MODE_M)
        h->mstatus &= ~STATUS_MPRV;
    leave(m, hart, back, h->mepc, false);
    return true;
}

bool
trap_sret(struct machine *m, unsigned hart)
{
    struct hart *h = &m->s.hart[hart];
    if (h->mode == MODE_U || (h->mode == MODE_S && (h->mstatus & STATUS_TSR)))
        return false;
    unsigned back = h->mstatus & STATUS_SPP ? MODE_S : MODE_U;
    h->mstatus &= ~(STATUS_SIE | STATUS_SPP | STATUS_MPRV);
    h->mstatus |= h->mstatus & STATUS_SPIE ? STATUS_SIE : 0;
    h->mstatus |= STATUS_SPIE;
    leave(m, hart, back, h->sepc, true);
    return true;
}
