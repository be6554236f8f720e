// SPDX-License-Identifier: MIT
// init.c - the first process: opens the console, keeps a shell running and waits for orphans.
// Started as `init COMMAND ARGS...` it runs that once and switches the machine off with its status.
#include "ulib/cmd.h"
#include "user/user.h"

#include "abi/fcntl.h"

#define CONSOLE_MAJOR    1
#define STATISTICS_MAJOR 2

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
        exit(127);
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

    open_console();
    if (argc > 1) {
        poweroff(run(argv[1], argv + 1));
        exit(fail("init", "poweroff"));
    }
    for (;;) {
        printf("init: starting sh\n");
        if (run("/sh", shell) == 127)
            sleep(10);
    }
}
