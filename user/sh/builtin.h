// SPDX-License-Identifier: MIT
// builtin.h - the commands that must run in the shell itself.
#pragma once

typedef int builtin_fn(char **argv); // its status

builtin_fn *builtin_find(const char *name); // NULL when there is none of that name
