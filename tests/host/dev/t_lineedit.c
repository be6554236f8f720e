// SPDX-License-Identifier: MIT
// t_lineedit.c - keys change the line as they should, and the screen always shows that line.
//
// SOURCES: kernel/dev/console/lineedit.c kernel/lib/utf8.c tests/host/shim/host.c
#include "test.h"

#include "dev/console/lineedit.h"
#include "lib/utf8.h"

#define COLUMNS 1100

static struct lineedit e;

// A row of a terminal: the character of each column; the right half of a wide character is 0.
static uint32 screen[COLUMNS];
static size_t at;
static int bells;

static void
blank_screen(void)
{
    for (size_t i = 0; i < COLUMNS; i++)
        screen[i] = ' ';
    at = 0;
}

static uint32
glyph(const char *s, size_t len)
{
    uint32 v = 0;
    for (size_t i = 0; i < len; i++)
        v = v << 8 | (uint8)s[i];
    return v;
}

// Shows the editor's output.
static void
show_echo(void)
{
    for (size_t i = 0; i < e.necho;) {
        size_t len = utf8_next(e.echo + i, e.necho - i);
        char c = e.echo[i];
        if (c == '\b') {
            CHECK(at-- > 0);
        } else if (c == '\a') {
            bells++;
        } else if (c == '\n') {
            blank_screen();
        } else {
            CHECK((uint8)c >= 0x20 && at + 2 < COLUMNS);
            screen[at++] = glyph(e.echo + i, len);
            if (utf8_columns(e.echo + i, len) == 2)
                screen[at++] = 0;
        }
        i += len;
    }
    e.necho = 0;
}

// The screen shows the line, the cursor stands where the editor thinks.
static void
check_screen(void)
{
    size_t column = 0;
    for (size_t i = 0; i < e.len;) {
        size_t len = utf8_next(e.line + i, e.len - i);
        uint32 want = e.line[i] == '\t' ? ' ' : glyph(e.line + i, len);
        CHECK_EQ(screen[column], want);
        column += utf8_columns(e.line + i, len);
        i += len;
    }
    CHECK_EQ(at, utf8_columns(e.line, e.cursor));
    for (; column < COLUMNS; column++)
        CHECK_EQ(screen[column], ' ');
}

static enum line_event
key(uint8 c)
{
    enum line_event event = lineedit_feed(&e, c);
    show_echo();
    return event;
}

static enum line_event
keys(const char *s)
{
    enum line_event event = LINE_MORE;
    for (; *s; s++) {
        CHECK_EQ(event, LINE_MORE);
        event = key((uint8)*s);
        if (event == LINE_MORE)
            check_screen();
    }
    return event;
}

static void
start(void)
{
    memset(&e, 0, sizeof e);
    blank_screen();
}

// Typing `typed` on a new line ends it as `want`.
static void
check_line(const char *typed, const char *want)
{
    enum line_event event = keys(typed);
    CHECK_EQ(event, LINE_READY);
    CHECK_EQ(e.len, strlen(want));
    CHECK_MEM(e.line, want, e.len);
    lineedit_clear(&e);
}

static void
test_editing(void)
{
    start();
    check_line("hello\n", "hello\n");
    check_line("\r", "\n");
    check_line("help\blo\x7fp\n", "hellp\n");
    check_line("\b\b\x7f\n", "\n");
    check_line("one two\x15three\n", "three\n");
    check_line("one two  \x17three\n", "one three\n");
    check_line("\x17word\x17\x17x\n", "x\n");
    check_line("ace\x1b[D\x1b[D"
               "b\x1b[C\x1b[C\x1b[C"
               "d\n",
               "abced\n");
    check_line("bc\x1b[Ha\x1b[Fd\n", "abcd\n");
    check_line("bc\x1b[1~a\x1b[4~d\n", "abcd\n");
    check_line("bc\x1bOHa\x1bOFd\n", "abcd\n");
    check_line("bc\x01"
               "a\x05"
               "d\n",
               "abcd\n");
    check_line("abXc\x1b[D\x1b[D\x1b[3~\n", "abc\n");
    check_line("abc\x1b[3~\n", "abc\n");
    check_line("abcd\x1b[D\x1b[D\x0b\n", "ab\n");
    check_line("abc\x1b[D\x1b[D\x15z\n", "z\n");
    check_line("abc\x1b[D\n", "abc\n");
    check_line("a\tb\n", "a\tb\n");
    check_line("ab\x1b[1;5C\x1b[200~c\x1b[Z\x1bq\n", "abc\n");
    check_line("a\x1b\n", "a\n");
    check_line("a\x1b[1\n", "a\n");
}

static void
test_newlines(void)
{
    start();
    check_line("one\r", "one\n");
    CHECK_EQ(key('\n'), LINE_MORE);
    CHECK_EQ(e.len, 0);
    CHECK_EQ(key('\n'), LINE_READY);
    lineedit_clear(&e);
    CHECK_EQ(key('\r'), LINE_READY);
    lineedit_clear(&e);
    CHECK_EQ(key('\r'), LINE_READY);
}

static void
test_utf8(void)
{
    start();
    check_line("\xe4\xb8\xad\xe6\x96\x87\n", "\xe4\xb8\xad\xe6\x96\x87\n");
    check_line("\xe4\xb8\xad\xe6\x96\x87\b\xc3\xa9\n", "\xe4\xb8\xad\xc3\xa9\n");
    check_line("\xe4\xb8\xad"
               "b\x1b[D\x1b[D"
               "a\x1b[C\x1b[3~\n",
               "a\xe4\xb8\xad\n");
    check_line("x\xf0\x9f\x98\x80\x1b[D\x1b[3~y\n", "xy\n");
    start();
    CHECK_EQ(lineedit_feed(&e, 0xe4), LINE_MORE); // begun and not ended
    CHECK_EQ(lineedit_feed(&e, 'a'), LINE_MORE);
    CHECK_MEM(e.line,
              "\xe4"
              "a",
              2);
    CHECK_EQ(lineedit_feed(&e, 0xb8), LINE_MORE); // ended and not begun
    CHECK_EQ(lineedit_feed(&e, 0xff), LINE_MORE);
    CHECK_EQ(lineedit_feed(&e, 0xf0), LINE_MORE);
    CHECK_EQ(e.len, 4);
    CHECK_EQ(lineedit_feed(&e, '\n'), LINE_READY);
    CHECK_MEM(e.line,
              "\xe4"
              "a\xb8\xff\xf0\n",
              6);
    CHECK_MEM(e.echo, "?a???\n", 6);
}

static void
test_events(void)
{
    start();
    CHECK_EQ(keys("ab\x10"), LINE_KEY);
    CHECK_EQ(e.key, 0x10);
    check_screen();
    CHECK_EQ(keys("c\x04"), LINE_END);
    CHECK_EQ(e.len, 3);
    CHECK_MEM(e.line, "abc", 3);
    lineedit_clear(&e);
    blank_screen(); // the next output starts at the cursor
    CHECK_EQ(key(4), LINE_END);
    CHECK_EQ(e.len, 0);
    CHECK_EQ(keys("ab\x1a"), LINE_KEY);
    CHECK_EQ(e.key, 0x1a);
    CHECK_EQ(lineedit_feed(&e, 0x1c), LINE_MORE); // ^\ means nothing
    CHECK_EQ(lineedit_feed(&e, 1), LINE_MORE);
    e.necho = 0;
    CHECK_EQ(lineedit_feed(&e, 3), LINE_INTERRUPT);
    CHECK_MEM(e.echo, "ab^C\n", e.necho);
    CHECK_EQ(e.necho, 5);
    CHECK_EQ(e.len, 0);
}

static void
test_history(void)
{
    char line[32];
    start();
    check_line("\x1b[A\x1b[B\n", "\n");
    check_line("first\n", "first\n");
    check_line("second\n", "second\n");
    check_line("second\n", "second\n");
    check_line("\n", "\n");
    check_line("\x1b[A\n", "second\n");
    check_line("\x1b[A\x1b[A!\n", "first!\n");
    check_line("draft\x1b[A\x1b[A\x1b[B\x1b[B.\n", "draft.\n");
    check_line("\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\n", "first\n");
    for (int i = 0; i < 3 * LINE_HISTORY; i++) {
        snprintf(line, sizeof(line), "line %d\n", i);
        check_line(line, line);
    }
    for (int i = 0; i < LINE_HISTORY + 5; i++)
        CHECK_EQ(keys("\x1b[A"), LINE_MORE);
    snprintf(line, sizeof(line), "line %d\n", 2 * LINE_HISTORY);
    check_line("\n", line);
    size_t n;
    CHECK(!lineedit_history(&e, 0, &n) && !lineedit_history(&e, LINE_HISTORY + 1, &n));
    CHECK_MEM(lineedit_history(&e, 1, &n), line, strlen(line) - 1);
    CHECK_EQ(n, strlen(line) - 1);
}

static void
insert(const char *s)
{
    lineedit_insert(&e, s, strlen(s));
    show_echo();
}

// Tab asks for completion only where that is wanted; the answer goes to the cursor.
static void
test_completion(void)
{
    char much[LINE_MAX + 1] = {0};
    start();
    e.complete = true;
    CHECK_EQ(keys("cat RE more\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D"), LINE_MORE);
    CHECK_EQ(keys("\t"), LINE_TAB);
    CHECK_EQ(e.cursor, 6);
    insert("ADME");
    check_screen();
    CHECK_MEM(e.line, "cat README more", e.len);
    insert("");
    check_screen();
    memset(much, 'x', LINE_MAX);
    bells = 0;
    insert(much);
    CHECK_EQ(bells, 1);
    CHECK_EQ(e.len, 15);
    e.complete = false;
    check_line("\t\n", "cat README\t more\n");
}

// A line without end comes in pieces, and nothing is missing.
static void
test_long_lines(void)
{
    char got[5000];
    size_t n = 0;
    start();
    for (int i = 0; i < 4000; i++) {
        enum line_event event = key((uint8)('a' + i % 26));
        CHECK(e.len < LINE_MAX);
        if (event == LINE_MORE)
            continue;
        CHECK_EQ(event, LINE_READY);
        memcpy(got + n, e.line, e.len);
        n += e.len;
        lineedit_clear(&e);
        blank_screen();
    }
    CHECK_EQ(key('\n'), LINE_READY);
    memcpy(got + n, e.line, e.len);
    n += e.len;
    CHECK_EQ(n, 4001);
    for (int i = 0; i < 4000; i++)
        CHECK_EQ(got[i], 'a' + i % 26);
    CHECK_EQ(got[4000], '\n');
}

// Keys at random: text that the terminal can show, so that every step can be compared.
static void
test_random_keys(void)
{
    static const char *const some[] = {
        "a",      "b",      " ",      "\t",          "\xc3\xa9", "\xe4\xb8\xad", "\xf0\x9f\x98\x80",
        "\b",     "\x17",   "\x0b",   "\x01",        "\x05",     "\x15",         "\x1b[A",
        "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[D",      "\x1b[D",   "\x1b[H",       "\x1b[3~",
        "\x10",   "\n",     "word",   "longer text", "\x03",
    };
    start();
    for (int i = 0; i < 30000; i++) {
        enum line_event event = LINE_MORE;
        const char *s = some[rnd_below(i % 1000 < 600 ? 7 : NELEM(some))];
        if (i % 1000 < 600 && i % 7 == 0)
            s = "\x1b[D";
        while (*s && event == LINE_MORE)
            event = key((uint8)*s++);
        if (event == LINE_READY || event == LINE_INTERRUPT) {
            lineedit_clear(&e);
            blank_screen();
        }
        CHECK(e.cursor <= e.len && e.len < LINE_MAX);
        if (e.npartial == 0)
            check_screen();
    }
    CHECK(bells > 0);
}

// Any bytes: nothing breaks, and the echo fits its buffer (or the editor would panic).
static void
test_random_bytes(void)
{
    static const uint8 likely_bytes[] = {0xe4, 0xb8, 0xad, 0xf0, 0x9f, 0x98,
                                         0x80, 0x1b, '[',  'D',  'A',  8};
    size_t most = 0;
    start();
    for (int i = 0; i < 400000; i++) {
        uint8 c = rnd_below(3) ? likely_bytes[rnd_below(sizeof(likely_bytes))] : (uint8)rnd();
        if (i % 2000 < 1200)
            c = c < 0x80 && c != 0x1b && c != '[' && c != 'D' ? 0xb8 : c;
        enum line_event event = lineedit_feed(&e, c);
        CHECK(e.cursor <= e.len && e.len <= LINE_MAX);
        most = e.necho > most ? e.necho : most;
        e.necho = 0;
        if (event == LINE_READY || event == LINE_END)
            lineedit_clear(&e);
    }
    CHECK(most > LINE_MAX);
}

int
main(void)
{
    test_editing();
    test_newlines();
    test_utf8();
    test_events();
    test_history();
    test_completion();
    test_long_lines();
    test_random_keys();
    test_random_bytes();
    return test_done();
}
