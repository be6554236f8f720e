// SPDX-License-Identifier: MIT
// swtch.S - void swtch(struct context *old, struct context *new, uint64 satp, bool drop)
//
// Fences    after the satp write if `drop`: a new ASID generation begins, or there are no ASIDs, and no
//           translation of the old table may be used in the new one (priv satp, sfence.vma). Until then no
//           stack is used.
//           The caller has fenced before, if stores to the new table may not be done yet (mm/aspace/asid.c).
#include "rv/offsets.h"

.macro each_callee_saved op, ctx
        \op ra, CTX_RA(\ctx)
        \op sp, CTX_SP(\ctx)
        \op gp, CTX_GP(\ctx)
        \op s0, (CTX_S + 0)(\ctx)
        \op s1, (CTX_S + 8)(\ctx)
        \op s2, (CTX_S + 16)(\ctx)
        \op s3, (CTX_S + 24)(\ctx)
        \op s4, (CTX_S + 32)(\ctx)
        \op s5, (CTX_S + 40)(\ctx)
        \op s6, (CTX_S + 48)(\ctx)
        \op s7, (CTX_S + 56)(\ctx)
        \op s8, (CTX_S + 64)(\ctx)
        \op s9, (CTX_S + 72)(\ctx)
        \op s10, (CTX_S + 80)(\ctx)
        \op s11, (CTX_S + 88)(\ctx)
.endm

.text
        .globl swtch
swtch:
        each_callee_saved sd, a0
        csrr t0, sstatus
        sd t0, CTX_SSTATUS(a0)
        beqz a2, 1f
        csrw satp, a2
        beqz a3, 1f
        sfence.vma zero, zero
1:      each_callee_saved ld, a1
        ld t0, CTX_SSTATUS(a1)
        csrw sstatus, t0
        ret
