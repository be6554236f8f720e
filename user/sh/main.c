// SPDX-License-Identifier: MIT
// main.c - the shell: takes lines from standard input, from a file or from -c, and runs each.
//
// Promises  no line ends the shell but `exit`: an error is reported on descriptor 2 and gives
//           status 2. Lines have at most MAX_LINE characters.
#include "complete.h"
#include "expand.h"
#include "parse.h"
#include "pool.h"
#include "run.h"
#include "words.h"
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/line.h"
#include "ulib/run.h"
#include "ulib/string.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/line.h"
#include "abi/onintr.h"

#define MAX_LINE   16384
#define MAX_SCRIPT (1024 * 1024)
#define BAD_LINE   2

static void
run_line(const char *line)
{
    struct group *list;
    const char *error = parse_line(line, &list);

    if (error) {
        fprintf(2, "sh: %s\n", tr(error));
        values.status = BAD_LINE;
    } else if (list) {
        values.status = run_groups(list);
    }
    pool_reset();
}

enum read_result { READ_END, READ_LINE, READ_TOO_LONG, READ_INTERRUPTED };

// Takes the backslash off the end of a line that goes on in the next. Returns whether there was one.
static bool
join_continued(struct text *line)
{
    unsigned long i, backslashes = 0;

    for (i = line->len; i > 0 && line->p[i - 1] == '\\'; i--)
        backslashes++;
    if (backslashes % 2 == 0)
        return false;
    line->len--;
    return true;
}

// Reads to the end of a line, byte by byte: the commands on the line read the input that follows.
// Returns   READ_LINE; READ_END at the end of input with nothing read; READ_TOO_LONG also when there
//           is no memory, and the line is skipped then; READ_INTERRUPTED by ^C.
static enum read_result
read_line(struct text *line)
{
    bool any = false, ok = true;
    char c;
    int n;

    while ((n = read(0, &c, 1)) == 1) {
        any = true;
        if (c == '\n' && !(ok && join_continued(line)))
            break;
        if (c != '\n' && c != 0 && ok)
            ok = line->len < MAX_LINE && text_add(line, &c, 1);
    }
    if (n < 0 && errno() == EINTR)
        return READ_INTERRUPTED;
    return !ok ? READ_TOO_LONG : any ? READ_LINE : READ_END;
}

// Reads a line that is typed at the console, and completes it when Tab is pressed.
// Returns   as read_line().
static enum read_result
read_typed(struct text *line)
{
    static char buf[LINE_MAX];
    const char *answer = 0;
    bool ok = true;
    int n;

    while ((n = readline(answer, buf, sizeof(buf))) > 0) {
        if (buf[n - 1] == '\t') {
            answer = complete(buf, (unsigned long)n - 1);
            if (!answer)
                write(2, "$ ", 2);
            continue;
        }
        bool ended = buf[n - 1] == '\n';
        ok = ok && line->len < MAX_LINE && text_add(line, buf, (unsigned long)(n - ended));
        if (ended && !(ok && join_continued(line)))
            return ok ? READ_LINE : READ_TOO_LONG;
    }
    if (n < 0 && errno() == EINTR)
        return READ_INTERRUPTED;
    return line->len > 0 ? READ_LINE : READ_END;
}

// Runs the lines of standard input, one at a time: the commands of a line read the input behind it.
static int
run_input(void)
{
    bool typed = interactive && is_console(0);
    struct text line = {0};

    for (;;) {
        line.len = 0;
        tr_forget(); // a command may have changed the language
        if (!text_add(&line, "", 0))
            return fail_text("sh", "input", "out of memory");
        interrupt_forget();
        if (typed)
            readline(0, 0, 0); // Tab asks for completion from the prompt on
        if (interactive)
            write(2, "$ ", 2);
        switch (typed ? read_typed(&line) : read_line(&line)) {
        case READ_END:
            return values.status;
        case READ_LINE:
            line.p[line.len] = 0;
            run_line(line.p);
            break;
        case READ_TOO_LONG:
            fprintf(2, tr("sh: line too long\n"));
            values.status = BAD_LINE;
            break;
        case READ_INTERRUPTED:
            values.status = INTR_STATUS;
        }
    }
}

// Runs a text line by line.
static int
run_text(char *p)
{
    char *start, *to;

    while (*p) {
        for (start = to = p; *p && *p != '\n';) {
            if (p[0] == '\\' && p[1] == '\n') {
                p += 2;
                continue;
            }
            if (p[0] == '\\' && p[1])
                *to++ = *p++;
            *to++ = *p++;
        }
        if (*p)
            p++;
        *to = 0;
        run_line(start);
    }
    return values.status;
}

// Reads a whole script.
// Returns   0, or 1 with a message.
static int
read_script(int fd, const char *path, struct text *script)
{
    static char buf[1024];
    int n;

    while ((n = read(fd, buf, sizeof(buf))) > 0) {
        if (memchr(buf, 0, (unsigned long)n))
            return fail_text("sh", path, "not a script");
        if (script->len > MAX_SCRIPT || !text_add(script, buf, (unsigned long)n))
            return fail_text("sh", path, "too long");
    }
    return n < 0 ? fail("sh", path) : 0;
}

// Runs a script; it is read before anything runs, so that no child inherits its descriptor.
static int
run_file(const char *path)
{
    struct text script = {0};
    int bad, fd = open(path, O_RDONLY);

    if (fd < 0) {
        fail("sh", path);
        return NOT_FOUND;
    }
    if (is_dir(path))
        return fail_text("sh", path, "is a directory");
    bad = read_script(fd, path, &script);
    close(fd);
    if (bad)
        return CANNOT_RUN;
    return script.len ? run_text(script.p) : 0;
}

int
main(int argc, char **argv)
{
    bool prompt = argc == 1 && is_console(0);

    tr_use(sh_words);
    interactive = prompt;
    values.args = argv;
    values.nargs = argc;
    if (argc > 1 && strcmp(argv[1], "-c") == 0) {
        if (argc < 3)
            usage("sh [-i] [-c command | file] [argument ...]");
        values.args = argv + 3;
        values.nargs = argc - 3;
        return run_text(argv[2]);
    }
    if (argc > 1 && strcmp(argv[1], "-i") == 0) {
        interactive = true;
        return run_input();
    }
    if (argc > 1 && argv[1][0] == '-')
        usage("sh [-i] [-c command | file] [argument ...]");
    if (argc > 1) {
        values.args = argv + 1;
        values.nargs = argc - 1;
        return run_file(argv[1]);
    }
    return run_input();
}
