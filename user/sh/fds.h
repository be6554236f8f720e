// SPDX-License-Identifier: MIT
// fds.h - moving and redirecting descriptors.
#pragma once

struct redir;

#define SAVED_MAX 10

struct saved {         // descriptors as they were before a redirection
    int fd[SAVED_MAX]; // its copy; -1: it was closed; -2: unchanged
};

int move_fd(int from, int to);                               // closes from; 0, or -1
int redirect(const struct redir *list, struct saved *saved); // 0, or -1 with a message
void restore(struct saved *saved);                           // undoes a redirect()
