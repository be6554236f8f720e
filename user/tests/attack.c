// SPDX-License-Identifier: MIT
// attack.c - search newly allocated memory for the secret that `leavesecret` wrote.
//
// Usage     attack [heap|lazy|mmap]   prints the secret, or says that there is none
// Theory    A kernel that does not clear memory hands a process the data of another one. This
//           program only reads: it cannot have written a secret that it finds.
#include "secret.h"

#include "abi/mman.h"
#include "ulib/cmd.h"
#include "user/user.h"

#define STEP_KB (SECRET_STEP / 1024)
#define STEPS   512 // 64 MiB
#define FAILED  ((char *)-1)

static char *
from_heap(void)
{
    return sbrk(SECRET_STEP);
}

static char *
from_lazy_heap(void)
{
    return sbrklazy(SECRET_STEP);
}

static char *
from_mmap(void)
{
    return mmap(0, SECRET_STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static const struct {
    const char *name;
    char *(*get)(void);
} ways[] = {{"heap", from_heap}, {"lazy", from_lazy_heap}, {"mmap", from_mmap}};

// Returns the secret in these pages; NULL: none.
static const struct secret *
search(const char *memory)
{
    for (const char *page = memory; page < memory + SECRET_STEP; page += 4096) {
        const struct secret *s = (const struct secret *)(page + SECRET_OFFSET);
        if (s->mark == secret_mark())
            return s;
    }
    return 0;
}

static int
attack(char *(*get)(void))
{
    for (int n = 1; n <= STEPS; n++) {
        const char *memory = get();
        if (memory == FAILED)
            return fail("attack", "memory");
        const struct secret *s = search(memory);
        if (s) {
            printf("attack: the secret is %s, in the first %d KB\n", s->word, n * STEP_KB);
            return 0;
        }
    }
    printf("attack: there is no secret in %d KB\n", STEPS * STEP_KB);
    return 1;
}

int
main(int argc, char **argv)
{
    for (unsigned i = 0; argc <= 2 && i < sizeof(ways) / sizeof(ways[0]); i++)
        if (strcmp(argc == 2 ? argv[1] : ways[0].name, ways[i].name) == 0)
            return attack(ways[i].get);
    usage("attack [heap|lazy|mmap]");
}
