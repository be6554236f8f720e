// SPDX-License-Identifier: MIT
// listing.c - all names in a directory at once. Commands that change the directory, or go deeper,
// read it to the end first, so that one descriptor is enough for any depth.
#include "ulib/listing.h"

#include "ulib/alloc.h"
#include "ulib/file.h"
#include "ulib/sort.h"
#include "ulib/string.h"
#include "user/user.h"

static int
by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void
add(struct listing *l, const char *name)
{
    if (l->n == l->room) {
        l->room = l->room ? 2 * l->room : 64;
        l->v = must_alloc(realloc(l->v, l->room * sizeof(l->v[0])));
    }
    l->v[l->n++] = must_alloc(strdup(name));
}

// Reads a directory; the program ends when there is no memory for its names.
// On error  the list holds the names that could be read.
int
listing_read(struct listing *l, const char *path, bool dots)
{
    char name[DIRSIZ + 1];
    struct dir d;
    int got;

    *l = (struct listing){0};
    if (dir_open(&d, path) < 0)
        return -1;
    if (dots) {
        add(l, ".");
        add(l, "..");
    }
    while ((got = dir_next(&d, name)) > 0)
        add(l, name);
    dir_close(&d);
    sort_pointers((void **)l->v, l->n, by_name);
    return got;
}

void
listing_free(struct listing *l)
{
    unsigned long i;

    for (i = 0; i < l->n; i++)
        free(l->v[i]);
    free(l->v);
}
