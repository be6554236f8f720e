// SPDX-License-Identifier: MIT
// run.c - execution of a command line.
//
// Theory    Each command of a pipeline runs in a child, and so does a single command. The shell
//           runs a single built-in command itself: it redirects its own descriptors and restores
//           them. It waits for the children of the pipeline; a background child that ends meanwhile
//           is reaped and forgotten.
#include "run.h"

#include "builtin.h"
#include "expand.h"
#include "fds.h"
#include "node.h"
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/run.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/onintr.h"

bool interactive;

static bool noted; // ^C has come since the line began

// Forgets ^C, because a new line begins.
void
interrupt_forget(void)
{
    noted = false;
    if (interactive)
        onintr(INTR_NOTE);
}

// Returns whether ^C has come since the line began; the rest of the line must not run then.
bool
interrupted(void)
{
    noted |= interactive && onintr(INTR_NOTE) > 0;
    return noted;
}

// In a child: sets how ^C affects it, and ends it if ^C came during fork.
static void
choose_onintr(int mode)
{
    if (interactive && onintr(mode) > 0 && mode == INTR_EXIT)
        exit(INTR_STATUS);
    interactive = false;
}

// In a background job: takes /dev/null as input, so that the job reads no line typed for the shell
// or the foreground command.
static void
leave_console(void)
{
    int fd = is_console(0) ? open("/dev/null", O_RDONLY) : -1;

    if (fd >= 0)
        move_fd(fd, 0);
}

static int
out_of_memory(void)
{
    fprintf(2, tr("sh: out of memory\n"));
    return 1;
}

static int
fork_failed(void)
{
    fail("sh", "fork");
    return 1;
}

static void __attribute__((noreturn)) become(char **argv)
{
    int err = exec_search(argv);

    if (err == ENOENT && !strchr(argv[0], '/'))
        fail_text("sh", argv[0], "command not found");
    else
        fail_text("sh", argv[0], strerror(err));
    exit(err == ENOENT ? NOT_FOUND : CANNOT_RUN);
}

// Runs one command in a child.
static void __attribute__((noreturn)) run_child(const struct command *c)
{
    builtin_fn *builtin;
    char **argv;

    if (redirect(c->redirs, 0) < 0)
        exit(1);
    if (c->body)
        exit(run_groups(c->body));
    argv = expand_words(c->words);
    if (!argv)
        exit(out_of_memory());
    if (!argv[0])
        exit(0);
    builtin = builtin_find(argv[0]);
    if (builtin)
        exit(builtin(argv));
    become(argv);
}

// Waits for the children of a pipeline that are running.
// Returns   the status of its last command.
static int
wait_for(struct command *first, int running)
{
    int status = 0, last = 1, pid;
    struct command *c;

    while (running > 0) {
        pid = wait(&status);
        if (pid < 0 && errno() == EINTR && interrupted())
            continue; // ^C: the children have been killed
        if (pid < 0)
            break;
        for (c = first; c; c = c->next) {
            if (c->pid != pid)
                continue;
            running--;
            if (!c->next)
                last = status;
        }
    }
    return last;
}

// Starts one command between two pipes; -1 stands for none.
// Returns   its pid, or -1.
static int
start(const struct command *c, int in, int out, int unused)
{
    int pid = fork();

    if (pid != 0)
        return pid;
    choose_onintr(INTR_EXIT);
    if (unused >= 0)
        close(unused);
    if ((in >= 0 && move_fd(in, 0) < 0) || (out >= 0 && move_fd(out, 1) < 0))
        exit(fail("sh", "dup"));
    run_child(c);
}

static void
close_pair(int a, int b)
{
    if (a >= 0)
        close(a);
    if (b >= 0)
        close(b);
}

// Starts all commands, connected by pipes, and waits for them.
// On error  the commands already started see the end of their input.
static int
run_pipe(struct command *first)
{
    int in = -1, running = 0, status;
    struct command *c;

    for (c = first; c; c = c->next)
        c->pid = -1;
    for (c = first; c; c = c->next) {
        int fds[2] = {-1, -1};

        if (c->next && pipe(fds) < 0) {
            fail("sh", "pipe");
            break;
        }
        c->pid = start(c, in, fds[1], fds[0]);
        close_pair(in, fds[1]);
        in = fds[0];
        if (c->pid < 0) {
            fork_failed();
            break;
        }
        running++;
    }
    if (in >= 0)
        close(in);
    status = wait_for(first, running);
    return c ? 1 : status;
}

// Runs a builtin, or a lone redirection, in the shell itself.
static int
run_here(const struct command *c, builtin_fn *builtin, char **argv)
{
    struct saved saved;
    int status = 1;

    if (!c->redirs)
        return builtin(argv);
    if (redirect(c->redirs, &saved) == 0)
        status = builtin ? builtin(argv) : 0;
    restore(&saved);
    return status;
}

// Runs a command that stands alone.
static int
run_single(struct command *c)
{
    char **argv;
    builtin_fn *builtin;

    if (!c->body) {
        argv = expand_words(c->words);
        if (!argv)
            return out_of_memory();
        builtin = argv[0] ? builtin_find(argv[0]) : 0;
        if (builtin || (!argv[0] && c->redirs))
            return run_here(c, builtin, argv);
        if (!argv[0])
            return 0;
    }
    return run_pipe(c);
}

// Runs pipelines joined by && and ||.
static int
run_pipelines(const struct pipeline *p)
{
    int status = values.status;

    for (; p; p = p->next) {
        if ((p->joint == IF_TRUE && status != 0) || (p->joint == IF_FALSE && status == 0))
            continue;
        if (interrupted())
            return INTR_STATUS;
        status = p->first->next ? run_pipe(p->first) : run_single(p->first);
        if (p->negated)
            status = !status;
        values.status = status;
    }
    return status;
}

// Starts pipelines without waiting. A single command runs in the child itself, so that the printed
// pid is the command's.
static int
run_background(const struct pipeline *p)
{
    int pid = fork();

    if (pid < 0)
        return fork_failed();
    if (pid == 0 && interactive)
        leave_console();
    if (pid == 0)
        choose_onintr(INTR_IGNORE);
    if (pid == 0 && !p->next && !p->negated && !p->first->next)
        run_child(p->first);
    if (pid == 0)
        exit(run_pipelines(p));
    return 0;
}

int
run_groups(const struct group *g)
{
    int status = values.status;

    for (; g && !interrupted(); g = g->next) {
        status = g->background ? run_background(g->first) : run_pipelines(g->first);
        values.status = status;
    }
    return interrupted() ? INTR_STATUS : status;
}
