// SPDX-License-Identifier: MIT
// fp.S - saves and loads all floating-point registers and fcsr.

.option arch, +d

.macro each_fp op
        .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        \op f\n, (8 * \n)(a0)
        .endr
.endm

.text
        .globl fp_save, fp_restore
fp_save:
        each_fp fsd
        frcsr t0
        sd t0, 256(a0)
        ret

fp_restore:
        ld t0, 256(a0)
        fscsr t0
        each_fp fld
        ret
