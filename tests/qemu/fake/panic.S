// SPDX-License-Identifier: MIT
// panic.S - a kernel that panics before its prompt.
#include "fake.inc"

fake_main:
    say     "fake kernel\n"
    say     "panic: frame_put: count is 0, frame 0x80400000\n"
    say     "  at frame_put+0x18\n"
1:  wfi
    j       1b
