// SPDX-License-Identifier: MIT
// cmd.h - options, usage and error messages, common to all commands.
#pragma once

#include <stdbool.h>

struct args {          // a walk over the arguments
    char **next;       // the first argument not yet taken: the operands, once options are done
    const char *value; // the value of the option last returned, if it takes one
    const char *rest;  // letters still to come of an argument like -rn
};

void args_init(struct args *a, char **argv);          // starts after argv[0]
int args_option(struct args *a, const char *letters); // next option; 0 at the end, '?' if bad
// Runs a command without options that calls one() for each operand; returns the exit status.
int each_operand(char **argv, const char *text, int (*one)(const char *operand));
int usage(const char *text) __attribute__((__noreturn__)); // prints `usage: text`, exits with 2
int misused(const char *text);                             // prints it, returns 2
int fail(const char *cmd, const char *what);               // prints `cmd: what: reason`; returns 1
int fail_text(const char *cmd, const char *what, const char *why); // as fail(), with this reason
int fail_write(const char *cmd, int err); // output failed; silent for a pipe without reader; 1
int errno(void);                          // error number of the last call that failed
const char *strerror(int err);            // an error number in words
bool number(const char *s, long *value);  // all of s is one decimal number

int printf(const char *format, ...) __attribute__((format(__printf__, 1, 2)));
int fprintf(int fd, const char *format, ...) __attribute__((format(__printf__, 2, 3)));
