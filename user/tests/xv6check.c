// SPDX-License-Identifier: MIT
// xv6check.c - run the programs of tests/xv6, which are built like xv6's own, in both shapes.
//
// Usage     xv6check [-v]
// Output    a line for each program that failed, then `xv6check: OK` (status 0) or `xv6check:
//           FAILED` (1). -v names every program first.
// Theory    The programs have their own library and use nothing of Vitrine's; only their output and
//           exit status are checked.
#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/user.h"

#define DIR     "/xv6check.d"
#define DATA    "/xv6check.t"
#define MAXARGS 5

struct expect {
    const char *name;
    const char *args[MAXARGS]; // without the program itself
    const char *out20, *out24; // expected output by shape; out24 0: as out20
    int status;
};

static const struct expect all[] = {
    {"args", {0}, "1 1 1 1\n1\n", 0, 0},
    {"args", {"one", "two words", ""}, "[one]\n[two words]\n[]\n4 1 1 1\n1\n", 0, 0},
    {"cat", {DATA, DATA}, "some text\nsome text\n", 0, 0},
    {"cat", {"/absent"}, "cannot open /absent\n", 0, 1},
    {"cat", {0}, "some text\n", 0, 0},
    {"forkpipe", {0}, "338350 1 7 -1\n", 0, 0},
    {"heap", {0}, "heap: 0 bad\n", 0, 0},
    {"brk", {0}, "1 1 0 1 1 1 1\n", 0, 0},
    {"file",
     {DIR},
     "write fstat link read end dup trunc dir mknod device unlink rmdir done\n",
     0,
     0},
    {"format", {0}, "0 -1 -2147483648 deadbeef 0x3fffffd000 text c %\n", 0, 0},
    {"stack", {0}, "3200 -1 -1\n", 0, 0},
    {"bss", {0}, "0 21 1 7\n", 0, 0},
    {"list", {DIR}, "4 2 1\n", 0, 0},
    {"status", {0}, "33 -2 -1 -1 -1 -1\n", 0, 12},
    {"text", {0}, "1 4\n", "-1 -1\n", 0},
    {"calls", {0}, "1 1 -1 -1 -1 -1 1 -1 -1 -1\n", 0, 0},
    {"chain", {"3"}, "3 2 1 0 pid 1\n", 0, 5},
};

// Runs path with the arguments of e, input from DATA, and collects its output.
// Returns   its status; 1000 when it could not be run.
static int
run(const char *path, const struct expect *e, char *out, int size)
{
    const char *argv[MAXARGS + 2] = {path};
    int p[2], n = 0, r, status = -1;

    for (int i = 0; i < MAXARGS; i++)
        argv[i + 1] = e->args[i];
    if (pipe(p) < 0)
        return 1000;
    int pid = fork();
    if (pid == 0) {
        close(0);
        open(DATA, O_RDONLY);
        close(1);
        dup(p[1]);
        close(p[0]);
        close(p[1]);
        exec(path, (char **)argv);
        exit(1000);
    }
    close(p[1]);
    while (n < size - 1 && (r = read(p[0], out + n, size - 1 - n)) > 0)
        n += r;
    out[n] = 0;
    close(p[0]);
    return pid < 0 || wait(&status) != pid ? 1000 : status;
}

// Runs one program in one shape.
// Returns   whether output and status were right.
static int
check(const char *shape, const struct expect *e, int verbose)
{
    static char out[512];
    char path[32] = "/tests/";
    const char *want = e->out24 && shape[2] == '4' ? e->out24 : e->out20;

    strcpy(path + strlen(path), shape);
    strcpy(path + strlen(path), e->name);
    if (verbose)
        printf("%s\n", path);
    int status = run(path, e, out, sizeof(out));
    if (status == e->status && strcmp(out, want) == 0)
        return 1;
    printf("xv6check: %s: status %d, not %d; output:\n%s---- not:\n%s----\n", path, status,
           e->status, out, want);
    return 0;
}

int
main(int argc, char **argv)
{
    int verbose = argc > 1 && strcmp(argv[1], "-v") == 0, bad = 0;
    int fd = open(DATA, O_CREATE | O_TRUNC | O_WRONLY);

    if (fd < 0 || write(fd, "some text\n", 10) != 10) {
        printf("xv6check: cannot write " DATA "\nxv6check: FAILED\n");
        exit(1);
    }
    close(fd);
    for (uint i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        bad += !check("x20_", &all[i], verbose);
        bad += !check("x24_", &all[i], verbose);
    }
    unlink(DATA);
    printf(bad ? "xv6check: FAILED\n" : "xv6check: OK\n");
    exit(bad != 0);
}
