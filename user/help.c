// SPDX-License-Identifier: MIT
// help.c - list the commands by purpose, and say where to begin.
#include "ulib/cmd.h"
#include "ulib/out.h"
#include "ulib/tr.h"
#include "user/user.h"

// In English and in Chinese.
static const struct phrase text[] = {
    {
        "First steps:  pgtbl map 2      the memory of the shell, process 2\n"
        "              pgtbl tree 2     its page table\n"
        "              die load         a program makes a mistake, and it is explained\n"
        "              pgtbl watch ls   what a command does to its table\n"
        "              more README      what this is\n"
        "\n"
        "Memory        pgtbl free stats kptbench\n"
        "Processes     ps kill time trace sleep uptime date xargs\n"
        "Files         ls cat more cp mv rm ln touch mkdir rmdir find pwd df cmp tee sync\n"
        "              mknod\n"
        "Text          echo grep head tail wc sort uniq cut tr seq hexdump yes\n"
        "Conditions    true false test [\n"
        "Shell         cd exit history wait which lang help clear sh\n"
        "Machine       poweroff bench fsbench\n"
        "Tests         ls /tests shows them: usertests, grind, die, faults, ...\n"
        "\n"
        "NAME -? says how a command is used. Tab completes names, the arrow up brings a\n"
        "line back, Ctrl-C ends a program, & behind it starts it in the background.\n"
        "Redirections (< > >> 2> 2>&1), pipes (|), lists (; && || !), patterns (* ? [])\n"
        "and quotes work as in other shells.\n",
        "第一步:       pgtbl map 2      shell (进程 2) 的内存\n"
        "              pgtbl tree 2     它的页表\n"
        "              die load         程序犯了错, 并得到解释\n"
        "              pgtbl watch ls   一个命令对自己的页表做了什么\n"
        "              more zh/README   这是什么\n"
        "\n"
        "内存          pgtbl free stats kptbench\n"
        "进程          ps kill time trace sleep uptime date xargs\n"
        "文件          ls cat more cp mv rm ln touch mkdir rmdir find pwd df cmp tee sync\n"
        "              mknod\n"
        "文本          echo grep head tail wc sort uniq cut tr seq hexdump yes\n"
        "条件          true false test [\n"
        "Shell         cd exit history wait which lang help clear sh\n"
        "机器          poweroff bench fsbench\n"
        "测试          ls /tests 会列出: usertests, grind, die, faults, ...\n"
        "\n"
        "NAME -? 说明命令的用法. Tab 补全名字, 上箭头找回前一行, Ctrl-C 结束程序,\n"
        "& 放在末尾表示在后台运行. lang en 换成英文.\n"
        "重定向 (< > >> 2> 2>&1), 管道 (|), 列表 (; && || !), 模式 (* ? []) 和引号与\n"
        "其他 shell 相同.\n",
    },
    {0, 0}};

int
main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        usage("help");
    tr_use(text);
    out_str(tr(text[0].en));
    return out_done("help", 0);
}
