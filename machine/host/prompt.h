// SPDX-License-Identifier: MIT
// prompt.h - the questions that a person asks when the run has stopped.
#pragma once

#include "host/control.h"
#include "host/input.h"

#define PROMPT_WORDS 8

// A command of the prompt: its words, `word[0]` its name.
struct asked {
    char *word[PROMPT_WORDS];
    int words;
};

typedef void (*command_function)(struct control *c, const struct asked *a);

struct command {
    const char *name, *words; // as help shows them
    int least, most;          // words behind the name
    command_function run;
    const char *help;
};

// The commands, behind the last one of which is one without a name.
extern const struct command time_commands[]; // promptgo.c
extern const struct command look_commands[]; // promptlook.c
extern const struct command tree_commands[]; // prompttree.c
extern const struct command why_commands[];  // promptwhy.c

// Carries out one line. Answers go to c->out; c->pause becomes PAUSE_NONE when the run shall go on.
void prompt_obey(struct control *c, const char *line);
// Says why the run has stopped, and asks for commands until it shall go on or end.
void prompt_ask(struct control *c, struct input *in);
