// SPDX-License-Identifier: MIT
// fds.c - move descriptors with dup(), which always takes the lowest free one.
#include "fds.h"

#include "expand.h"
#include "node.h"
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/tr.h"
#include "user/user.h"

#define LOWER_MAX 16

// Makes `to` a copy of `from`: dup() fills the lower free descriptors until it returns `to`.
static int
copy_to(int from, int to)
{
    int filled[LOWER_MAX], n = 0, got;

    if (from == to)
        return 0;
    close(to);
    while ((got = dup(from)) >= 0 && got < to && n < LOWER_MAX)
        filled[n++] = got;
    while (n > 0)
        close(filled[--n]);
    return got == to ? 0 : -1;
}

int
move_fd(int from, int to)
{
    if (from == to)
        return 0;
    if (copy_to(from, to) < 0)
        return -1;
    close(from);
    return 0;
}

static int
open_target(const struct redir *r)
{
    const char *name = expand_word(r->file);
    int fd;

    if (!name) {
        fprintf(2, tr("sh: out of memory\n"));
        return -1;
    }
    fd = open(name, r->flags);
    if (fd < 0)
        fail("sh", name);
    return fd;
}

// Saves a copy of fd above the descriptors that redirections can name.
static void
save(struct saved *saved, int fd)
{
    int low[SAVED_MAX + 1], n = 0, got;

    while ((got = dup(fd)) >= 0 && got < SAVED_MAX)
        low[n++] = got;
    while (n > 0)
        close(low[--n]);
    saved->fd[fd] = got >= 0 ? got : -1;
}

static int
redirect_one(const struct redir *r)
{
    int fd;

    if (r->from >= 0) {
        if (copy_to(r->from, r->fd) == 0)
            return 0;
        fprintf(2, tr("sh: %d: bad file descriptor\n"), r->from);
        return -1;
    }
    fd = open_target(r);
    if (fd < 0)
        return -1;
    if (move_fd(fd, r->fd) < 0)
        return fail("sh", "dup") ? -1 : 0;
    return 0;
}

// Applies redirections from left to right.
// On error  the earlier ones stay; if saved is not NULL, restore() undoes them.
int
redirect(const struct redir *list, struct saved *saved)
{
    int i;

    for (i = 0; saved && i < SAVED_MAX; i++)
        saved->fd[i] = -2;
    for (; list; list = list->next) {
        if (saved && saved->fd[list->fd] == -2)
            save(saved, list->fd);
        if (redirect_one(list) < 0)
            return -1;
    }
    return 0;
}

void
restore(struct saved *saved)
{
    int i;

    for (i = 0; i < SAVED_MAX; i++) {
        if (saved->fd[i] >= 0)
            move_fd(saved->fd[i], i);
        else if (saved->fd[i] == -1)
            close(i);
    }
}
