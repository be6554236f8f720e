// SPDX-License-Identifier: MIT
// chatter.S - a kernel that prints without end and never comes to its prompt.
#include "fake.inc"

fake_main:
1:  say     "all work and no play is a line that has been printed before, and before, and before\n"
    j       1b
