// SPDX-License-Identifier: MIT
// prompt.c - asks for a command when the run has stopped: reads lines, finds the command.
//
// Theory    At a terminal the line is edited as the terminal does it. From a pipe, each line is
//           shown, so that the output reads like a dialogue.
// Next      host/promptgo.c, host/promptlook.c, host/prompttree.c
#include "host/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "host/answer.h"
#include "host/terminal.h"

#define LINE_LENGTH 256
#define BLANKS      " \t\r\n"

// --- one line --------------------------------------------------------------------------------

static const struct command *const tables[] = {time_commands, look_commands, tree_commands,
                                               why_commands};

static void
help(const struct control *c)
{
    for (unsigned t = 0; t < NELEM(tables); t++) {
        for (const struct command *k = tables[t]; k->name != NULL; k++)
            fprintf(c->out, "  %-5s %-24s %s\n", k->name, k->words, said(k->help));
    }
    fputs(said("  help                           this text\n"
               "  go                             let the run go on, without end\n"
               "  quit                           end it here\n"
               "A TIME is a position, @152,123,403: the instructions of all harts before it.\n"
               "An ADDRESS is a number, a symbol or a register, with +N or -N behind it.\n"
               "An empty line repeats the last command.\n"),
          c->out);
}

// The command with that name, or the only one that begins so; NULL, after a message: there is none.
static const struct command *
find(const struct control *c, const char *name)
{
    const struct command *found = NULL;
    unsigned many = 0;
    for (unsigned t = 0; t < NELEM(tables); t++) {
        for (const struct command *k = tables[t]; k->name != NULL; k++) {
            if (strcmp(k->name, name) == 0)
                return k;
            if (strncmp(k->name, name, strlen(name)) == 0) {
                found = k;
                many++;
            }
        }
    }
    if (many == 1)
        return found;
    answer(c->out,
           many ? "Several commands begin with `%.40s'; help lists them."
                : "There is no command `%.40s'; help lists those there are.",
           name);
    return NULL;
}

static struct asked
split(char *line)
{
    struct asked a = {.words = 0};
    char *state = NULL;
    for (char *w = strtok_r(line, BLANKS, &state); w != NULL && a.words < PROMPT_WORDS;
         w = strtok_r(NULL, BLANKS, &state))
        a.word[a.words++] = w;
    return a;
}

static void
obey(struct control *c, const struct asked *a)
{
    const char *name = a->word[0];
    if (strcmp(name, "help") == 0 || strcmp(name, "?") == 0) {
        help(c);
    } else if (strcmp(name, "quit") == 0 || strcmp(name, "q") == 0) {
        c->leave = true;
    } else if (strcmp(name, "go") == 0 || strcmp(name, "continue") == 0 || strcmp(name, "c") == 0) {
        control_go(c, ~0ULL);
    } else {
        const struct command *k = find(c, name);
        if (k == NULL)
            return;
        if (a->words - 1 < k->least || a->words - 1 > k->most)
            answer(c->out, "Its words are: %s %s (%s).", k->name, k->words, said(k->help));
        else
            k->run(c, a);
    }
}

void
prompt_obey(struct control *c, const char *line)
{
    char copy[LINE_LENGTH];
    if (line[strspn(line, BLANKS)] == '\0')
        line = c->again;
    else
        snprintf(c->again, sizeof(c->again), "%s", line);
    snprintf(copy, sizeof(copy), "%s", line);
    struct asked a = split(copy);
    if (a.words > 0)
        obey(c, &a);
}

// --- lines -----------------------------------------------------------------------------------

// The next byte; -1: there are no more.
static int
next_byte(void)
{
    uint8 byte;
    int n;
    while ((n = terminal_read(&byte, 1)) == 0)
        terminal_wait(~0ULL, true);
    return n < 0 ? -1 : byte;
}

static bool
read_line(char line[LINE_LENGTH])
{
    size_t used = 0;
    int byte = next_byte();
    if (byte < 0)
        return false;
    for (; byte >= 0 && byte != '\n'; byte = next_byte()) {
        if (used < LINE_LENGTH - 1)
            line[used++] = (char)byte;
    }
    line[used] = '\0';
    return true;
}

static void
introduce(const struct control *c)
{
    static bool before;
    if (c->pause == PAUSE_END)
        answer(c->out, "The run is over: it can go back, and on to here.");
    control_where(c);
    if (!before)
        answer(c->out, "  `help' lists what can be asked; `go' goes on.");
    before = true;
}

void
prompt_ask(struct control *c, struct input *in)
{
    char line[LINE_LENGTH];
    if (c->reports->midline)
        putchar('\n');
    fflush(stdout);
    if (in->terminal)
        terminal_lines(true);
    introduce(c);
    while (c->pause != PAUSE_NONE && !c->leave) {
        fputs("(glass) ", stdout);
        fflush(stdout);
        if (!read_line(line)) {
            c->leave = true;
            putchar('\n');
            break;
        }
        if (!in->terminal)
            printf("%s\n", line);
        prompt_obey(c, line);
        fflush(stdout);
    }
    if (in->terminal)
        terminal_lines(false);
}
