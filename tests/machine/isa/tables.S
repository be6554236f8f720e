// SPDX-License-Identifier: MIT
// tables.S - the pages that sv.inc speaks of.
    .data
    .globl level4, level3, gigabytes, middle, low, other, data
    .balign 4096
level4:
    .space 4096
level3:
    .space 4096
gigabytes:
    .space 4096
middle:
    .space 4096
low:
    .space 4096
other:
    .space 4096

// The page that is mapped: an ecall, for jumps, and room.
    .balign 4096
data:
    ecall
    .word 0
    .space 4088
    .space 4096
