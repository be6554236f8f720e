// SPDX-License-Identifier: MIT
// seq.c - print numbers in order.
#include "ulib/cmd.h"
#include "ulib/out.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
    long first = 1, step = 1, last, i;

    if (argc < 2 || argc > 4 || !number(argv[argc - 1], &last) ||
        (argc > 2 && !number(argv[1], &first)) ||
        (argc > 3 && (!number(argv[2], &step) || step == 0)))
        usage("seq [first [step]] last");
    for (i = first; (step > 0 ? i <= last : i >= last) && !out_failed();) {
        out_printf("%ld\n", i);
        if (__builtin_add_overflow(i, step, &i))
            break;
    }
    return out_done("seq", 0);
}
