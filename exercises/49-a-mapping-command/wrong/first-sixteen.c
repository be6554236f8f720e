// tables.c - asks once.
#include "user/user.h"

#include "abi/pgmap.h"

int
main(int argc, char **argv)
{
    struct pgentry e[16];
    struct pgquery q = {.what = PGQ_POINTERS, .level = PGQ_TOP, .last = 0x3fffffffffUL};
    int pages = 0, tables = 1, n;

    if (argc != 2) {
        fprintf(2, "usage: tables PID\n");
        return 1;
    }
    q.pid = atoi(argv[1]);
    n = pgmap(&q, e, 16);
    for (int i = 0; i < n; i++)
        *(e[i].pte & 0xe ? &pages : &tables) += 1;
    printf("%d pages, %d table pages\n", pages, tables);
    return 0;
}
