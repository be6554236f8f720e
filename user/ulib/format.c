// SPDX-License-Identifier: MIT
// format.c - the formatter behind printf().
//
// Theory    %[-][0][width][.precision][l|ll|z|h]conversion with d i u x X o p s c %. Text goes out
//           in pieces, through one function of the caller's.
// Promises  an unknown conversion is printed as it stands and takes no argument; %l before a
//           character that is no conversion prints an unsigned long, as in the first versions of
//           xv6.
#include "ulib/format.h"
#include "user/user.h"

#include <stdbool.h>

struct spec {
    bool left, zero, is_long;
    int width;
    int precision; // -1: none
};

struct out {
    ulib_put *put;
    void *to;
};

static void
pad(struct out *o, char c, int n)
{
    for (; n > 0; n--)
        o->put(o->to, &c, 1);
}

// Returns   the number of columns of s[0..n) on a terminal. In UTF-8 a character is its first byte and those
//           that continue it, 10xxxxxx; one of three bytes or more is East Asian and two columns wide.
int
text_columns(const char *s, int n)
{
    int columns = 0;

    for (int i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        columns += (c & 0xc0) == 0x80 ? 0 : c >= 0xe0 ? 2 : 1;
    }
    return columns;
}

// Puts s[0..n) into its field; zeros for padding go behind the prefix (a sign, 0x).
static void
put_field(struct out *o, const struct spec *sp, const char *prefix, const char *s, int n)
{
    int plen = (int)strlen(prefix);
    int fill = sp->width - plen - text_columns(s, n);

    if (!sp->left && !sp->zero)
        pad(o, ' ', fill);
    o->put(o->to, prefix, (unsigned long)plen);
    if (!sp->left && sp->zero)
        pad(o, '0', fill);
    o->put(o->to, s, (unsigned long)n);
    if (sp->left)
        pad(o, ' ', fill);
}

static void
put_number(struct out *o, const struct spec *sp, const char *prefix, unsigned long x, unsigned base,
           const char *digits)
{
    char buf[24];
    int at = sizeof(buf);

    do {
        buf[--at] = digits[x % base];
    } while ((x /= base) != 0);
    put_field(o, sp, prefix, buf + at, (int)sizeof(buf) - at);
}

static void
put_string(struct out *o, struct spec *sp, const char *s)
{
    int n = 0;

    if (!s)
        s = "(null)";
    while ((sp->precision < 0 || n < sp->precision) && s[n])
        n++;
    sp->zero = false;
    put_field(o, sp, "", s, n);
}

static const char *
parse_digits(const char *f, int *n)
{
    for (*n = 0; *f >= '0' && *f <= '9'; f++)
        if (*n < 100000)
            *n = *n * 10 + *f - '0';
    return f;
}

// Reads flags, width, precision and length.
static const char *
parse_spec(const char *f, struct spec *sp, va_list *ap)
{
    *sp = (struct spec){.precision = -1};
    for (; *f == '-' || *f == '0'; f++) {
        sp->left |= *f == '-';
        sp->zero |= *f == '0';
    }
    if (*f == '*') {
        sp->width = va_arg(*ap, int);
        f++;
    } else {
        f = parse_digits(f, &sp->width);
    }
    if (*f == '.' && f[1] == '*') {
        sp->precision = va_arg(*ap, int);
        f += 2;
    } else if (*f == '.') {
        f = parse_digits(f + 1, &sp->precision);
    }
    for (; *f == 'l' || *f == 'z' || *f == 'h'; f++)
        sp->is_long |= *f != 'h';
    return f;
}

static unsigned long
take_unsigned(const struct spec *sp, va_list *ap)
{
    return sp->is_long ? va_arg(*ap, unsigned long) : va_arg(*ap, unsigned int);
}

static void
put_signed(struct out *o, const struct spec *sp, va_list *ap)
{
    long x = sp->is_long ? va_arg(*ap, long) : va_arg(*ap, int);
    unsigned long magnitude = x < 0 ? -(unsigned long)x : (unsigned long)x;

    put_number(o, sp, x < 0 ? "-" : "", magnitude, 10, "0123456789");
}

// Converts one argument.
// Returns   false when c is no conversion; nothing was printed then.
static bool
put_converted(struct out *o, struct spec *sp, char c, va_list *ap)
{
    static const char lower[] = "0123456789abcdef";
    char ch;

    switch (c) {
    case 'd':
    case 'i':
        put_signed(o, sp, ap);
        return true;
    case 'u':
        put_number(o, sp, "", take_unsigned(sp, ap), 10, lower);
        return true;
    case 'o':
        put_number(o, sp, "", take_unsigned(sp, ap), 8, lower);
        return true;
    case 'x':
        put_number(o, sp, "", take_unsigned(sp, ap), 16, lower);
        return true;
    case 'X':
        put_number(o, sp, "", take_unsigned(sp, ap), 16, "0123456789ABCDEF");
        return true;
    case 'p':
        *sp = (struct spec){.zero = true, .width = 18};
        put_number(o, sp, "0x", va_arg(*ap, unsigned long), 16, lower);
        return true;
    case 's':
        put_string(o, sp, va_arg(*ap, const char *));
        return true;
    case 'c':
        ch = (char)va_arg(*ap, int);
        sp->zero = false;
        put_field(o, sp, "", &ch, 1);
        return true;
    case '%':
        o->put(o->to, "%", 1);
        return true;
    }
    return false;
}

// Converts the directive at f, which is a `%`. Returns the text behind it.
static const char *
put_directive(struct out *o, const char *f, va_list *ap)
{
    struct spec sp;
    const char *conversion = parse_spec(f + 1, &sp, ap);

    if (*conversion && put_converted(o, &sp, *conversion, ap))
        return conversion + 1;
    if (sp.is_long) {
        put_converted(o, &sp, 'u', ap);
        return conversion;
    }
    if (*conversion)
        conversion++;
    o->put(o->to, f, (unsigned long)(conversion - f));
    return conversion;
}

// Formats into a function that takes the text piece by piece.
void
ulib_format(ulib_put *put, void *to, const char *format, va_list ap)
{
    struct out o = {put, to};
    va_list args;
    const char *f = format, *run;

    va_copy(args, ap);
    while (*f) {
        for (run = f; *f && *f != '%'; f++)
            ;
        if (f > run)
            put(to, run, (unsigned long)(f - run));
        if (*f)
            f = put_directive(&o, f, &args);
    }
    va_end(args);
}
