// SPDX-License-Identifier: MIT
// free.c - print how memory is used, in KB.
#include "ulib/cmd.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/sysinfo.h"

// In English and in Chinese, whose characters are two columns wide.
static const struct phrase words[] = {
    {"     TOTAL    KERNEL      USER     FILES      FREE COMMITTED KB\n",
     "      总计      内核      用户      文件      空闲    已承诺 KB\n"},
    {0, 0},
};

int
main(int argc, char **argv)
{
    struct meminfo m;

    tr_use(words);
    (void)argv;
    if (argc > 1)
        usage("free");
    if (meminfo(&m) < 0)
        return fail("free", "meminfo");
    printf(tr("     TOTAL    KERNEL      USER     FILES      FREE COMMITTED KB\n"));
    printf("%10lu%10lu%10lu%10lu%10lu%10lu\n", m.total / 1024, m.kernel / 1024, m.user / 1024,
           m.cache / 1024, m.free / 1024, m.committed / 1024);
    return 0;
}
