// SPDX-License-Identifier: MIT
// df.c - print how full the disk is.
#include "ulib/cmd.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/sysinfo.h"

// In English and in Chinese, whose characters are two columns wide.
static const struct phrase words[] = {
    {"  TOTAL KB    USED KB    FREE KB USED    FILES  CAN ADD PATH\n",
     "   总计 KB    已用 KB    可用 KB 已用     文件   可增加 路径\n"},
    {0, 0},
};

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

    tr_use(words);
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
