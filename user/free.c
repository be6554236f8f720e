// SPDX-License-Identifier: MIT
// free.c - print how memory is used, in KB.
#include "ulib/cmd.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/sysinfo.h"

int
main(int argc, char **argv)
{
    struct meminfo m;

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
