// SPDX-License-Identifier: MIT
// run.h - starting other programs.
#pragma once

#include "abi/stat.h"

#define NOT_FOUND  127 // status of a command that does not exist
#define CANNOT_RUN 126 // and of one that could not be started

extern const char *const command_dirs[]; // ends with NULL

int command_path(const char *name, char path[MAXPATH]); // 0, or -1: not found
int exec_search(char **argv);               // as named, else in command_dirs; returns why it failed
int run_wait(const char *cmd, char **argv); // its status; 127 or 126 when it cannot be started
