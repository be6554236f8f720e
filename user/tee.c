// SPDX-License-Identifier: MIT
// tee.c - copy standard input to standard output and to files.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

#include "abi/fcntl.h"

#define USAGE "tee [-a] [file ...]"
#define MOST  12 // files, with the descriptors that a process has

static int fds[MOST + 1];
static const char *names[MOST + 1];
static int n;

static int
add(const char *path, bool append)
{
    int fd = open(path, O_WRONLY | O_CREATE | (append ? O_APPEND : O_TRUNC));

    if (fd < 0)
        return fail("tee", path);
    fds[n] = fd;
    names[n++] = path;
    return 0;
}

// Writes to all; a file that fails once is left out from then on.
static int
write_each(const char *p, int len)
{
    int i, status = 0;

    for (i = 0; i < n; i++) {
        if (fds[i] < 0 || write_all(fds[i], p, (unsigned long)len) == 0)
            continue;
        status = fds[i] == 1 ? fail_write("tee", errno()) : fail("tee", names[i]);
        fds[i] = -1;
    }
    return status;
}

int
main(int argc, char **argv)
{
    static char buf[2048];
    struct args a;
    bool append = false;
    int c, got, status = 0;

    (void)argc;
    args_init(&a, argv);
    while ((c = args_option(&a, "a"))) {
        if (c == '?')
            usage(USAGE);
        append = true;
    }
    fds[0] = 1;
    names[n++] = "write";
    for (; *a.next; a.next++)
        status |= n > MOST ? fail_text("tee", *a.next, "too many files") : add(*a.next, append);
    while ((got = read(0, buf, sizeof(buf))) > 0)
        status |= write_each(buf, got);
    return got < 0 ? fail("tee", "input") : status;
}
