// SPDX-License-Identifier: MIT
// run.h - carrying out a command line.
#pragma once

#include <stdbool.h>

struct group;

extern bool interactive; // it prompts: ^C ends its commands and not the shell itself

int run_groups(const struct group *g); // a list; the status of the last command
bool interrupted(void); // has ^C come since the line began? The rest of the line is not to be run
void interrupt_forget(void); // a new line begins
