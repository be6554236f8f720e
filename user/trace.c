// SPDX-License-Identifier: MIT
// trace.c - run a command and report its system calls: trace MASK|NAME[,NAME...]|all CMD [ARG ...]
#include "ulib/cmd.h"
#include "ulib/run.h"
#include "user/user.h"

#include "abi/errno.h"

#define ALL (~0UL >> 1)

static const struct {
    const char *name;
    int number;
} calls[] = {
#define SYSCALL(number, name, nargs) {#name, number},
#include "sys/calls.inc"
#undef SYSCALL
};

// The bit of the call whose name stands at s, up to a comma or the end; 0: there is none.
static unsigned long
bit_of(const char *s, unsigned long length)
{
    for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (strlen(calls[i].name) == length && memcmp(calls[i].name, s, length) == 0)
            return 1UL << calls[i].number;
    }
    return 0;
}

static unsigned long
mask_of(const char *s)
{
    const char *all = s;
    unsigned long mask = 0;
    long value;

    if (number(s, &value))
        return (unsigned long)value;
    if (strcmp(s, "all") == 0)
        return ALL;
    for (;;) {
        const char *end = strchr(s, ',');
        unsigned long length = end ? (unsigned long)(end - s) : strlen(s);
        unsigned long bit = bit_of(s, length);
        if (!bit)
            exit(fail_text("trace", all, "no such system call"));
        mask |= bit;
        if (!end)
            return mask;
        s = end + 1;
    }
}

int
main(int argc, char **argv)
{
    char path[MAXPATH];
    int err;

    if (argc < 3)
        usage("trace MASK|NAME[,NAME...]|all CMD [ARG ...]");
    command_path(argv[2], path); // before tracing begins
    if (trace(mask_of(argv[1])) < 0)
        return fail("trace", "trace");
    exec(path, argv + 2);
    err = errno();
    fail_text("trace", argv[2], strerror(err));
    return err == ENOENT ? 127 : 126;
}
