// SPDX-License-Identifier: MIT
// node.h - the parse tree of a command line.
#pragma once

#include <stdbool.h>

struct word { // as written, quotes included
    const char *s;
    struct word *next;
};

struct redir {
    int fd;           // the redirected descriptor
    int from;         // the descriptor to copy, or -1: open the file
    int flags;        // for open()
    const char *file; // as written, quotes included
    struct redir *next;
};

struct command { // words, or a list in parentheses
    struct word *words;
    struct redir *redirs;
    struct group *body;
    int pid; // while it runs in a pipeline
    struct command *next;
};

enum joint { ALWAYS, IF_TRUE, IF_FALSE };

struct pipeline {     // a | b | c
    enum joint joint; // whether it runs, by the status of the pipeline before it
    bool negated;
    struct command *first;
    struct pipeline *next;
};

struct group { // a && b || c, ended by ; or &
    bool background;
    struct pipeline *first;
    struct group *next;
};
