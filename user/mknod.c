// SPDX-License-Identifier: MIT
// mknod.c - make a device node.
#include "ulib/cmd.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
    long major, minor;

    if (argc != 4 || !number(argv[2], &major) || !number(argv[3], &minor) ||
        major != (short)major || minor != (short)minor)
        usage("mknod path major minor");
    return mknod(argv[1], (short)major, (short)minor) < 0 ? fail("mknod", argv[1]) : 0;
}
