// SPDX-License-Identifier: MIT
// silent.S - a kernel that never says a word.
#include "fake.inc"

fake_main:
1:  wfi
    j       1b
