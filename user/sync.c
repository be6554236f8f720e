// SPDX-License-Identifier: MIT
// sync.c - write all changes to the disk.
#include "ulib/cmd.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        usage("sync");
    return sync() < 0 ? fail("sync", "disk") : 0;
}
