// SPDX-License-Identifier: MIT
// csr.c - reads and writes CSRs, with the fields that keep written values and those that do not.
#include "hart/csr.h"

#include "hart/csrs.h"
#include "hart/trap.h"
#include "machine.h"
#include "mmu/contexts.h"
#include "time/rest.h"

#define SSTATUS_BITS                                                                               \
    (STATUS_SIE | STATUS_SPIE | STATUS_SPP | STATUS_FS | STATUS_SUM | STATUS_MXR | STATUS_UXL)
#define MSTATUS_WRITE                                                                              \
    (STATUS_SIE | STATUS_MIE | STATUS_SPIE | STATUS_MPIE | STATUS_SPP | STATUS_FS | STATUS_MPRV |  \
     STATUS_SUM | STATUS_MXR | STATUS_TVM | STATUS_TW | STATUS_TSR)
#define SSTATUS_WRITE (SSTATUS_BITS & ~STATUS_UXL)
#define S_IRQS        (IRQ_SSIP | IRQ_STIP | IRQ_SEIP)
#define M_IRQS        (IRQ_MSIP | IRQ_MTIP | IRQ_MEIP)
#define MEDELEG_BITS  0xb3ffULL
#define COUNTERS      7u                         // cycle, time, instret
#define MISA          (2ULL << 62 | 0x14112dULL) // RV64 A C D F I M S U
#define PMP_LOCKED    0x80

// The field that a plain register is, or NULL. A plain one holds the written value, masked.
static uint64 *
plain(struct hart *h, unsigned number, uint64 *mask)
{
    *mask = ~0ULL;
    switch (number) {
    case CSR_SSCRATCH:
        return &h->sscratch;
    case CSR_SCAUSE:
        return &h->scause;
    case CSR_STVAL:
        return &h->stval;
    case CSR_MSCRATCH:
        return &h->mscratch;
    case CSR_MCAUSE:
        return &h->mcause;
    case CSR_MTVAL:
        return &h->mtval;
    case CSR_SEPC:
        *mask = ~1ULL;
        return &h->sepc;
    case CSR_MEPC:
        *mask = ~1ULL;
        return &h->mepc;
    case CSR_STVEC:
        *mask = ~2ULL;
        return &h->stvec;
    case CSR_MTVEC:
        *mask = ~2ULL;
        return &h->mtvec;
    case CSR_SCOUNTEREN:
        *mask = 0xffffffff;
        return &h->scounteren;
    case CSR_MCOUNTEREN:
        *mask = 0xffffffff;
        return &h->mcounteren;
    case CSR_SENVCFG:
        *mask = 1;
        return &h->senvcfg;
    case CSR_MENVCFG:
        *mask = MENVCFG_STCE | MENVCFG_ADUE | 1;
        return &h->menvcfg;
    case CSR_MEDELEG:
        *mask = MEDELEG_BITS;
        return &h->medeleg;
    case CSR_MIDELEG:
        *mask = S_IRQS;
        return &h->mideleg;
    case CSR_MIE:
        *mask = S_IRQS | M_IRQS;
        return &h->mie;
    case CSR_STIMECMP:
        return &h->stimecmp;
    }
    return NULL;
}

static uint64
read_mstatus(const struct hart *h)
{
    uint64 dirty = (h->mstatus & STATUS_FS) == STATUS_FS ? STATUS_SD : 0;
    return h->mstatus | dirty | 2ULL << 32 | 2ULL << 34;
}

static uint64
read_pmpcfg(const struct hart *h, int first)
{
    uint64 value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64)h->pmp.cfg[first + i] << (8 * i);
    return value;
}

static bool
in(unsigned number, unsigned first, unsigned last)
{
    return number >= first && number <= last;
}

// fflags, frm and fcsr, which are one field. There is no register 0.
static bool
read_float(const struct hart *h, unsigned number, uint64 *value)
{
    *value = number == CSR_FFLAGS ? h->fcsr & 0x1f : number == CSR_FRM ? h->fcsr >> 5 : h->fcsr;
    return number != 0;
}

// Registers that read as something else than one field.
static bool
read_computed(const struct machine *m, unsigned hart, unsigned number, uint64 *value)
{
    const struct hart *h = &m->s.hart[hart];
    if (number <= CSR_FCSR)
        return read_float(h, number, value);
    switch (number) {
    case CSR_SSTATUS:
        *value = read_mstatus(h) & (SSTATUS_BITS | STATUS_SD);
        return true;
    case CSR_MSTATUS:
        *value = read_mstatus(h);
        return true;
    case CSR_SIE:
        *value = h->mie & h->mideleg;
        return true;
    case CSR_MIP:
        *value = trap_pending(m, hart);
        return true;
    case CSR_SIP:
        *value = trap_pending(m, hart) & h->mideleg;
        return true;
    case CSR_SATP:
        *value = h->satp;
        return true;
    case CSR_MISA:
        *value = MISA;
        return true;
    case CSR_MHARTID:
        *value = h->id;
        return true;
    case CSR_PMPCFG0:
    case CSR_PMPCFG2:
        *value = read_pmpcfg(h, number == CSR_PMPCFG0 ? 0 : 8);
        return true;
    case CSR_TIME:
        *value = machine_time(m);
        return true;
    case CSR_CYCLE:
    case CSR_MCYCLE:
        *value = machine_retired(m, hart) + (uint64)h->cycle_offset;
        return true;
    case CSR_INSTRET:
    case CSR_MINSTRET:
        *value = machine_retired(m, hart) + (uint64)h->instret_offset;
        return true;
    case CSR_MVENDORID:
    case CSR_MARCHID:
    case CSR_MIMPID:
    case CSR_MCONFIGPTR:
        *value = 0;
        return true;
    }
    *value = 0;
    if (in(number, CSR_PMPADDR0, CSR_PMPADDR15)) {
        *value = h->pmp.addr[number - CSR_PMPADDR0];
        return true;
    }
    return number == CSR_MCOUNTINHIBIT || in(number, CSR_MHPMEVENT3, CSR_MHPMEVENT31) ||
           in(number, CSR_TSELECT, CSR_TDATA3) || in(number, CSR_MHPMCOUNTER3, CSR_MHPMCOUNTER31) ||
           in(number, CSR_INSTRET + 1, CSR_HPMCOUNTER31);
}

bool
csr_peek(const struct machine *m, unsigned hart, unsigned number, uint64 *value)
{
    uint64 mask;
    const uint64 *field = plain((struct hart *)&m->s.hart[hart], number, &mask);
    if (field != NULL) {
        *value = *field;
        return true;
    }
    return read_computed(m, hart, number, value);
}

// Returns whether a counter may be read in this mode. `bit` is its place in mcounteren.
static bool
counter_open(const struct hart *h, unsigned bit)
{
    if (h->mode == MODE_M)
        return true;
    if (!(h->mcounteren >> bit & 1))
        return false;
    return h->mode == MODE_S || (h->scounteren >> bit & 1);
}

// Returns whether mode and status allow the access.
static bool
permitted(const struct hart *h, unsigned number, bool write)
{
    if (h->mode < (number >> 8 & 3) || (write && number >> 10 == 3))
        return false;
    if (number <= CSR_FCSR && !(h->mstatus & STATUS_FS))
        return false;
    if (number == CSR_SATP && h->mode == MODE_S && (h->mstatus & STATUS_TVM))
        return false;
    if (number == CSR_STIMECMP && h->mode != MODE_M)
        return (h->menvcfg & MENVCFG_STCE) && (h->mcounteren & 2);
    if (in(number, CSR_CYCLE, CSR_HPMCOUNTER31))
        return counter_open(h, number - CSR_CYCLE);
    return true;
}

static void
write_mstatus(struct hart *h, uint64 value, uint64 mask)
{
    h->mstatus = (h->mstatus & ~mask) | (value & mask);
    if (mask & STATUS_MIE) {
        uint64 mpp = value & STATUS_MPP;
        if (mpp != 2ULL << STATUS_MPP_SHIFT)
            h->mstatus = (h->mstatus & ~STATUS_MPP) | mpp;
    }
}

static void
write_satp(struct machine *m, unsigned hart, uint64 value)
{
    struct hart *h = &m->s.hart[hart];
    uint64 mode = value >> SATP_MODE_SHIFT, old = h->satp;
    if (mode != SATP_BARE && (mode < SATP_SV39 || mode > SATP_SV39 + (m->config.mmu - 39u) / 9))
        return; // an unsupported mode: the write has no effect
    h->satp = value;
    remember_satp(m, hart, old, value, h->pc);
    sight_satp(m, hart, old);
}

// Before a change of PMP: records that the hart may still know the entries of before.
static void
keep_pmp(struct hart *h)
{
    if (h->pmp_unfenced || h->satp >> SATP_MODE_SHIFT == SATP_BARE)
        return;
    h->pmp_before = h->pmp;
    h->pmp_unfenced = true;
}

static void
write_pmpcfg(struct hart *h, int first, uint64 value)
{
    for (int i = first; i < first + 8; i++, value >>= 8) {
        uint8 cfg = (uint8)value & 0x9f;
        if (h->pmp.cfg[i] & PMP_LOCKED)
            continue;
        if ((cfg & 3) == 2)
            cfg &= (uint8)~2; // W without R is reserved
        h->pmp.cfg[i] = cfg;
    }
    for (h->pmp.top = 16; h->pmp.top > 0 && !(h->pmp.cfg[h->pmp.top - 1] & 0x18);)
        h->pmp.top--;
}

static void
write_pmpaddr(struct hart *h, int i, uint64 value)
{
    bool next_locks = i < 15 && (h->pmp.cfg[i + 1] & PMP_LOCKED) && (h->pmp.cfg[i + 1] & 0x18) == 8;
    if (!(h->pmp.cfg[i] & PMP_LOCKED) && !next_locks)
        h->pmp.addr[i] = value & ((1ULL << 54) - 1);
}

// Registers whose write does more than store.
static void
write_computed(struct machine *m, unsigned hart, unsigned number, uint64 value)
{
    struct hart *h = &m->s.hart[hart];
    uint64 soft = h->menvcfg & MENVCFG_STCE ? IRQ_SSIP | IRQ_SEIP : S_IRQS;
    switch (number) {
    case CSR_FFLAGS:
        h->fcsr = (h->fcsr & 0xe0) | (value & 0x1f);
        break;
    case CSR_FRM:
        h->fcsr = (h->fcsr & 0x1f) | (uint32)(value & 7) << 5;
        break;
    case CSR_FCSR:
        h->fcsr = value & 0xff;
        break;
    case CSR_SSTATUS:
        write_mstatus(h, value, SSTATUS_WRITE);
        break;
    case CSR_MSTATUS:
        write_mstatus(h, value, MSTATUS_WRITE);
        break;
    case CSR_SIE:
        h->mie = (h->mie & ~h->mideleg) | (value & h->mideleg);
        break;
    case CSR_MIP:
        h->mip = (h->mip & ~soft) | (value & soft);
        break;
    case CSR_SIP:
        soft = IRQ_SSIP & h->mideleg;
        h->mip = (h->mip & ~soft) | (value & soft);
        break;
    case CSR_SATP:
        write_satp(m, hart, value);
        break;
    case CSR_PMPCFG0:
    case CSR_PMPCFG2:
        keep_pmp(h);
        write_pmpcfg(h, number == CSR_PMPCFG0 ? 0 : 8, value);
        contexts_drop_all(m);
        break;
    case CSR_MCYCLE:
        h->cycle_offset = (int64)(value - machine_retired(m, hart) - 1);
        break;
    case CSR_MINSTRET:
        h->instret_offset = (int64)(value - machine_retired(m, hart) - 1);
        break;
    }
    if (in(number, CSR_PMPADDR0, CSR_PMPADDR15)) {
        keep_pmp(h);
        write_pmpaddr(h, (int)(number - CSR_PMPADDR0), value);
        contexts_drop_all(m);
    }
}

static void
write_csr(struct machine *m, unsigned hart, unsigned number, uint64 value)
{
    struct hart *h = &m->s.hart[hart];
    uint64 mask, *field = plain(h, number, &mask);
    if (field != NULL)
        *field = value & mask;
    else
        write_computed(m, hart, number, value);
    if (number <= CSR_FCSR)
        h->mstatus |= STATUS_FS;
    if (number == CSR_STIMECMP)
        turns_cut(m, hart);
}

// The value after the instruction, given the register's and the operand.
static uint64
combine(uint32 raw, uint64 old, uint64 operand)
{
    switch (raw >> 12 & 3) {
    case 1:
        return operand;
    case 2:
        return old | operand;
    default:
        return old & ~operand;
    }
}

bool
csr_execute(struct machine *m, unsigned hart, uint32 raw, bool *wrote)
{
    struct hart *h = &m->s.hart[hart];
    unsigned number = raw >> 20, rs1 = raw >> 15 & 31, rd = raw >> 7 & 31;
    uint64 operand = raw & 0x4000 ? rs1 : h->x[rs1], old;
    bool swap = (raw >> 12 & 3) == 1;
    *wrote = swap || rs1 != 0;
    if (!permitted(h, number, *wrote) || !csr_peek(m, hart, number, &old))
        return false;
    if (in(number, CSR_MCYCLE, CSR_HPMCOUNTER31))
        rest_spoil(m); // a clock
    if (*wrote) {
        // The bits of mip that a device raises are no part of the value that csrrs and csrrc write
        // back.
        uint64 base = number == CSR_MIP || number == CSR_SIP ? h->mip : old;
        write_csr(m, hart, number, combine(raw, base, operand));
    }
    h->x[rd == 0 ? 32 : rd] = old;
    return true;
}

void
csr_reset(struct machine *m, unsigned hart)
{
    struct hart *h = &m->s.hart[hart];
    h->id = (uint8)hart;
    h->mode = MODE_M;
    h->misa = MISA;
    h->stimecmp = ~0ULL;
    h->reserved = ~0ULL;
}
