// SPDX-License-Identifier: MIT
// entry.S - from OpenSBI's jump to the first C function, for the first hart and for the others.
//
// Theory    The image runs at its load address until a boot-time table is on. That table has three
//           parts, all of 1 GiB leaves: the image at its load address (so that the pc survives the
//           switch), the image where it is linked, and physical memory where the direct map will be.
//           mm/kvm/kvm.c replaces it by the kernel's own table, which has neither identity nor W+X.
//           All harts enter at _start, and the first to come boots: OpenSBI 1.1 may send a hart that
//           is started by hart_start() to where the first one began (it lets it go before it has
//           noted the new address). So what that call passes is of no use; boot_starting is. The
//           hart's own number in a0 is always right.
// Promises  Enters boot(hartid, device tree) or boot_secondary() at link addresses, interrupts off, tp
//           naming this hart.
// Manual    priv satp, priv sv39; SBI: supervisor entry (a0 hart id, a1 device tree or opaque)
#include "rv/kstack.h"
#include "rv/offsets.h"

#define LEAF_RW  0xc7 // D A W R V
#define LEAF_RWX 0xcf
#define SATP_SV39 (8 << 60)
#define GIB_SHIFT 30
#define NO_HART -1
#define DIRECT_SLOT 256 // root index of DIRECT_MAP
#define DIRECT_SLOTS 128

        // Turns the boot table on and continues at label \to, at link addresses. The fence orders the
        // stores to the table. After satp no fence is due: without translation, none was cached
        // since that fence.
.macro enter_high to
        la t0, boot_table
        srli t0, t0, 12
        li t1, SATP_SV39
        or t0, t0, t1
        sfence.vma zero, zero
        csrw satp, t0
        csrr t1, satp
        bne t0, t1, no_paging
        ld t0, \to\()_link
        jr t0
        .balign 8
\to\()_link:
        .dword \to
.endm

.section .text.entry, "ax"
        .globl _start
_start:
        csrw sie, zero
        la t0, boot_taken
        li t1, 1
        amoswap.w t1, t1, (t0)          // orders nothing: it only tells the first hart from the rest
        bnez t1, secondary
        mv s2, a0
        mv s3, a1
        la t0, _bss
        la t1, _end
1:      sd zero, 0(t0)
        addi t0, t0, 8
        bltu t0, t1, 1b

        la t0, _start
        ld t1, start_link
        sub t1, t1, t0
        la t2, boot_load_offset
        sd t1, 0(t2)

        // s4: the GiB the image was loaded in.
        la s4, _start
        srli s4, s4, GIB_SHIFT
        la t0, boot_table
        slli t1, s4, GIB_SHIFT - 2      // its ppn, where a pte has it
        ori t1, t1, LEAF_RWX
        slli t2, s4, 3
        add t2, t2, t0
        sd t1, 0(t2)
        ld t2, high_link
        srli t2, t2, GIB_SHIFT
        andi t2, t2, 0x1ff
        slli t2, t2, 3
        add t2, t2, t0
        sd t1, 0(t2)
        li t1, LEAF_RW
        li t2, 1 << (GIB_SHIFT - 2)
        li t3, DIRECT_SLOTS
        li t4, DIRECT_SLOT * 8
        add t0, t0, t4
2:      sd t1, 0(t0)
        add t1, t1, t2
        addi t0, t0, 8
        addi t3, t3, -1
        bnez t3, 2b
        enter_high high
        .balign 8
start_link:
        .dword _start

high:
        la sp, boot_stack_top
        la tp, cpus
        li s0, 0
        mv a0, s2
        mv a1, s3
        call boot

        // Started by start_hart(), which says in boot_wanted for which hart it waits, and in
        // boot_starting which struct cpu is that hart's. A hart that comes too late rests here.
secondary:
        fence rw, rw                    // after the firmware let us go: pairs with start_hart()
        la t0, boot_wanted
        li t2, NO_HART
1:      lr.d t1, (t0)                   // orders nothing: it decides between us and await_hart()
        bne t1, a0, too_late
        sc.d t1, t2, (t0)
        bnez t1, 1b
        la t0, boot_starting
        ld s2, 0(t0)
        enter_high secondary_high

too_late:
        wfi
        j too_late

secondary_high:
        mv tp, s2
        ld t0, kernel_satp
        csrw satp, t0
        sfence.vma zero, zero
        csrr t1, satp
        bne t0, t1, no_paging           // the first hart has that mode, this one has not
        ld sp, CPU_BOOT_SP(tp)
        li s0, 0
        call boot_secondary

        // The hart lacks a mode: say so through the firmware's console and switch the machine off.
no_paging:
        la s2, no_paging_text
1:      lbu a0, 0(s2)
        beqz a0, 2f
        li a7, 1                        // SBI legacy: console putchar
        ecall
        addi s2, s2, 1
        j 1b
2:      li a7, 8                        // SBI legacy: shutdown
        ecall
3:      wfi
        j 3b
no_paging_text:
        .asciz "vitrine: a hart lacks Sv39, or the mode that mmu= asks for; all harts need it\n"

.section .data
        .balign 4
boot_taken:                             // not in .bss, which the first hart clears
        .word 0
        .balign 8
        .globl boot_wanted
boot_wanted:                            // likewise; a hart's number, or NO_HART
        .dword NO_HART

.section .bss
        .balign 8
        .globl boot_starting
boot_starting:
        .skip 8
        .globl boot_load_offset
boot_load_offset:
        .skip 8
        .balign 4096
        .globl boot_table
boot_table:
        .skip 4096
        .balign 2 * KSTACK_SIZE
        .skip 2 * KSTACK_SIZE
boot_stack_top:
