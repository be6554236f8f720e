// SPDX-License-Identifier: MIT
// lineedit.c - editing a line: bytes from a keyboard in, finished lines and echo out.
//
// Theory    The screen shows the line from wherever the cursor stood when it began. Only backspaces
//           and printing move the cursor, so the editor needs to know neither the terminal nor the
//           prompt; a line is expected to fit on its row. Every change is one deletion or one
//           insertion at the cursor, and each repaints the rest of the line.
// Promises  No byte at the end of a line is lost: a line that is full is handed over in pieces.
//           Each printable character takes the columns that it is counted as: a tab shows as one
//           blank and a byte that is not UTF-8 as a question mark.
// Locks     none: the owner serialises calls.
// Next      dev/console/console.c
#include "dev/console/lineedit.h"

#include "lib/panic.h"
#include "lib/string.h"
#include "lib/utf8.h"

#define CTRL(c) ((c) - '@')
#define DEL     0x7f
#define ESC     0x1b

static void
echo_bytes(struct lineedit *e, const char *s, size_t n)
{
    assert(n <= sizeof(e->echo) - e->necho);
    memcpy(e->echo + e->necho, s, n);
    e->necho += n;
}

static void
put_times(struct lineedit *e, char c, uint32 times)
{
    while (times-- > 0)
        echo_bytes(e, &c, 1);
}

static uint32
columns(const struct lineedit *e, size_t from, size_t to)
{
    return utf8_columns(e->line + from, to - from);
}

// Prints line[from .. to).
static void
show(struct lineedit *e, size_t from, size_t to)
{
    while (from < to) {
        const char *s = e->line + from;
        size_t len = utf8_next(s, to - from);
        if (utf8_printable(s, len))
            echo_bytes(e, s, len);
        else
            put_times(e, *s == '\t' ? ' ' : '?', columns(e, from, from + len));
        from += len;
    }
}

static void
move_to(struct lineedit *e, size_t pos)
{
    if (pos < e->cursor)
        put_times(e, '\b', columns(e, pos, e->cursor));
    else
        show(e, e->cursor, pos);
    e->cursor = pos;
}

// Removes line[from .. to), which contains or touches the cursor, and leaves the cursor there.
static void delete (struct lineedit *e, size_t from, size_t to)
{
    uint32 before = columns(e, from, e->len);
    move_to(e, from);
    memmove(e->line + from, e->line + to, e->len - to);
    e->len -= to - from;
    show(e, from, e->len);
    uint32 after = columns(e, from, e->len); // larger than before if a character was divided
    put_times(e, ' ', after < before ? before - after : 0);
    put_times(e, '\b', after < before ? before : after);
}

// Inserts n bytes at the cursor; they fit.
static void
insert_at_cursor(struct lineedit *e, const char *s, size_t n)
{
    size_t at = e->cursor;
    memmove(e->line + at + n, e->line + at, e->len - at);
    memcpy(e->line + at, s, n);
    e->len += n;
    e->cursor += n;
    show(e, at, e->len);
    put_times(e, '\b', columns(e, e->cursor, e->len));
}

// Start of the word before the cursor.
static size_t
word_start(const struct lineedit *e)
{
    size_t pos = e->cursor;
    while (pos > 0 && e->line[pos - 1] == ' ')
        pos--;
    while (pos > 0 && e->line[pos - 1] != ' ')
        pos--;
    return pos;
}

static size_t
left_of(const struct lineedit *e)
{
    return e->cursor > 0 ? e->cursor - utf8_prev(e->line, e->cursor) : 0;
}

static size_t
right_of(const struct lineedit *e)
{
    size_t rest = e->len - e->cursor;
    return rest > 0 ? e->cursor + utf8_next(e->line + e->cursor, rest) : e->cursor;
}

static void
replace(struct lineedit *e, const char *s, size_t n)
{
    delete (e, 0, e->len);
    insert_at_cursor(e, s, n);
}

// Shows the line stored `ago` lines ago, or the new one for 0; keeps the new one meanwhile.
static void
browse(struct lineedit *e, uint32 ago)
{
    size_t n;
    const char *old = lineedit_history(e, ago, &n);
    if (ago > 0 && !old)
        return;
    if (e->browsing == 0) {
        memcpy(e->draft, e->line, e->len);
        e->draft_len = e->len;
    }
    e->browsing = ago;
    if (ago == 0)
        replace(e, e->draft, e->draft_len);
    else
        replace(e, old, n);
}

// Stores the line in the history, unless it is empty or the same as the last one.
static void
remember(struct lineedit *e)
{
    uint32 last = (e->stored - 1) % LINE_HISTORY, slot = e->stored % LINE_HISTORY;
    if (e->len == 0)
        return;
    if (e->stored > 0 && e->history_len[last] == e->len &&
        memcmp(e->history[last], e->line, e->len) == 0)
        return;
    memcpy(e->history[slot], e->line, e->len);
    e->history_len[slot] = e->len;
    e->stored++;
}

static enum line_event
end_line(struct lineedit *e)
{
    remember(e);
    move_to(e, e->len);
    e->line[e->len++] = '\n';
    echo_bytes(e, "\n", 1);
    return LINE_READY;
}

// Acts on a finished escape sequence, by its last byte.
static void
escape_key(struct lineedit *e, uint8 c)
{
    if (c == '~' && (e->number == 1 || e->number == 7))
        c = 'H';
    else if (c == '~' && (e->number == 4 || e->number == 8))
        c = 'F';
    if (c == 'A')
        browse(e, e->browsing + 1);
    else if (c == 'B' && e->browsing > 0)
        browse(e, e->browsing - 1);
    else if (c == 'C')
        move_to(e, right_of(e));
    else if (c == 'D')
        move_to(e, left_of(e));
    else if (c == 'H')
        move_to(e, 0);
    else if (c == 'F')
        move_to(e, e->len);
    else if (c == '~' && e->number == 3)
        delete (e, e->cursor, right_of(e));
}

// Takes one byte of an escape sequence: ESC [ parameters letter, or ESC O letter.
static void
feed_escape(struct lineedit *e, uint8 c)
{
    if (e->escape == ESC_START) {
        e->escape = c == '['   ? ESC_BRACKET
                    : c == 'O' ? ESC_LETTER
                    : c == ESC ? ESC_START
                               : ESC_NONE;
        e->number = 0;
        e->first = true;
    } else if (e->escape == ESC_BRACKET && c >= 0x20 && c < 0x40) {
        e->first = e->first && c >= '0' && c <= '9';
        if (e->first)
            e->number = (e->number * 10 + (c - '0')) % 1000;
    } else {
        e->escape = ESC_NONE;
        escape_key(e, c);
    }
}

// Inserts the bytes of a character that have been gathered; rings the bell when they do not fit.
static void
flush_partial(struct lineedit *e)
{
    if (e->npartial > LINE_MAX - 1 - e->len)
        echo_bytes(e, "\a", 1);
    else if (e->npartial > 0)
        insert_at_cursor(e, e->partial, e->npartial);
    e->npartial = 0;
}

// Gathers the bytes of a character, so that it goes in whole.
static void
feed_text(struct lineedit *e, uint8 c)
{
    if (!utf8_continues(c))
        flush_partial(e);
    e->partial[e->npartial++] = (char)c;
    if (e->npartial == utf8_promised((uint8)e->partial[0]))
        flush_partial(e);
}

static enum line_event
feed_control(struct lineedit *e, uint8 c)
{
    switch (c) {
    case '\n':
    case '\r':
        return end_line(e);
    case CTRL('D'):
        move_to(e, e->len);
        return LINE_END;
    case CTRL('C'):
        move_to(e, e->len);
        echo_bytes(e, "^C\n", 3);
        lineedit_clear(e);
        return LINE_INTERRUPT;
    case CTRL('Z'):
        e->key = (char)c;
        return LINE_KEY;
    case CTRL('H'):
    case DEL:
        delete (e, left_of(e), e->cursor);
        break;
    case CTRL('U'):
        delete (e, 0, e->len);
        break;
    case CTRL('W'):
        delete (e, word_start(e), e->cursor);
        break;
    case CTRL('K'):
        delete (e, e->cursor, e->len);
        break;
    case CTRL('A'):
        move_to(e, 0);
        break;
    case CTRL('E'):
        move_to(e, e->len);
        break;
    case ESC:
        e->escape = ESC_START;
        break;
    }
    return LINE_MORE;
}

// Starts a new line.
void
lineedit_clear(struct lineedit *e)
{
    e->len = e->cursor = 0;
    e->browsing = 0;
}

// Returns whether the cursor is at the end of a line that may not have room for another character.
static bool
full(const struct lineedit *e)
{
    return e->cursor == e->len && e->len + sizeof(e->partial) >= LINE_MAX;
}

// Prints the line again, where the terminal's cursor is at the start of a row.
void
lineedit_redraw(struct lineedit *e)
{
    show(e, 0, e->len);
    put_times(e, '\b', columns(e, e->cursor, e->len));
}

// Inserts text at the cursor, as if it had been typed; rings the bell when it does not fit.
void
lineedit_insert(struct lineedit *e, const char *s, size_t n)
{
    if (n + sizeof(e->partial) > LINE_MAX - 1 - e->len)
        echo_bytes(e, "\a", 1);
    else
        insert_at_cursor(e, s, n);
}

// Finds the line that was stored `ago` lines ago; 1 is the last one.
// Returns   its text without a newline, whose length goes to *n; NULL: it is not kept.
const char *
lineedit_history(const struct lineedit *e, uint32 ago, size_t *n)
{
    if (ago == 0 || ago > e->stored || ago > LINE_HISTORY)
        return NULL;
    uint32 slot = (e->stored - ago) % LINE_HISTORY;
    *n = e->history_len[slot];
    return e->history[slot];
}

static enum line_event
feed(struct lineedit *e, uint8 c)
{
    if (e->escape != ESC_NONE && (c >= 0x20 || c == ESC)) {
        feed_escape(e, c);
        return LINE_MORE;
    }
    e->escape = ESC_NONE;
    if (c == '\t' && e->complete) {
        flush_partial(e);
        return LINE_TAB;
    }
    if (c == '\t' || (c >= 0x20 && c != DEL)) {
        feed_text(e, c);
        return LINE_MORE;
    }
    flush_partial(e);
    return feed_control(e, c);
}

// Takes one byte from the keyboard. The echo buffer must be empty; after LINE_READY and LINE_END
// the line must be, too.
// Returns   what the owner has to do: enum line_event.
enum line_event
lineedit_feed(struct lineedit *e, uint8 c)
{
    bool after_cr = e->after_cr;
    e->after_cr = c == '\r';
    if (c == '\n' && after_cr)
        return LINE_MORE;
    if (c == CTRL('P')) { // changes nothing, not even half a character
        e->key = (char)c;
        return LINE_KEY;
    }
    enum line_event event = feed(e, c);
    return event == LINE_MORE && full(e) ? LINE_READY : event;
}
