// SPDX-License-Identifier: MIT
// leavesecret.c - fill much memory with a secret, and exit.
//
// Usage     leavesecret WORD
#include "secret.h"

#include "ulib/cmd.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
    char *memory, *page;

    if (argc != 2 || strlen(argv[1]) >= sizeof(((struct secret *)0)->word))
        usage("leavesecret word");
    memory = sbrk(SECRET_STEP);
    if (memory == (char *)-1)
        return fail("leavesecret", "memory");
    for (page = memory; page < memory + SECRET_STEP; page += 4096) {
        struct secret *s = (struct secret *)(page + SECRET_OFFSET);
        s->mark = secret_mark();
        strcpy(s->word, argv[1]);
    }
    return 0;
}
