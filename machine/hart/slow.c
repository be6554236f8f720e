// SPDX-License-Identifier: MIT
// slow.c - the instructions that are too long for a row of isa.inc.
//
// Manual    unpriv: A, F, D, zicsr; priv: wfi, sfence.vma, svinval
#include "hart/slow.h"

#include "hart/arith.h"
#include "hart/csr.h"
#include "hart/decode.h"
#include "hart/fp.h"
#include "hart/trap.h"
#include "machine.h"
#include "mmu/access.h"
#include "mmu/contexts.h"
#include "mmu/fetched.h"
#include "sight/count.h"
#include "time/failing.h"
#include "time/stops.h"

bool
slow_illegal(struct lane *l, uint32 raw)
{
    l->trap = (struct trap){CAUSE_ILLEGAL, raw};
    return false;
}

// Raises the trap for the instruction at the pc, of which the slot has not kept all bits.
static bool
illegal_here(struct machine *m, unsigned hart)
{
    uint64 pc = m->s.hart[hart].pc;
    uint32 low, high = 0;
    if (!fetch_half(m, hart, pc, &low))
        return false;
    if ((low & 3) == 3 && !fetch_half(m, hart, pc + 2, &high))
        return false;
    return slow_illegal(&m->lane[hart], low | high << 16);
}

bool
slow_straddle(struct machine *m, unsigned hart, uint64 pc)
{
    struct lane *l = &m->lane[hart];
    uint32 low, high;
    if (!fetch_half(m, hart, pc, &low) || !fetch_half(m, hart, pc + 2, &high))
        return false;
    code_apart(m->code, low | high << 16, l->straddle);
    return true;
}

bool
slow_lr(struct machine *m, unsigned hart, const struct insn *ip, int bytes)
{
    struct hart *h = &m->s.hart[hart];
    uint64 pa, value;
    if (!reserve_at(m, hart, h->x[ip->rs1], bytes, false, &pa) ||
        !load_slow(m, hart, h->x[ip->rs1], bytes, &value))
        return false;
    h->reserved = pa;
    h->x[ip->rd] = bytes == 4 ? sext32(value) : value;
    return true;
}

bool
slow_sc(struct machine *m, unsigned hart, const struct insn *ip, int bytes)
{
    struct hart *h = &m->s.hart[hart];
    uint64 pa;
    if (!reserve_at(m, hart, h->x[ip->rs1], bytes, true, &pa))
        return false;
    bool failed = h->reserved != pa;
    h->reserved = ~0ULL;
    if (!failed && !store_slow(m, hart, h->x[ip->rs1], bytes, h->x[ip->rs2]))
        return false;
    h->x[ip->rd] = failed;
    return true;
}

static bool
fp_off(const struct hart *h)
{
    return (h->mstatus & STATUS_FS) == 0;
}

bool
slow_fp_load(struct machine *m, unsigned hart, const struct insn *ip, int bytes)
{
    struct hart *h = &m->s.hart[hart];
    uint64 value;
    if (fp_off(h))
        return illegal_here(m, hart);
    if (!load_slow(m, hart, h->x[ip->rs1] + (uint64)(int64)ip->imm, bytes, &value))
        return false;
    h->f[ip->rd & 31] = bytes == 4 ? value | 0xffffffff00000000ULL : value;
    h->mstatus |= STATUS_FS;
    return true;
}

bool
slow_fp_store(struct machine *m, unsigned hart, const struct insn *ip, int bytes)
{
    struct hart *h = &m->s.hart[hart];
    if (fp_off(h))
        return illegal_here(m, hart);
    return store_slow(m, hart, h->x[ip->rs1] + (uint64)(int64)ip->imm, bytes, h->f[ip->rs2]);
}

bool
slow_fp(struct machine *m, unsigned hart, uint32 raw)
{
    struct hart *h = &m->s.hart[hart];
    if (fp_off(h) || !fp_execute(h, raw))
        return slow_illegal(&m->lane[hart], raw);
    h->mstatus |= STATUS_FS;
    return true;
}

bool
slow_csr(struct machine *m, unsigned hart, uint32 raw)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 before = h->mstatus;
    bool wrote;
    if (!csr_execute(m, hart, raw, &wrote))
        return slow_illegal(&m->lane[hart], raw);
    if (wrote) {
        contexts_select(m, hart);
        m->lane[hart].attention = true;
    }
    if (m->sight != NULL && h->mode == MODE_S && (h->mstatus & ~before & STATUS_SIE))
        sight_enabled(m, hart);
    return true;
}

enum { SINVAL_VMA = 0x0b, SFENCE_INVAL = 0x0c }; // bits 31 to 25; sfence.vma has others

// The instructions of Svinval, and sfence.vma.
static bool
fence(struct machine *m, unsigned hart, uint32 raw)
{
    struct hart *h = &m->s.hart[hart];
    unsigned rs1 = raw >> 15 & 31, rs2 = raw >> 20 & 31, kind = raw >> 25;
    uint32 asid = (uint32)h->x[rs2] & SATP_ASID_MASK;
    bool trapped = h->mode == MODE_S && (h->mstatus & STATUS_TVM) && kind != SFENCE_INVAL;
    if (h->mode == MODE_U || trapped)
        return false;
    if (kind == SFENCE_INVAL) {
        (rs2 == 0 ? remember_inval_before : remember_inval_after)(m, hart);
        return true;
    }
    (kind == SINVAL_VMA ? remember_inval : remember_fence)(m, hart, rs1 != 0, h->x[rs1], rs2 != 0,
                                                           asid);
    sight_fence(m, hart, rs1 != 0, h->x[rs1], rs2 != 0, asid);
    return true;
}

bool
slow_fence(struct machine *m, unsigned hart, uint32 raw)
{
    return fence(m, hart, raw) || slow_illegal(&m->lane[hart], raw);
}

bool
slow_fence_i(struct machine *m, unsigned hart)
{
    fetched_fence(m, hart);
    return true;
}

static bool
may_wait(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    return h->mode == MODE_M || (!(h->mstatus & STATUS_TW) && h->mode == MODE_S);
}

// wfi ends the turn, unless an interrupt is pending already.
bool
slow_wfi(struct machine *m, unsigned hart, uint32 raw)
{
    struct hart *h = &m->s.hart[hart];
    if (!may_wait(m, hart))
        return slow_illegal(&m->lane[hart], raw);
    h->waiting = (trap_pending(m, hart) & h->mie) == 0;
    m->lane[hart].attention = true;
    return true;
}

void
slow_hook(struct machine *m, unsigned hart, uint64 pa)
{
    if (m->loop_search->on && m->loop_search->pc_pa == pa)
        rest_here(m, hart);
    if (m->sight != NULL)
        sight_hook(m, hart, pa);
    if (m->stops != NULL && m->stops->count != 0)
        stops_hook(m, hart);
    if (m->failing != NULL)
        failing_hook(m, hart);
}

bool
slow_ecall(struct machine *m, unsigned hart)
{
    m->lane[hart].trap = (struct trap){CAUSE_ECALL_U + m->s.hart[hart].mode, 0};
    if (m->count != NULL)
        count_ecall(m, hart);
    return false;
}
