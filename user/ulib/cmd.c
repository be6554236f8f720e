// SPDX-License-Identifier: MIT
// cmd.c - options, usage and error messages, common to all commands.
#include "ulib/cmd.h"

#include "ulib/synopsis.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/errno.h"

#define USAGE_SIZE 240

void
args_init(struct args *a, char **argv)
{
    a->next = *argv ? argv + 1 : argv;
    a->value = 0;
    a->rest = "";
}

// Takes the value of the option just read: the rest of its argument, or the next one.
static int
take_value(struct args *a, int letter)
{
    a->value = *a->rest ? a->rest : *a->next;
    if (!a->value)
        return '?';
    if (!*a->rest)
        a->next++;
    a->rest = "";
    return letter;
}

// Takes the next option; `letters` lists the valid ones, each followed by `:` if it takes a value.
//
// Returns   the letter; 0 when the operands begin (a lone `-` is one, `--` is skipped); '?'
//           when the option is unknown or lacks its value.
int
args_option(struct args *a, const char *letters)
{
    const char *found;
    char letter;

    if (!*a->rest) {
        if (!*a->next || (*a->next)[0] != '-' || !(*a->next)[1])
            return 0;
        a->rest = *a->next++ + 1;
        if (strcmp(a->rest, "-") == 0) {
            a->rest = "";
            return 0;
        }
    }
    letter = *a->rest++;
    found = letter == ':' ? 0 : strchr(letters, letter);
    if (!found)
        return '?';
    return found[1] == ':' ? take_value(a, letter) : letter;
}

int
each_operand(char **argv, const char *text, int (*one)(const char *operand))
{
    struct args a;
    int status = 0;

    args_init(&a, argv);
    if (args_option(&a, "") || !*a.next)
        usage(text);
    for (; *a.next; a.next++)
        status |= one(*a.next);
    return status;
}

int
misused(const char *text)
{
    char line[USAGE_SIZE];

    fprintf(2, tr("usage: %s\n"), synopsis(line, sizeof(line), text));
    return 2;
}

int
usage(const char *text)
{
    exit(misused(text));
}

int
fail_text(const char *cmd, const char *what, const char *why)
{
    fprintf(2, "%s: %s: %s\n", cmd, what, tr(why));
    return 1;
}

// Reports a failed write to standard output. A pipe whose reader has exited is not an error worth a
// message.
int
fail_write(const char *cmd, int err)
{
    return err == EPIPE ? 1 : fail_text(cmd, "write", strerror(err));
}

int
fail(const char *cmd, const char *what)
{
    return fail_text(cmd, what, strerror(errno()));
}
