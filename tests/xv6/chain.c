// SPDX-License-Identifier: MIT
// chain.c - execs itself with a number one smaller, down to 0; open descriptors come along.
#include "lib/lib.h"

int
main(int argc, char **argv)
{
    static char digit[2];
    char *args[] = {argv[0], digit, 0};

    if (argc != 2)
        exit(1);
    printf("%s ", argv[1]);
    if (argv[1][0] == '0') {
        printf("pid %d\n", getpid() > 3);
        exit(5);
    }
    digit[0] = argv[1][0] - 1;
    exec(argv[0], args);
    exit(2);
}
