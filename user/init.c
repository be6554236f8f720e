// SPDX-License-Identifier: MIT
// init.c - the first process: opens the console, keeps a shell running and waits for orphans.
// Started as `init COMMAND ARGS...` it runs that once and switches the machine off with its status.
//
// Its page table is printed at boot, and courses know what it looks like: page 0 the program, page 1 the
// guard, page 2 the stack. So it is one page of code and constants, without data of its own: no printf().
#include <stdbool.h>

#include "ulib/run.h"
#include "user/user.h"

#include "abi/fcntl.h"
#include "abi/onintr.h"
#include "abi/stat.h"

#define CONSOLE_MAJOR    1
#define STATISTICS_MAJOR 2
#define NULL_MAJOR       3

#define CANNOT_RUN 126
#define PATIENCE   10 // ticks before another attempt to start a shell

static void
say(const char *what, const char *name)
{
    write(2, what, strlen(what));
    write(2, name, strlen(name));
    write(2, "\n", 1);
}

// Makes the other device nodes that the disk lacks: a call fails where there is one. Programs of
// courses know those in the root.
static void
make_devices(void)
{
    mkdir("dev");
    link("console", "dev/console");
    mknod("statistics", STATISTICS_MAJOR, 0);
    mknod("dev/null", NULL_MAJOR, 1);
}

// Makes descriptors 0, 1 and 2 the console.
static void
open_console(void)
{
    if (open("console", O_RDWR) < 0) {
        mknod("console", CONSOLE_MAJOR, 1);
        open("console", O_RDWR);
    }
    dup(0);
    dup(0);
}

// Shows the file /welcome, if there is one.
static void
welcome(void)
{
    char buf[128];
    int n, fd = open("welcome", O_RDONLY);

    while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
        write(1, buf, n);
    close(fd);
}

// Runs a program and waits until it ends, and for every orphan that ends before. `mode` is what ^C
// does to the program.
static int
run(char **argv, int mode)
{
    int status = CANNOT_RUN, ended, pid = fork();

    if (pid == 0) {
        onintr(mode);
        exec_search(argv);
        say("init: cannot run ", argv[0]);
        exit(CANNOT_RUN);
    }
    if (pid < 0) {
        say("init: cannot make a process for ", argv[0]);
        return CANNOT_RUN;
    }
    do {
        ended = wait(&status);
    } while (ended != pid && ended > 0);
    return ended == pid ? status : CANNOT_RUN;
}

int
main(int argc, char **argv)
{
    char *shell[2];

    shell[0] = "sh";
    shell[1] = 0;
    open_console();
    make_devices();
    if (argc > 1)
        poweroff(run(argv + 1, INTR_EXIT) & 255);
    for (bool first = true;; first = false) {
        say("init: starting ", shell[0]);
        if (first)
            welcome();
        int status = run(shell, INTR_IGNORE); // the shell makes its own choice
        // Whatever keeps the shell from living may pass: memory that runs out, for one.
        if (status < 0 || status == CANNOT_RUN)
            sleep(PATIENCE);
    }
}
