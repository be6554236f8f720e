// SPDX-License-Identifier: MIT
// out.c - buffered standard output.
#include "ulib/out.h"

#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/format.h"
#include "user/user.h"

static char buf[2048];
static unsigned long used;
static bool failed;
static int error;    // errno of the failed write
static bool by_line; // output is a device: flush after each line
static bool known;   // by_line is set

static void
flush(void)
{
    if (used && !failed && write_all(1, buf, used) < 0) {
        failed = true;
        error = errno();
    }
    used = 0;
}

static void
look(void)
{
    struct stat st;

    by_line = fstat(1, &st) == 0 && st.type == T_DEVICE;
    known = true;
}

void
out_char(char c)
{
    if (!known)
        look();
    buf[used++] = c;
    if (used == sizeof(buf) || (c == '\n' && by_line))
        flush();
}

void
out_put(const char *s, unsigned long n)
{
    while (n--)
        out_char(*s++);
}

void
out_str(const char *s)
{
    while (*s)
        out_char(*s++);
}

// Puts a name unchanged; to a device control characters, which a terminal would obey, go as \ooo.
// Returns   the number of characters put.
int
out_name(const char *name)
{
    int n = 0;

    if (!known)
        look();
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        if (by_line && (c < ' ' || c == 0x7f)) {
            char octal[] = {'\\', (char)('0' + c / 64), (char)('0' + c / 8 % 8),
                            (char)('0' + c % 8)};
            out_put(octal, sizeof(octal));
            n += (int)sizeof(octal);
        } else {
            out_char(*name);
            n++;
        }
    }
    return n;
}

static void
put_out(void *to, const char *s, unsigned long n)
{
    (void)to;
    out_put(s, n);
}

void
out_printf(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    ulib_format(put_out, 0, format, ap);
    va_end(ap);
}

int
out_failed(void)
{
    return failed;
}

int
out_done(const char *cmd, int status)
{
    flush();
    return failed ? fail_write(cmd, error) : status;
}
