// SPDX-License-Identifier: MIT
// more.c - show text a screen at a time: Enter shows more, q and Enter ends.
//
// Theory    The keys come from the console, since standard input may be the text. A line that is
//           too long for a row continues in the next one, broken at a blank if there is one. Output
//           that does not go to the console is copied unchanged.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/format.h"
#include "ulib/line.h"
#include "ulib/out.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/fcntl.h"

#define ROWS    24
#define COLUMNS 80

// In English and in Chinese.
static const struct phrase words[] = {
    {"-- more: Enter; end: q and Enter -- ", "-- 继续: Enter; 结束: q 和 Enter -- "},
    {0, 0},
};

static int keys;     // the console, for reading; -1: no pauses
static int rows;     // rows of text to print before the next pause
static bool stopped; // the user has seen enough

// Waits for the user, and takes the prompt off the screen.
static void
wait_for_key(void)
{
    char answer[16];
    int n;

    printf(tr("-- more: Enter; end: q and Enter -- "));
    n = read(keys, answer, sizeof(answer));
    stopped = n <= 0 || answer[0] == 'q';
    printf("\x1b[A\r\x1b[K"); // Enter has moved the cursor to the next row
    rows = ROWS - 1;
}

// Returns   how many bytes of the text fit in a row: whole characters of UTF-8.
static unsigned long
fitting(const char *p, unsigned long len)
{
    unsigned long n = 0, next;
    int columns = 0;

    while (n < len) {
        for (next = n + 1; next < len && (p[next] & 0xc0) == 0x80; next++)
            ;
        columns += text_columns(p + n, (int)(next - n));
        if (columns > COLUMNS)
            break;
        n = next;
    }
    return n;
}

// Prints as much of the text as fits in a row. A blank in the second half of the row ends it.
// Returns   the number of bytes printed.
static unsigned long
put_row(const char *p, unsigned long len)
{
    unsigned long n = fitting(p, len), whole = n;

    if (whole < len) {
        for (; n > 0 && p[n] != ' '; n--)
            ;
        n = n > whole / 2 ? n : whole;
    }
    out_put(p, n);
    out_char('\n');
    rows--;
    return n < len && p[n] == ' ' ? n + 1 : n;
}

static void
put_rows(const struct text *line)
{
    unsigned long done = 0;

    do {
        if (rows == 0)
            wait_for_key();
        if (!stopped)
            done += put_row(line->p + done, line->len - done);
    } while (!stopped && done < line->len);
}

static int
page(int fd, const char *name)
{
    struct text line = {0};
    struct reader r;
    int got = 0;

    reader_init(&r, fd);
    while (!stopped && !out_failed() && (line.len = 0, got = reader_line(&r, &line)) > 0) {
        if (keys >= 0) {
            put_rows(&line);
            continue;
        }
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
    tr_use(words);
    if (argv[1] && argv[1][0] == '-' && argv[1][1])
        usage("more [file ...]");
    keys = is_console(1) ? open("/dev/console", O_RDONLY) : -1;
    rows = ROWS - 1;
    return out_done("more", each_input("more", argv + 1, page));
}
