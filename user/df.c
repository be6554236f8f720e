// SPDX-License-Identifier: MIT
// df.c - print how full the disk is.
#include "ulib/cmd.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/sysinfo.h"

static int
df(const char *path)
{
    struct statfs fs;
    unsigned long used, kb;

    if (statfs(path, &fs) < 0)
        return fail("df", path);
    used = fs.blocks - fs.bfree;
    kb = fs.bsize / 1024;
    printf("%10lu %10lu %10lu %3lu%% %8lu %8lu %s%s\n", fs.blocks * kb, used * kb, fs.bfree * kb,
           fs.blocks ? (used * 100 + fs.blocks - 1) / fs.blocks : 0, fs.files - fs.ffree, fs.ffree,
           path, fs.readonly ? " (read-only)" : "");
    return 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    int status = 0;

    (void)argc;
    args_init(&a, argv);
    if (args_option(&a, ""))
        usage("df [path ...]");
    printf(tr("  TOTAL KB    USED KB    FREE KB USED    FILES  CAN ADD PATH\n"));
    if (!*a.next)
        return df("/");
    for (; *a.next; a.next++)
        status |= df(*a.next);
    return status;
}
