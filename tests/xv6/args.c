// SPDX-License-Identifier: MIT
// args.c - prints the arguments, one a line, and checks their layout at the start of a program.
#include "lib/lib.h"

int
main(int argc, char **argv)
{
    uint64 here = (uint64)__builtin_frame_address(0);

    for (int i = 1; i < argc; i++)
        printf("[%s]\n", argv[i]);
    printf("%d %d %d %d\n", argc, argv[argc] == 0, here % 16 == 0, (uint64)argv % 8 == 0);
    printf("%d\n", (uint64)argv >= here && (uint64)argv[0] > (uint64)argv);
    exit(0);
}
