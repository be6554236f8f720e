// SPDX-License-Identifier: MIT
// kernelvec.S - traps taken while the kernel runs: faults in copies of user memory, and interrupts in
// the places that allow them.
//
// Theory    The interrupted code's registers are saved as a struct kernelframe on its own stack. If
//           that would leave the stack, bit KSTACK_SHIFT of sp is clear (rv/kstack.h), and the report
//           runs on this hart's spare stack. rv/trampoline.S, to which stvec leads, has put sp into
//           sscratch, which is 0 in the kernel otherwise.
#include "rv/kstack.h"
#include "rv/offsets.h"

.macro each_saved op                    // all but sp, and tp, which is the hart's
        .irp n, 1,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        \op x\n, (8 * \n)(sp)
        .endr
.endm

.macro save_frame
        each_saved sd
        sd tp, 32(sp)
        csrrw t0, sscratch, zero
        sd t0, 16(sp)
        csrr t0, sepc
        sd t0, KF_SEPC(sp)
        csrr t0, sstatus
        sd t0, KF_SSTATUS(sp)
        csrr t0, scause
        sd t0, KF_SCAUSE(sp)
        csrr t0, stval
        sd t0, KF_STVAL(sp)
.endm

.text
        .globl kernelvec
kernelvec:
        csrr sp, sscratch
        addi sp, sp, -KF_SIZE
        srli sp, sp, KSTACK_SHIFT
        andi sp, sp, 1
        beqz sp, overflow
        csrr sp, sscratch
        addi sp, sp, -KF_SIZE
        save_frame
        mv a0, sp
        call kerneltrap
        ld t0, KF_SEPC(sp)
        csrw sepc, t0
        ld t0, KF_SSTATUS(sp)
        csrw sstatus, t0
        each_saved ld                   // not tp: the process may have moved to another hart
        ld sp, 16(sp)
        sret

overflow:
        ld sp, CPU_PANIC_SP(tp)
        addi sp, sp, -KF_SIZE
        save_frame
        mv a0, sp
        call kstack_overflow            // does not return
