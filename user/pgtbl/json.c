// SPDX-License-Identifier: MIT
// json.c - a writer of JSON: objects, lists, values. Numbers of 64 bits are strings, "0x...", since readers
// keep no more than 53 bits of a number.
//
// Promises  An object that is begun and ended is one JSON text on a line of its own, in ASCII.
#include "json.h"

#include "pgtbl.h"

#include "ulib/format.h"
#include "ulib/out.h"

static bool first = true; // nothing stands before the next value in its object or list
static int depth;

// Puts a string; bytes that are no printable ASCII become \u00XX.
static void
put_string(const char *s)
{
    out_char('"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < ' ' || c > '~' || c == '"' || c == '\\')
            out_printf("\\u%04x", c);
        else
            out_char(*s);
    }
    out_char('"');
}

// Puts the text before a value: a comma, and the key, which is 0 in a list.
static void
put_key(const char *key)
{
    if (!first)
        out_char(',');
    first = false;
    if (key) {
        put_string(key);
        out_char(':');
    }
}

void
json_begin(const char *key, char bracket)
{
    put_key(key);
    out_char(bracket);
    first = true;
    depth++;
}

void
json_end(char bracket)
{
    out_char(bracket);
    first = false;
    if (--depth == 0) {
        out_char('\n');
        first = true;
    }
}

void
json_text(const char *key, const char *value)
{
    put_key(key);
    put_string(value);
}

void
json_hex(const char *key, unsigned long value)
{
    put_key(key);
    out_printf("\"0x%lx\"", value);
}

void
json_number(const char *key, unsigned long value)
{
    put_key(key);
    out_printf("%lu", value);
}

void
json_bool(const char *key, bool value)
{
    put_key(key);
    out_str(value ? "true" : "false");
}

void
json_null(const char *key)
{
    put_key(key);
    out_str("null");
}

void
json_flags(const char *key, unsigned long all, unsigned long any)
{
    char text[TEXT];

    json_text(key, flags_of_many(all, any, text));
}

// The rights that a region gives, as "r-x".
void
json_prot(const char *key, int prot)
{
    char text[4] = {prot & 1 ? 'r' : '-', prot & 2 ? 'w' : '-', prot & 4 ? 'x' : '-', 0};

    json_text(key, text);
}
