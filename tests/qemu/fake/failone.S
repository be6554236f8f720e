// SPDX-License-Identifier: MIT
// failone.S - a kernel whose every command is a test run with one failed test.
#include "fake.inc"

fake_main:
    say     "fake kernel\n$ "
    call    get_line
    say     "test copyin: OK\ntest sbrkmuch: FAILED: lost 3 pages\nSOME TESTS FAILED\n$ "
1:  wfi
    j       1b
