// SPDX-License-Identifier: MIT
// printf.c - the formatter behind all kernel messages.
//
// Theory    Characters go into a buffer. snprintf's is the caller's and drops what does not fit;
//           printf's is a short one on the stack that is handed to the sink whenever it is full.
//           Conversions: d i u x X p s c %, with flags 0 and -, width and precision (numbers or *),
//           and length l, ll, z or h. Precision cuts strings. An unknown conversion is printed as
//           it is.
// Promises  a message reaches the sink between one begin() and one end().
// Locks     only the sink's own.
#include "lib/printf.h"

#include "lib/string.h"

#define CHUNK      96
#define MAX_DIGITS 20 // of a 64-bit number in decimal

struct out {
    char *buf;
    size_t size;                   // of buf
    size_t used;                   // of buf
    uint64 total;                  // characters produced, those dropped included
    const struct print_sink *sink; // takes a full buffer; NULL: the rest is dropped
};

struct conversion {
    bool left, zero, is_long;
    size_t width;
    size_t precision; // ~0: none given
};

static const char *(*translator)(const char *fmt); // NULL: messages stay as they are
static const struct print_sink *console;

static void
out_flush(struct out *o)
{
    if (o->sink == NULL || o->used == 0)
        return;
    o->sink->write(o->buf, o->used);
    o->used = 0;
}

static void
out_char(struct out *o, char c)
{
    if (o->used == o->size)
        out_flush(o);
    if (o->used < o->size)
        o->buf[o->used++] = c;
    o->total++;
}

static void
out_repeat(struct out *o, char c, size_t n)
{
    while (n-- > 0)
        out_char(o, c);
}

// Prints `body` after `prefix`, filled up to the width; zeroes stand between the two, blanks
// outside.
static void
out_field(struct out *o, const struct conversion *f, const char *prefix, const char *body, size_t n)
{
    size_t length = strlen(prefix) + n;
    size_t fill = f->width > length ? f->width - length : 0;
    if (!f->left && !f->zero)
        out_repeat(o, ' ', fill);
    while (*prefix != '\0')
        out_char(o, *prefix++);
    if (!f->left && f->zero)
        out_repeat(o, '0', fill);
    for (size_t i = 0; i < n; i++)
        out_char(o, body[i]);
    if (f->left)
        out_repeat(o, ' ', fill);
}

static void
out_number(struct out *o, const struct conversion *f, const char *prefix, uint64 v, uint32 base,
           const char *digits)
{
    char text[MAX_DIGITS];
    size_t at = sizeof text;
    do {
        text[--at] = digits[v % base];
        v /= base;
    } while (v != 0);
    out_field(o, f, prefix, text + at, sizeof text - at);
}

static void
out_string(struct out *o, struct conversion *f, const char *s)
{
    size_t n = 0;
    if (s == NULL)
        s = "(null)";
    while (n < f->precision && s[n] != '\0')
        n++;
    f->zero = false;
    out_field(o, f, "", s, n);
}

static void
out_pointer(struct out *o, struct conversion *f, const void *p)
{
    f->zero = true;
    f->left = false;
    f->width = 18;
    out_number(o, f, "0x", (uint64)p, 16, "0123456789abcdef"); // shown, not followed
}

// Reads a number or a `*` from the format, advancing it.
static size_t
parse_count(const char **fmt, va_list *ap)
{
    size_t n = 0;
    if (**fmt == '*') {
        int v = va_arg(*ap, int);
        (*fmt)++;
        return v > 0 ? (size_t)v : 0;
    }
    for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++)
        n = n * 10 + (size_t)(**fmt - '0');
    return n;
}

// Reads flags, width, precision and length, advancing the format to the conversion letter.
static struct conversion
parse_conversion(const char **fmt, va_list *ap)
{
    struct conversion f = {.precision = ~0UL};
    for (; **fmt == '-' || **fmt == '0'; (*fmt)++) {
        f.left |= **fmt == '-';
        f.zero |= **fmt == '0';
    }
    f.width = parse_count(fmt, ap);
    if (**fmt == '.') {
        (*fmt)++;
        f.precision = parse_count(fmt, ap);
    }
    for (; **fmt == 'l' || **fmt == 'z' || **fmt == 'h'; (*fmt)++)
        f.is_long |= **fmt != 'h'; // shorter integers arrive as int
    return f;
}

// Prints one conversion; false if its letter is unknown.
static bool
out_conversion(struct out *o, struct conversion *f, char letter, va_list *ap)
{
    if (letter == 'd' || letter == 'i') {
        int64 v = f->is_long ? va_arg(*ap, int64) : va_arg(*ap, int);
        // Negating as unsigned is right for the smallest number too.
        out_number(o, f, v < 0 ? "-" : "", v < 0 ? -(uint64)v : (uint64)v, 10, "0123456789");
    } else if (letter == 'u' || letter == 'x' || letter == 'X') {
        uint64 v = f->is_long ? va_arg(*ap, uint64) : va_arg(*ap, uint32);
        out_number(o, f, "", v, letter == 'u' ? 10 : 16,
                   letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef");
    } else if (letter == 'p') {
        out_pointer(o, f, va_arg(*ap, void *));
    } else if (letter == 's') {
        out_string(o, f, va_arg(*ap, const char *));
    } else if (letter == 'c') {
        char c = (char)va_arg(*ap, int);
        f->zero = false;
        out_field(o, f, "", &c, 1);
    } else {
        return false;
    }
    return true;
}

static void
format(struct out *o, const char *fmt, va_list *ap)
{
    for (; *fmt != '\0'; fmt++) {
        if (*fmt != '%') {
            out_char(o, *fmt);
            continue;
        }
        fmt++;
        struct conversion f = parse_conversion(&fmt, ap);
        if (*fmt == '\0')
            return;
        if (out_conversion(o, &f, *fmt, ap))
            continue;
        if (*fmt != '%')
            out_char(o, '%');
        out_char(o, *fmt);
    }
}

// Formats into buf, always terminated when it has room at all. Returns the length of the whole
// text.
int
vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
    struct out o = {.buf = buf, .size = size > 0 ? size - 1 : 0};
    va_list args;
    va_copy(args, ap);
    format(&o, fmt, &args);
    va_end(args);
    if (size > 0)
        buf[o.used] = '\0';
    return (int)o.total;
}

// Formats into buf, which is terminated if size > 0; the rest is dropped.
// Returns   the length of the whole text without its NUL, as if it fitted.
int
snprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(buf, size, fmt, ap);
    va_end(ap);
    return n;
}

// Replaces the sink; a message that is being printed ends in the old one.
void
printf_set_sink(const struct print_sink *sink)
{
    // Pairs with the load in vprintf(): a hart that sees the sink sees its contents.
    __atomic_store_n(&console, sink, __ATOMIC_RELEASE);
}

// Returns   the sink that messages go to now, NULL before the first.
const struct print_sink *
printf_sink(void)
{
    return __atomic_load_n(&console, __ATOMIC_ACQUIRE); // pairs with printf_set_sink()
}

// Prints to the console, whole. Returns the number of characters; without a sink they are lost.
int
vprintf(const char *fmt, va_list ap)
{
    char chunk[CHUNK];
    struct out o = {.buf = chunk, .size = sizeof chunk, .sink = printf_sink()};
    if (o.sink == NULL)
        return 0;
    va_list args;
    va_copy(args, ap);
    o.sink->begin();
    format(&o, fmt, &args);
    out_flush(&o);
    o.sink->end();
    va_end(args);
    return (int)o.total;
}

// Lets printf() print its messages in another language. Called once, before other harts start.
void
printf_set_translator(const char *(*translate)(const char *fmt))
{
    translator = translate;
}

// Prints a message to the console, whole: no other hart's message comes between.
// Returns   the number of characters; without a sink they are lost.
// Locks     the sink's own (RANK_PRINT). Never sleeps.
int
printf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vprintf(translator != NULL ? translator(fmt) : fmt, ap);
    va_end(ap);
    return n;
}
