// SPDX-License-Identifier: MIT
// more.c - show text a screen at a time: Enter shows more, q and Enter ends.
//
// Theory    The keys come from the console, since standard input may be the text. What does not go
//           to the console is copied as it is.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/line.h"
#include "ulib/out.h"
#include "user/user.h"

#include "abi/fcntl.h"

#define ROWS    24
#define COLUMNS 80

static int keys;     // the console, for reading; -1: no pauses
static int rows;     // rows of the screen that the next pause leaves for text
static bool stopped; // the user has seen enough

// Waits for the user, and takes the prompt off the screen.
static void
wait_for_key(void)
{
    char answer[16];
    int n;

    printf("-- more: Enter; end: q and Enter -- ");
    n = read(keys, answer, sizeof(answer));
    stopped = n <= 0 || answer[0] == 'q';
    printf("\x1b[A\r\x1b[K"); // the key has moved the cursor to the next row
    rows = ROWS - 1;
}

static int
page(int fd, const char *name)
{
    struct text line = {0};
    struct reader r;
    int got = 0;

    reader_init(&r, fd);
    while (!stopped && !out_failed() && (line.len = 0, got = reader_line(&r, &line)) > 0) {
        int needed = (int)line.len / COLUMNS + 1;
        if (keys >= 0 && needed > rows)
            wait_for_key();
        if (stopped)
            break;
        rows -= needed;
        out_put(line.p, line.len);
        out_char('\n');
    }
    text_free(&line);
    return got < 0 ? fail("more", name) : 0;
}

int
main(int argc, char **argv)
{
    (void)argc;
    if (argv[1] && argv[1][0] == '-' && argv[1][1])
        usage("more [file ...]");
    keys = is_console(1) ? open("/dev/console", O_RDONLY) : -1;
    rows = ROWS - 1;
    return out_done("more", each_input("more", argv + 1, page));
}
