// SPDX-License-Identifier: MIT
// init.c - the first process: opens the console, keeps a shell running and waits for orphans.
// Started as `init COMMAND ARGS...` it runs that once and switches the machine off with its status.
#include "ulib/cmd.h"
#include "ulib/run.h"
#include "user/user.h"

#include "abi/fcntl.h"

#define CONSOLE_MAJOR    1
#define STATISTICS_MAJOR 2

#define PATIENCE 10 // ticks before another attempt to start a shell

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

int
main(int argc, char **argv)
{
    static char *shell[] = {"sh", 0};
    int status;

    open_console();
    if (argc > 1) {
        poweroff(run_wait("init", argv + 1) & 255);
        exit(fail("init", "poweroff"));
    }
    for (;;) {
        printf("init: starting sh\n");
        status = run_wait("init", shell);
        // Whatever keeps the shell from living may pass: memory that runs out, for one.
        if (status < 0 || status == CANNOT_RUN || status == NOT_FOUND)
            sleep(PATIENCE);
    }
}
