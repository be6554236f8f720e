// SPDX-License-Identifier: MIT
// echo.c - print the arguments.
#include "ulib/out.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
    int first = argc > 1 && strcmp(argv[1], "-n") == 0 ? 2 : 1;
    int i;

    for (i = first; i < argc; i++) {
        out_str(argv[i]);
        if (i + 1 < argc)
            out_char(' ');
    }
    if (first == 1)
        out_char('\n');
    return out_done("echo", 0);
}
