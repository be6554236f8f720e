// SPDX-License-Identifier: MIT
// init.c - the first process: opens the console, keeps a shell running and waits for orphans.
// Started as `init COMMAND ARGS...` it runs that once and switches the machine off with its status.
#include "ulib/cmd.h"
#include "user/user.h"

#include "abi/fcntl.h"

#define CONSOLE_MAJOR    1
#define STATISTICS_MAJOR 2

#define NOT_STARTED 127 // status of a child that did not become the program
#define PATIENCE    10  // ticks before the next attempt

// Makes descriptors 0, 1 and 2 the console, and the device nodes if the disk has none.
static void
open_console(void)
{
    int fd = open("console", O_RDWR);

    if (fd < 0) {
        mknod("console", CONSOLE_MAJOR, 1);
        open("console", O_RDWR);
    }
    dup(0);
    dup(0);
    fd = open("statistics", O_RDONLY);
    if (fd < 0)
        mknod("statistics", STATISTICS_MAJOR, 0);
    else
        close(fd);
}

// Starts a program, and waits until it ends; other children that end are orphans.
// Returns   its status; -1 also when it could not be started.
static int
run(const char *path, char **argv)
{
    int status = -1, ended, pid = fork();

    if (pid < 0) {
        fail("init", "fork");
        return -1;
    }
    if (pid == 0) {
        exec(path, argv);
        fail("init", path);
        exit(NOT_STARTED);
    }
    do {
        ended = wait(&status);
    } while (ended != pid && ended >= 0);
    return status;
}

int
main(int argc, char **argv)
{
    static char *shell[] = {"sh", 0};
    int status;

    open_console();
    if (argc > 1) {
        poweroff(run(argv[1], argv + 1) & 255);
        exit(fail("init", "poweroff"));
    }
    for (;;) {
        printf("init: starting sh\n");
        status = run("/sh", shell);
        // Whatever keeps the shell from living may pass: memory that runs out, for one.
        if (status == NOT_STARTED || status < 0)
            sleep(PATIENCE);
    }
}
