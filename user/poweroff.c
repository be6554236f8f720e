// SPDX-License-Identifier: MIT
// poweroff.c - switch the machine off, with an exit code for QEMU.
#include "ulib/cmd.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
    long code = 0;

    if (argc > 2 || (argc == 2 && (!number(argv[1], &code) || code < 0 || code > 255)))
        usage("poweroff [code]");
    poweroff((int)code);
    return fail("poweroff", "power");
}
