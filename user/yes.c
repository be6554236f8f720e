// SPDX-License-Identifier: MIT
// yes.c - print a line for ever, or until nobody reads it.
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
