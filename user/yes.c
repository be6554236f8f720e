// SPDX-License-Identifier: MIT
// yes.c - print a line again and again, until its reader exits.
#include "ulib/out.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
    while (!out_failed()) {
        out_str(argc > 1 ? argv[1] : "y");
        out_char('\n');
    }
    return out_done("yes", 0);
}
