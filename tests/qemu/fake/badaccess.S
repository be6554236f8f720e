// SPDX-License-Identifier: MIT
// badaccess.S - a kernel that makes an access that QEMU reports as a guest error, and otherwise
// passes.
#include "fake.inc"

fake_main:
    say     "fake kernel\n$ "
    call    get_line
    li      t0, 0x0c000000      // the interrupt controller refuses stores to its pending bits
    li      t1, -1
    li      t2, 0x3000
    add     t0, t0, t2
    sw      t1, 0(t0)
    say     "ALL TESTS PASSED\n$ "
    call    get_line
    power_off 0
1:  j       1b
