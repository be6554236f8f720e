// SPDX-License-Identifier: MIT
// help.c - list the commands by purpose, and say where to begin.
#include "ulib/cmd.h"
#include "ulib/out.h"
#include "user/user.h"

static const char text[] =
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
    "Shell         cd exit history wait which help clear sh\n"
    "Machine       poweroff bench fsbench\n"
    "Tests         ls /tests shows them: usertests, grind, die, faults, ...\n"
    "\n"
    "NAME -? says how a command is used. Tab completes names, the arrow up brings a\n"
    "line back, Ctrl-C ends a program, & behind it starts it in the background.\n"
    "Redirections (< > >> 2> 2>&1), pipes (|), lists (; && || !), patterns (* ? [])\n"
    "and quotes work as in other shells.\n";

int
main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        usage("help");
    out_str(text);
    return out_done("help", 0);
}
