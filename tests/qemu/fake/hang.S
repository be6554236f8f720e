// SPDX-License-Identifier: MIT
// hang.S - a kernel that says something and then no more.
#include "fake.inc"

fake_main:
    say     "fake kernel\n"
    say     "hart 0 starting\n"
1:  wfi
    j       1b
