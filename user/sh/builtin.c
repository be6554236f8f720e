// SPDX-License-Identifier: MIT
// builtin.c - the commands that must run in the shell itself.
#include "builtin.h"

#include "expand.h"
#include "test.h"
#include "ulib/cmd.h"
#include "ulib/run.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/errno.h"
#include "abi/language.h"
#include "abi/line.h"
#include "abi/onintr.h"

static int
cd(char **argv)
{
    const char *to = argv[1] ? argv[1] : "/";

    if (argv[1] && argv[2])
        return misused("cd [directory]");
    return chdir(to) < 0 ? fail("cd", to) : 0;
}

// Ends the shell, with the status of the last command unless one is given.
static int
leave(char **argv)
{
    long status = values.status;

    if (argv[1] && (argv[2] || !number(argv[1], &status)))
        return misused("exit [status]");
    exit((int)status);
}

// Waits until no child is left, or ^C comes.
static int
wait_all(char **argv)
{
    (void)argv;
    while (wait(0) > 0)
        ;
    return errno() == EINTR ? INTR_STATUS : 0;
}

// Prints the language of the system's messages, or chooses it.
static int
lang(char **argv)
{
    static const char *const names[] = {[LANGUAGE_ENGLISH] = "en", [LANGUAGE_CHINESE] = "zh"};
    int i;

    if (!argv[1])
        return printf("%s\n", names[language(LANGUAGE_ASK)]) < 0 ? fail_write("lang", errno()) : 0;
    for (i = LANGUAGE_ENGLISH; i <= LANGUAGE_CHINESE; i++) {
        if (strcmp(argv[1], names[i]) == 0)
            return language(i) < 0 ? fail("lang", argv[1]) : 0;
    }
    return fail_text("lang", argv[1], "neither en nor zh");
}

static int
nothing(char **argv)
{
    (void)argv;
    return 0;
}

// Prints the lines that were typed, the oldest first.
static int
list_history(char **argv)
{
    char line[LINE_MAX];
    int ago, n;

    (void)argv;
    for (ago = 1; history(ago, line, sizeof(line)) >= 0; ago++)
        ;
    while (--ago > 0) {
        n = history(ago, line, sizeof(line) - 1);
        line[n > 0 ? n : 0] = 0;
        if (printf("%4d  %s\n", -ago, line) < 0)
            return fail_write("history", errno());
    }
    return 0;
}

static int
which_one(const char *name)
{
    char path[MAXPATH];

    if (builtin_find(name))
        printf(tr("%s: built into the shell\n"), name);
    else if (command_path(name, path) == 0)
        printf("%s\n", path);
    else
        return fail_text("which", name, "command not found");
    return 0;
}

// Prints the file that each command name runs.
static int
which(char **argv)
{
    int status = 0;

    if (!argv[1])
        return misused("which command ...");
    while (*++argv)
        status |= which_one(*argv);
    return status;
}

static const struct {
    const char *name;
    builtin_fn *run;
} table[] = {{"cd", cd},     {"exit", leave},  {"wait", wait_all}, {"history", list_history},
             {":", nothing}, {"which", which}, {"test", test},     {"[", test},
             {"lang", lang}};

#define BUILTINS ((int)(sizeof(table) / sizeof(table[0])))

const char *
builtin_name(int i)
{
    return i < BUILTINS ? table[i].name : 0;
}

builtin_fn *
builtin_find(const char *name)
{
    int i;

    for (i = 0; i < BUILTINS; i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].run;
    return 0;
}
