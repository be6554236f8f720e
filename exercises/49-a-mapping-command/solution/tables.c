// tables.c - how many pages a process has, and how many table pages it takes to map them.
#include "user/user.h"

#include "abi/pgmap.h"

#define LAST 0x3fffffffffUL // of the addresses of a program

static int
usage_error(void)
{
    fprintf(2, "usage: tables PID\n");
    return 1;
}

int
main(int argc, char **argv)
{
    struct pgentry e[16];
    struct pgquery q = {.what = PGQ_POINTERS, .level = PGQ_TOP, .last = LAST};
    unsigned long pages = 0, tables = 1; // the root
    int n;

    if (argc != 2)
        return usage_error();
    q.pid = strcmp(argv[1], "self") == 0 ? getpid() : atoi(argv[1]);
    while ((n = pgmap(&q, e, 16)) > 0) {
        for (int i = 0; i < n; i++) {
            if (e[i].pte & 0xe)
                pages += e[i].size / 4096;
            else
                tables++;
        }
    }
    if (n < 0) {
        fprintf(2, "tables: %s: no such process\n", argv[1]);
        return 1;
    }
    printf("%lu pages, %lu table pages\n", pages, tables);
    return 0;
}
