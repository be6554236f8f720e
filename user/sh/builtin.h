// SPDX-License-Identifier: MIT
// builtin.h - the commands that must run in the shell itself.
#pragma once

typedef int builtin_fn(char **argv); // its status

const char *builtin_name(int i);            // the names one by one; NULL at the end
builtin_fn *builtin_find(const char *name); // NULL when there is none of that name
