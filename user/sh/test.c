// SPDX-License-Identifier: MIT
// test.c - conditions about files, texts and numbers: [!] TEXT, -n -z TEXT, -e -f -d -c -s FILE,
// TEXT = != TEXT, NUMBER -eq -ne -lt -le -gt -ge NUMBER.
#include "test.h"

#include "ulib/cmd.h"
#include "user/user.h"

#include "abi/stat.h"

#define TRUE     0
#define FALSE    1
#define NO_SENSE 2

static int
truth(bool b)
{
    return b ? TRUE : FALSE;
}

static int
no_sense(const char *what)
{
    fail_text("test", what, "no such condition");
    return NO_SENSE;
}

static int
about_file(char letter, const char *path)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return FALSE;
    switch (letter) {
    case 'f':
        return truth(st.type == T_FILE);
    case 'd':
        return truth(st.type == T_DIR);
    case 'c':
        return truth(st.type == T_DEVICE);
    case 's':
        return truth(st.size > 0);
    }
    return TRUE;
}

// A condition of two words: an operator and its operand.
static int
unary(const char *op, const char *what)
{
    if (op[0] != '-' || !op[1] || op[2])
        return no_sense(op);
    if (op[1] == 'n' || op[1] == 'z')
        return truth((op[1] == 'n') == (*what != 0));
    return strchr("efdcs", op[1]) ? about_file(op[1], what) : no_sense(op);
}

static int
about_numbers(long a, const char *op, long b)
{
    static const char names[] = "eq ne lt le gt ge ";
    const bool results[] = {a == b, a != b, a<b, a <= b, a> b, a >= b};
    unsigned long i;

    for (i = 0; i < sizeof(results); i++)
        if (memcmp(op + 1, names + 3 * i, 2) == 0)
            return truth(results[i]);
    return no_sense(op);
}

static int
binary(const char *a, const char *op, const char *b)
{
    long x, y;

    if (strcmp(op, "=") == 0)
        return truth(strcmp(a, b) == 0);
    if (strcmp(op, "!=") == 0)
        return truth(strcmp(a, b) != 0);
    if (op[0] != '-' || strlen(op) != 3)
        return no_sense(op);
    if (!number(a, &x) || !number(b, &y))
        return fail_text("test", number(a, &x) ? b : a, "not a number") + 1;
    return about_numbers(x, op, y);
}

static int
condition(int n, char **word)
{
    switch (n) {
    case 0:
        return FALSE;
    case 1:
        return truth(*word[0] != 0);
    case 2:
        return unary(word[0], word[1]);
    case 3:
        return binary(word[0], word[1], word[2]);
    }
    return no_sense(word[3]);
}

int
test(char **argv)
{
    bool bracket = strcmp(argv[0], "[") == 0, negated;
    int n, result;

    for (n = 1; argv[n]; n++)
        ;
    if (bracket && strcmp(argv[--n], "]") != 0)
        return misused("[ condition ]");
    negated = n > 1 && strcmp(argv[1], "!") == 0;
    result = condition(n - 1 - negated, argv + 1 + negated);
    return negated && result != NO_SENSE ? !result : result;
}
