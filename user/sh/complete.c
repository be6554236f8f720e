// SPDX-License-Identifier: MIT
// complete.c - completion of the typed word: command names at the beginning of a command, else file
// names.
//
// Theory    The word before the cursor begins behind the last unquoted blank or at an open quote;
//           backslashes are removed. The longest common prefix of all names that begin with the
//           word is inserted. If it adds nothing and there are several names, they are printed.
#include "complete.h"

#include "builtin.h"
#include "names.h"
#include "pool.h"
#include "ulib/file.h"
#include "ulib/run.h"
#include "ulib/sort.h"
#include "ulib/string.h"
#include "ulib/tr.h"
#include "user/user.h"

#define ROW   78  // columns that a list of names may use
#define LIMIT 200 // names that are printed

struct target {
    char word[MAXPATH]; // without quotes and backslashes
    const char *part;   // the part behind its last slash
    char quote;         // the quote at its beginning, or 0
    bool command;       // it is the first word of a command
};

// Parses the word that ends at the cursor.
// Returns   false when it is too long to be a name.
static bool
find_word(struct target *t, const char *line, unsigned long n)
{
    unsigned long i, len = 0;

    *t = (struct target){.command = true};
    for (i = 0; i < n; i++) {
        char c = line[i];
        if (c == '\\' && i + 1 < n && t->quote != '\'') {
            c = line[++i];
        } else if (t->quote && c == t->quote) {
            t->quote = 0;
            continue;
        } else if (!t->quote && (c == '"' || c == '\'')) {
            t->quote = c;
            continue;
        } else if (!t->quote && (isspace(c) || strchr("|&;()<>", c))) {
            t->command = strchr("|&;(", c) || (isspace(c) && t->command &&
                                               (len == 0 || (len == 1 && t->word[0] == '!')));
            len = 0;
            continue;
        }
        if (len + 1 == sizeof(t->word))
            return false;
        t->word[len++] = c;
    }
    t->word[len] = 0;
    t->part = strrchr(t->word, '/');
    t->part = t->part ? t->part + 1 : t->word;
    t->command &= t->part == t->word;
    return true;
}

static bool
known(const struct names *list, const char *name)
{
    int i;

    for (i = 0; i < list->n; i++)
        if (strcmp(list->v[i], name) == 0)
            return true;
    return false;
}

// Adds a name if it begins with the word and is new.
static bool
offer(struct names *list, const struct target *t, const char *name)
{
    const char *s;

    if (strncmp(name, t->part, strlen(t->part)) != 0 || known(list, name) ||
        (name[0] == '.' && t->part[0] != '.'))
        return true;
    s = pool_string(name, strlen(name));
    return s && names_add(list, s);
}

// Offers the names in a directory; none if it cannot be read.
static bool
offer_dir(struct names *list, const struct target *t, const char *path)
{
    static struct dir d;
    char name[DIRSIZ + 1];
    bool ok = true;

    if (dir_open(&d, path) < 0)
        return true;
    while (ok && dir_next(&d, name) > 0)
        ok = offer(list, t, name);
    dir_close(&d);
    return ok;
}

// Puts the directory part of the word and a name together.
// Returns   false when they are too long.
static bool
beside(char path[MAXPATH], const struct target *t, const char *name)
{
    unsigned long n = (unsigned long)(t->part - t->word);

    memmove(path, t->word, n);
    if (n + strlen(name) >= MAXPATH)
        return false;
    strcpy(path + n, name);
    return true;
}

// Collects the names that begin with the word.
static bool
collect(struct names *list, const struct target *t)
{
    char path[MAXPATH];
    const char *name;
    bool ok = names_init(list) && beside(path, t, "") && offer_dir(list, t, *path ? path : ".");
    int i;

    for (i = 0; ok && t->command && command_dirs[i]; i++)
        ok = offer_dir(list, t, command_dirs[i]);
    for (i = 0; ok && t->command && (name = builtin_name(i)); i++)
        ok = offer(list, t, name);
    return ok;
}

// The number of characters in which all names agree.
static unsigned long
common(const struct names *list)
{
    unsigned long n = strlen(list->v[0]);
    int i;

    for (i = 1; i < list->n; i++)
        while (strncmp(list->v[0], list->v[i], n) != 0)
            n--;
    return n;
}

// Writes part of a name quoted for the shell: with backslashes, or for the open quote.
static unsigned long
quote_name(char *to, const struct target *t, const char *s, unsigned long n)
{
    unsigned long i, len = 0;

    for (i = 0; i < n; i++) {
        if (!t->quote && strchr(" \t\\|&;()<>'\"*?[$#!", s[i]))
            to[len++] = '\\';
        to[len++] = s[i];
    }
    return len;
}

// Returns whether the name is a directory's: a slash is added then instead of a blank.
static bool
is_beside_dir(const struct target *t, const char *name)
{
    char path[MAXPATH];

    return beside(path, t, name) && is_dir(path);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

// Prints the names in columns below the line.
static void
print_names(struct names *list)
{
    int i, row, rows, width = 1, n = list->n < LIMIT ? list->n : LIMIT;

    sort_pointers((void **)list->v, (unsigned long)list->n, by_name);
    for (i = 0; i < n; i++)
        width = (int)strlen(list->v[i]) + 2 > width ? (int)strlen(list->v[i]) + 2 : width;
    rows = width > ROW ? n : (n - 1) / (ROW / width) + 1;
    fprintf(2, "\n");
    for (row = 0; row < rows; row++)
        for (i = row; i < n; i += rows)
            fprintf(2, "%-*s%s", i + rows < n ? width : 0, list->v[i], i + rows < n ? "" : "\n");
    if (n < list->n)
        fprintf(2, tr("... and %d more\n"), list->n - n);
}

// Completes the word that ends at the cursor; the names stay in the pool until the line has run.
const char *
complete(const char *line, unsigned long n)
{
    static char text[2 * MAXPATH + 4];
    unsigned long typed, len;
    struct target t;
    struct names list;

    text[0] = 0;
    if (!find_word(&t, line, n) || !collect(&list, &t) || list.n == 0) {
        write(2, "\a", 1);
        return text;
    }
    typed = strlen(t.part);
    len = quote_name(text, &t, list.v[0] + typed, common(&list) - typed);
    if (list.n == 1) {
        bool directory = is_beside_dir(&t, list.v[0]);
        if (t.quote && !directory)
            text[len++] = t.quote;
        text[len++] = directory ? '/' : ' ';
    }
    text[len] = 0;
    if (len > 0)
        return text;
    print_names(&list);
    return 0;
}
