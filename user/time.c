// SPDX-License-Identifier: MIT
// time.c - run a command and say how long it took.
#include "ulib/cmd.h"
#include "ulib/run.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/usyscall.h"

#include "kernel/riscv.h"

// In English and in Chinese, whose characters are two columns wide.
static const struct phrase words[] = {
    {"%lu.%06lu seconds\n", "%lu.%06lu 秒\n"},
    {0, 0},
};

int
main(int argc, char **argv)
{
    unsigned long base = ((volatile struct usyscall *)USYSCALL)->timebase;
    unsigned long start, us;
    int status;

    tr_use(words);
    if (argc < 2)
        usage("time command [argument ...]");
    start = r_time();
    status = run_wait("time", argv + 1);
    us = (r_time() - start) * 1000 / (base >= 1000 ? base / 1000 : 1);
    fprintf(2, tr("%lu.%06lu seconds\n"), us / 1000000, us % 1000000);
    return status;
}
