// SPDX-License-Identifier: MIT
// check.c - segment_rights: all eight combinations.
#include "check.h"

long segment_rights(uint flags);

static const char *
name(uint flags)
{
    static const char *const names[] = {"---", "--x", "-w-", "-wx", "r--", "r-x", "rw-", "rwx"};
    return names[flags & 7];
}

void
check(void)
{
    for (uint flags = 0; flags < 8; flags++) {
        long rights = segment_rights(flags);
        if ((flags & 3) == 3) {
            DEMAND(rights == -1, "a segment %s could rewrite its own code: refuse it with -1",
                   "%s 的段能改写自己的代码: 应返回 -1 拒绝", name(flags));
            continue;
        }
        DEMAND(rights > 0 && (rights & (long)PTE_U),
               "segment %s: without U the program cannot use it", "段 %s: 没有 U, 程序就不能使用",
               name(flags));
        DEMAND(rights & (long)PTE_R,
               "segment %s: every page must be readable here: W without R is reserved, and the "
               "kernel copies from it",
               "段 %s: 这里每一页都必须可读: 有 W 无 R 是保留的组合, 而且内核要从中复制",
               name(flags));
        DEMAND(((rights & (long)PTE_W) != 0) == ((flags & 2) != 0), "segment %s: W is wrong",
               "段 %s: W 不对", name(flags));
        DEMAND(((rights & (long)PTE_X) != 0) == ((flags & 1) != 0), "segment %s: X is wrong",
               "段 %s: X 不对", name(flags));
        DEMAND((rights & ~(long)(PTE_U | PTE_R | PTE_W | PTE_X)) == 0,
               "segment %s: there are other bits, too: %#lx", "段 %s: 还有别的位: %#lx",
               name(flags), rights);
    }
}
