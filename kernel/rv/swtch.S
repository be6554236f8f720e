// SPDX-License-Identifier: MIT
// swtch.S - void swtch(struct context *old, struct context *new, uint64 satp)
//
// Fences    before the satp write, so that stores to the tables being left are done; after it, so that nothing
//           of the table before is used in the new one (priv satp, sfence.vma); fence.i because the new
//           process's code may have been written on another hart.
#include "rv/offsets.h"

.macro each_callee_saved op, ctx
        \op ra, CTX_RA(\ctx)
        \op sp, CTX_SP(\ctx)
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
        sfence.vma zero, zero
        csrw satp, a2
        sfence.vma zero, zero
        fence.i
1:      each_callee_saved ld, a1
        ld t0, CTX_SSTATUS(a1)
        csrw sstatus, t0
        ret
