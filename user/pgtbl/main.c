// SPDX-License-Identifier: MIT
// main.c - pgtbl: page tables made visible.
#include "pgtbl.h"

#include "user/user.h"

#include "ulib/cmd.h"
#include "ulib/out.h"

#include "abi/stat.h"

bool colours, wide, json;

static void __attribute__((noreturn)) bad_usage(void)
{
    usage(tr("pgtbl [-jnw] VIEW, and VIEW is one of:\n"
             "  map [-k] PID               what is mapped, in ranges\n"
             "  tree [-k] [-y STYLE] PID   each entry; styles: 2020, plain, 2024, verbose\n"
             "  walk [-k] PID VA           each entry that the hart reads\n"
             "  explain PID VA [r|w|x] [u|s]   is it allowed, and which rule says so\n"
             "  diff PID PID               in what two processes' memory differs\n"
             "  kernel                     the kernel's own table\n"
             "  ledger                     frames by kind and owner\n"
             "  stats                      what page tables cost\n"
             "  watch CMD [ARG ...]        what its forks, execs and sbrks change\n"
             "  quiz [--seed N] [COUNT]    questions, with a score\n"
             "PID 0 is the kernel, `self` is pgtbl; -k: the table in use in the kernel;\n"
             "-n: no colours; -w: more than 80 columns, with the ends of kernel ranges;\n"
             "-j: as JSON, all but quiz"));
}

const char *
colour_of(int region, unsigned long flags)
{
    if (!colours)
        return "";
    if (region == PGR_GUARD)
        return "\033[31m";
    if (!(flags & PTE_U))
        return "\033[35m";
    if (flags & PTE_X)
        return "\033[36m";
    return flags & PTE_W ? "\033[33m" : "\033[32m";
}

const char *
plain(void)
{
    return colours ? "\033[0m" : "";
}

struct options {
    bool kernel;
    const char *style;
};

static void
take_options(struct args *a, struct options *o)
{
    int c;

    while ((c = args_option(a, "jnwky:")) != 0) {
        if (c == 'n')
            colours = false;
        else if (c == 'w')
            wide = true;
        else if (c == 'j')
            json = true;
        else if (c == 'k')
            o->kernel = true;
        else if (c == 'y')
            o->style = a->value;
        else
            bad_usage();
    }
}

static int
count(char **args)
{
    int n = 0;

    while (args[n])
        n++;
    return n;
}

static int
run(const char *cmd, char **args, const struct options *o)
{
    int n = count(args);

    if (strcmp(cmd, "map") == 0 && n == 1)
        return cmd_map(args, o->kernel);
    if (strcmp(cmd, "tree") == 0 && n == 1)
        return cmd_tree(args, o->kernel, o->style);
    if (strcmp(cmd, "walk") == 0 && n == 2)
        return cmd_walk(args, o->kernel);
    if (strcmp(cmd, "explain") == 0 && n >= 2 && n <= 4)
        return cmd_explain(args);
    if (strcmp(cmd, "diff") == 0 && n == 2)
        return cmd_diff(args);
    if (strcmp(cmd, "kernel") == 0 && n == 0)
        return cmd_kernel();
    if (strcmp(cmd, "ledger") == 0 && n == 0)
        return cmd_ledger();
    if (strcmp(cmd, "stats") == 0 && n == 0)
        return cmd_stats();
    if (strcmp(cmd, "watch") == 0 && n >= 1)
        return cmd_watch(args);
    if (strcmp(cmd, "quiz") == 0 && !json)
        return cmd_quiz(args);
    bad_usage();
}

int
main(int argc, char **argv)
{
    struct options o = {.style = "2020"};
    struct args a;
    struct stat st;
    const char *cmd;

    (void)argc;
    tr_use(pgtbl_words);
    colours = fstat(1, &st) == 0 && st.type == T_DEVICE;
    args_init(&a, argv);
    take_options(&a, &o);
    cmd = *a.next;
    if (!cmd)
        bad_usage();
    a.next++;
    if (strcmp(cmd, "watch") != 0 && strcmp(cmd, "quiz") != 0)
        take_options(&a, &o); // options behind `watch COMMAND` belong to the command
    return out_done("pgtbl", run(cmd, a.next, &o));
}
