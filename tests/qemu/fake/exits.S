// SPDX-License-Identifier: MIT
// exits.S - a kernel that powers off with code 3 before its prompt.
#include "fake.inc"

fake_main:
    say     "fake kernel\n"
    power_off 3
1:  j       1b
