// SPDX-License-Identifier: MIT
// xargs.c - run a command with arguments read from standard input: as many at a time as fit, or as
// -n says. Words end at blanks and newlines; quotes and backslashes protect.
#include "ulib/run.h"

#include "ulib/alloc.h"
#include "ulib/cmd.h"
#include "ulib/line.h"
#include "ulib/string.h"
#include "user/user.h"

#define MOST_ARGS  31   // limit of exec()
#define MOST_BYTES 3072 // fit the stack of every program

static struct reader in;
static char *args[MOST_ARGS + 1];
static int fixed, n;
static unsigned long bytes, fixed_bytes;
static int status;

// Reads the next word.
// Returns   1, 0 at the end, -1 when input cannot be read.
static int
next_word(struct text *word)
{
    int c, quote = 0;
    bool any = false;

    word->len = 0;
    must_alloc(text_add(word, "", 0) ? word : 0);
    while ((c = reader_char(&in)) >= 0) {
        char ch = (char)c;

        if (quote ? c == quote : c == '"' || c == '\'') {
            quote = quote ? 0 : c;
            any = true;
            continue;
        }
        if (!quote && isspace(c) && any)
            return 1;
        if (!quote && isspace(c))
            continue;
        if (!quote && c == '\\' && (c = reader_char(&in)) >= 0)
            ch = (char)c;
        any = true;
        must_alloc(text_add(word, &ch, 1) ? word : 0);
    }
    return c == -2 ? -1 : any;
}

// Runs the command with the collected arguments.
static void
flush(void)
{
    int r;

    args[n] = 0;
    r = run_wait("xargs", args);
    if (r == NOT_FOUND || r == CANNOT_RUN)
        exit(r);
    if (r != 0)
        status = 123;
    while (n > fixed)
        free(args[--n]);
    bytes = fixed_bytes;
}

// Collects words until the limit, then runs the command; and so on.
static void
run_all(int limit)
{
    struct text word = {0};
    int got;

    while ((got = next_word(&word)) > 0) {
        if (n > fixed && bytes + word.len + 1 > MOST_BYTES)
            flush();
        args[n++] = must_alloc(strdup(word.p));
        bytes += word.len + 1;
        if (n == limit)
            flush();
    }
    if (got < 0)
        status = fail("xargs", "input");
    if (n > fixed)
        flush();
}

int
main(int argc, char **argv)
{
    static char echo[] = "echo";
    struct args a;
    long each = MOST_ARGS;
    int c;

    (void)argc;
    args_init(&a, argv);
    while ((c = args_option(&a, "n:")))
        if (c == '?' || !number(a.value, &each) || each < 1)
            usage("xargs [-n number] [command [argument ...]]");
    reader_init(&in, 0);
    if (!*a.next)
        args[n++] = echo;
    for (; *a.next && n < MOST_ARGS; a.next++) {
        args[n++] = *a.next;
        fixed_bytes += strlen(*a.next) + 1;
    }
    if (n >= MOST_ARGS)
        return fail_text("xargs", args[0], "argument list too long");
    fixed = n;
    bytes = fixed_bytes;
    run_all(each < MOST_ARGS - fixed ? fixed + (int)each : MOST_ARGS);
    return status;
}
