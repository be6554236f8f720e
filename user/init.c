// SPDX-License-Identifier: MIT
// init.c - the first process: keeps a shell running and waits for orphans. The kernel gives it the
// console as descriptors 0, 1 and 2; it makes the device nodes, for programs that open them by name.
// Started as `init COMMAND ARGS...` it runs COMMAND once and switches the machine off with its
// status.
//
// Its page table is printed at boot, and courses expect three pages: 0 the program, 1 the guard, 2
// the stack. So the program is one page of code and constants, without data: it calls neither
// printf() nor uptime(), which reads a fourth page.
#include <stdbool.h>

#include "ulib/run.h"
#include "user/user.h"

#include "abi/fcntl.h"
#include "abi/language.h"
#include "abi/onintr.h"
#include "abi/stat.h"

#define CONSOLE_MAJOR    1
#define STATISTICS_MAJOR 2
#define NULL_MAJOR       3

#define CANNOT_RUN 126
#define PATIENCE   10 // ticks: after a shell that ends sooner init waits before the next

static void
say(const char *what, const char *name, const char *why)
{
    write(2, what, strlen(what));
    write(2, name, strlen(name));
    write(2, why, strlen(why));
    write(2, "\n", 1);
}

// Makes a device node unless it is there.
static void
make_node(const char *name, int major)
{
    int fd = open(name, O_RDONLY);
    if (fd >= 0)
        close(fd);
    else if (mknod(name, major, 0) < 0)
        say("init: cannot make the device node ", name, ": programs that open it will fail");
}

// Makes the device nodes that the disk lacks. Programs of courses open those in the root.
static void
make_nodes(void)
{
    make_node("console", CONSOLE_MAJOR);
    make_node("statistics", STATISTICS_MAJOR);
    mkdir("dev");
    link("console", "dev/console");
    make_node("dev/null", NULL_MAJOR);
}

// Shows the file /welcome, in the language of the system, if there is one.
static void
welcome(void)
{
    char buf[128];
    bool chinese = language(LANGUAGE_ASK) == LANGUAGE_CHINESE;
    int n, fd = open(chinese ? "zh/welcome" : "welcome", O_RDONLY);

    while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
        write(1, buf, n);
    close(fd);
}

// Runs a program and waits until it ends, and for every orphan that ends meanwhile. `mode` says how
// ^C affects the program.
static int
run(char **argv, int mode)
{
    int status = CANNOT_RUN, ended, pid = fork();

    if (pid == 0) {
        onintr(mode);
        exec_search(argv);
        say("init: cannot run ", argv[0], "");
        exit(CANNOT_RUN);
    }
    if (pid < 0) {
        say("init: cannot make a process for ", argv[0], "");
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
    char *shell[] = {"sh", 0};

    make_nodes();
    if (argc > 1)
        poweroff(run(argv + 1, INTR_EXIT) & 255);
    for (bool first = true;; first = false) {
        int start = sys_uptime();
        say("init: starting ", shell[0], "");
        if (first)
            welcome();
        int status = run(shell, INTR_IGNORE); // the shell sets its own mode
        // The cause may be temporary (no memory) or permanent (a program that is not a shell).
        if (status < 0 || status == CANNOT_RUN || sys_uptime() - start < PATIENCE)
            sleep(PATIENCE);
    }
}
