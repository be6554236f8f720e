// SPDX-License-Identifier: MIT
// run.h - execution of a command line.
#pragma once

#include <stdbool.h>

struct group;

extern bool interactive; // the shell prompts: ^C ends commands, not the shell

int run_groups(const struct group *g); // a list; the status of the last command
bool interrupted(void);                // ^C has come: do not run the rest of the line
void interrupt_forget(void);           // a new line begins
