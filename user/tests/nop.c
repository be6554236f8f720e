// SPDX-License-Identifier: MIT
// nop.c - does nothing and succeeds: the program that bench and grind exec.

int
main(void)
{
    return 0;
}
