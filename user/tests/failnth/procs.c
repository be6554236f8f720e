// SPDX-License-Identifier: MIT
// procs.c - workloads: processes, programs, pipes between them.
#include "failnth.h"

static int child, fds[2];
static char **words;

static long
make_child(void)
{
    return child = fork();
}

static long
make_pipe(void)
{
    int before = dup(0);

    close(before);
    if (pipe(fds) == 0)
        return 0;
    want(dup(0) == before, "a failed pipe left a descriptor");
    close(before);
    return -1;
}

static long
run_program(void)
{
    return exec(words[0], words);
}

static void
say_ended(int status)
{
    if (status != 0)
        printf("failnth: the child ended with %d\n", status);
}

static int
run_fork(void)
{
    int status, value = 1;

    step("fork", make_child);
    if (child == 0) {
        value = 2;
        exit(met() + value - 2);
    }
    status = ended(child);
    want(value == 1, "the child's store arrived here");
    say_ended(status);
    return status ? MET : met();
}

static char *const echo[] = {"/echo", "hi", 0};

static int
run_exec(void)
{
    words = (char **)echo;
    step("exec", run_program); // returns only if both tries failed
    return BROKEN;
}

static int
run_forkexec(void)
{
    int status;

    step("fork", make_child);
    if (child == 0)
        exit(run_exec());
    status = ended(child);
    say_ended(status);
    return status ? MET : met();
}

static int
run_spawnmany(void)
{
    int status = 0;

    for (int i = 0; i < 3; i++) {
        step("fork", make_child);
        if (child == 0)
            exit(met());
    }
    for (int i = 0; i < 3; i++) {
        int one = 0;
        want(wait(&one) > 0, "wait");
        status |= one;
    }
    want(wait(0) < 0, "a child too many");
    say_ended(status);
    return status ? MET : met();
}

static int
shell(const char *line)
{
    static char *argv[] = {"/sh", "-c", 0, 0};

    argv[2] = (char *)line;
    words = argv;
    step("exec", run_program);
    return BROKEN;
}

static int
run_pipeline(void)
{
    return shell("echo hi | cat");
}

static int
run_script(void)
{
    return shell("echo one > s; cat < s | wc -l; rm s; (echo two; echo three) | sort");
}

static long
write_all_of_it(void)
{
    static char text[3000];

    return write(fds[1], text, sizeof(text)) == sizeof(text) ? 0 : -1;
}

static int
run_pipe(void)
{
    static char text[3000];
    int status = 0;

    step("pipe", make_pipe);
    step("fork", make_child);
    if (child == 0) {
        close(fds[0]);
        step("write", write_all_of_it);
        exit(met());
    }
    close(fds[1]);
    while (read(fds[0], text, sizeof(text)) > 0)
        ;
    status = ended(child);
    say_ended(status);
    return status ? MET : met();
}

const struct work proc_works[] = {
    {"fork", run_fork, 0, "", WORK_QUICK},
    {"exec", run_exec, 0, "hi\n", WORK_QUICK},
    {"forkexec", run_forkexec, 0, "hi\n", WORK_QUICK},
    {"wait", run_spawnmany, 0, "", 0},
    {"pipe", run_pipe, 0, "", WORK_QUICK},
    {"pipeline", run_pipeline, 0, "hi\n", WORK_QUICK | WORK_LOOSE},
    {"script", run_script, 0, "1\nthree\ntwo\n", WORK_LOOSE},
    {0, 0, 0, 0, 0},
};
