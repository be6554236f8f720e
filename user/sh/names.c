// SPDX-License-Identifier: MIT
// names.c - the file names that match a pattern.
//
// Theory    A pattern is taken component by component. The names that match one component are
//           collected before the walk goes deeper, so that only one directory is open at a time.
#include "names.h"

#include "pool.h"
#include "ulib/file.h"
#include "ulib/match.h"
#include "ulib/sort.h"
#include "user/user.h"

#include "abi/fcntl.h"

static bool walk(struct names *list, const char *done, const char *pattern);

bool
names_init(struct names *list)
{
    list->n = 0;
    list->room = 16;
    list->v = pool_get((unsigned long)list->room * sizeof(char *));
    return list->v != 0;
}

bool
names_add(struct names *list, const char *s)
{
    char **v;

    if (list->n + 1 == list->room) {
        v = pool_get(2 * (unsigned long)list->room * sizeof(char *));
        if (!v)
            return false;
        memmove(v, list->v, (unsigned long)list->n * sizeof(char *));
        list->v = v;
        list->room *= 2;
    }
    list->v[list->n++] = (char *)s;
    list->v[list->n] = 0;
    return true;
}

static bool
exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

// Continues with the rest of the pattern below a name that matches one component.
static bool
enter(struct names *list, const char *done, const char *name, const char *rest)
{
    char path[MAXPATH];
    unsigned long n;
    const char *s;

    if (path_join(path, done, name) < 0)
        return true;
    n = strlen(path);
    if (!*rest) {
        s = exists(path) ? pool_string(path, n) : 0;
        return !s || names_add(list, s);
    }
    while (*rest == '/' && n + 1 < MAXPATH) {
        path[n++] = '/';
        path[n] = 0;
        rest++;
    }
    return !is_dir(path) || walk(list, path, rest);
}

// Collects the names in a directory that match a component; hidden names only if the component
// begins with a dot.
static bool
collect(struct names *found, const char *done, const char *component)
{
    static struct dir d;
    char name[DIRSIZ + 1], *s;
    bool ok = names_init(found);

    if (!ok || dir_open(&d, *done ? done : ".") < 0)
        return ok;
    while (ok && dir_next(&d, name) > 0) {
        if ((name[0] == '.') != (component[0] == '.') || !glob_match(component, name))
            continue;
        s = pool_string(name, strlen(name));
        ok = s && names_add(found, s);
    }
    dir_close(&d);
    return ok;
}

// Matches the rest of a pattern below the path `done`.
static bool
walk(struct names *list, const char *done, const char *pattern)
{
    const char *end = strchr(pattern, '/');
    unsigned long n = end ? (unsigned long)(end - pattern) : strlen(pattern);
    const char *component = pool_string(pattern, n);
    struct names found;
    bool ok = true;
    int i;

    if (!component)
        return false;
    if (!glob_special(component) && !strchr(component, '\\'))
        return enter(list, done, component, pattern + n);
    if (!collect(&found, done, component))
        return false;
    for (i = 0; i < found.n && ok; i++)
        ok = enter(list, done, found.v[i], pattern + n);
    return ok;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

bool
names_match(struct names *list, const char *pattern)
{
    int before = list->n;

    if (!walk(list, "", pattern))
        return false;
    sort_pointers((void **)(list->v + before), (unsigned long)(list->n - before), by_name);
    return true;
}
