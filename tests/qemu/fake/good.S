// SPDX-License-Identifier: MIT
// good.S - a kernel whose every command passes; the second line typed powers it off in order.
#include "fake.inc"

fake_main:
    say     "fake kernel\n$ "
    call    get_line
    say     "grind: OK\n$ "
    call    get_line
    power_off 0
1:  j       1b
