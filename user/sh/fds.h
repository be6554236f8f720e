// SPDX-License-Identifier: MIT
// fds.h - moving descriptors about.
#pragma once

struct redir;

#define SAVED_MAX 10

struct saved {         // what descriptors were before a redirection
    int fd[SAVED_MAX]; // a copy; -1: was closed; -2: has not changed
};

int move_fd(int from, int to);                               // closes from; 0, or -1
int redirect(const struct redir *list, struct saved *saved); // 0, or -1 with a message
void restore(struct saved *saved);                           // undoes a redirect()
