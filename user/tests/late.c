// SPDX-License-Identifier: MIT
// late.c - test that a program gets the memory reserved for it although all memory is in use when
// it needs that: its text, data and stack, its registers, its pipe.
//
// Usage     late [fork]   by itself, or in a child
// Output    `late: OK`, or `late: FAILED: ` and the missing part; status 1
#include "ulib/cmd.h"
#include "user/user.h"

#include "abi/mman.h"

#define PAGE   4096
#define FAILED ((char *)-1)

static const char far[2 * PAGE] = "f";
static char zeroes[3 * PAGE], data[3 * PAGE] = "d";
static volatile double real = 3;
static int ends[2];

static void
take_everything(void)
{
    for (int n = 1 << 20; n >= PAGE; n /= 2)
        while (sys_sbrk(n, SBRK_EAGER) != FAILED)
            ;
}

// Sends a byte of the program through the pipe.
// Returns   whether it came out.
static int
sent(const char *from)
{
    char c = *from + 1;

    return write(ends[1], from, 1) == 1 && read(ends[0], &c, 1) == 1 && c == *from;
}

static int
deep(int n)
{
    volatile char frame[PAGE - 1000];

    frame[n] = (char)n;
    return n ? deep(n - 1) + frame[n] : 0;
}

// Returns   the name of the missing part; NULL: none.
static const char *
missing(void)
{
    if (!sent("literal"))
        return "a text";
    if (!sent(far + sizeof(far) - 1))
        return "a constant";
    if (!sent(zeroes + PAGE) || !sent(data + PAGE))
        return "data";
    zeroes[2 * PAGE] = data[2 * PAGE] = 1;
    if (deep(8) != 36)
        return "the stack";
    real *= 2;
    return real == 6 ? 0 : "the floating-point registers";
}

int
main(int argc, char **argv)
{
    const char *what;
    int pid = 0, status = 1;

    (void)argv;
    if (argc > 1)
        pid = fork();
    if (pid < 0 || (pid == 0 && pipe(ends) < 0))
        return fail("late", "pipe");
    if (pid > 0)
        return wait(&status) == pid && status == 0 ? 0 : 1;
    take_everything();
    what = missing();
    if (what)
        printf("late: FAILED: %s\n", what);
    else
        printf("late: OK\n");
    return what != 0;
}
