// SPDX-License-Identifier: MIT
// fsmodel.c - see fsmodel.h.
#include "fsmodel.h"

#include "abi/errno.h"
#include "test.h"

struct node nodes[NODES];
static const char *names[] = {"a",
                              "b",
                              "c",
                              "dd",
                              "eee",
                              "a-long-name-he",
                              "a-long-name-here",
                              "a-long-name-him",
                              "x1",
                              "x2",
                              "x3",
                              "x4",
                              "x5",
                              "x6",
                              "x7",
                              "x8",
                              "x9",
                              "y1",
                              "y2",
                              "y3",
                              "medium-name",
                              "medium-name2",
                              "q",
                              "r",
                              "s",
                              "t",
                              ".",
                              ".."};

int
lookup(int dir, const char *name)
{
    char cut[DIRSIZ + 1];
    snprintf(cut, sizeof cut, "%s", name);
    if (strcmp(cut, ".") == 0)
        return dir;
    if (strcmp(cut, "..") == 0)
        return nodes[dir].parent;
    for (int i = 0; i < ENTRIES; i++)
        if (strcmp(nodes[dir].e[i].name, cut) == 0)
            return nodes[dir].e[i].node;
    return -1;
}

struct entry *
slot(int dir, const char *name)
{
    char cut[DIRSIZ + 1];
    snprintf(cut, sizeof cut, "%s", name);
    for (int i = 0; i < ENTRIES; i++)
        if (strcmp(nodes[dir].e[i].name, cut) == 0)
            return &nodes[dir].e[i];
    return NULL;
}

void
enter(int dir, const char *name, int node)
{
    struct entry *e = slot(dir, "");
    CHECK(e != NULL);
    snprintf(e->name, sizeof e->name, "%s", name);
    e->node = node;
}

bool
dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

bool
is_empty(int dir)
{
    for (int i = 0; i < ENTRIES; i++)
        if (nodes[dir].e[i].name[0])
            return false;
    return true;
}

bool
is_below(int dir, int above)
{
    for (; dir != above; dir = nodes[dir].parent)
        if (dir == 0)
            return false;
    return true;
}

int
new_node(int type, int parent)
{
    int i = 1;
    while (i < NODES && nodes[i].type)
        i++;
    if (i == NODES)
        return -1;
    nodes[i] = (struct node){.type = type, .parent = parent, .depth = nodes[parent].depth + 1};
    nodes[i].nlink = type == T_DIR ? 2 : 1;
    return i;
}

void
drop_node(int n)
{
    if (nodes[n].nlink > 0 || nodes[n].opened)
        return;
    free(nodes[n].data);
    nodes[n] = (struct node){0};
}

int
random_dir(void)
{
    for (;;) {
        int n = (int)rnd_below(NODES);
        if (nodes[n].type == T_DIR && nodes[n].nlink > 0)
            return n;
    }
}

const char *
random_name(void)
{
    return names[rnd_below(NELEM(names))];
}

// The path of an entry of a directory; in two static buffers in turn.
const char *
path_of(int dir, const char *name)
{
    static char paths[2][200];
    static int turn;
    char *p = paths[turn ^= 1], rest[200];
    snprintf(p, 200, "%s", name);
    while (dir != 0) {
        int up = nodes[dir].parent;
        for (int i = 0; i < ENTRIES; i++) {
            if (nodes[up].e[i].name[0] && nodes[up].e[i].node == dir) {
                snprintf(rest, sizeof rest, "%s", p);
                snprintf(p, 200, "%s/%.150s", nodes[up].e[i].name, rest);
            }
        }
        dir = up;
    }
    return p;
}

int
random_file(int *dir, const char **name)
{
    for (int i = 0; i < 40; i++) {
        *dir = random_dir();
        *name = random_name();
        int n = lookup(*dir, *name);
        if (n >= 0 && nodes[n].type == T_FILE)
            return n;
    }
    return -1;
}

void
set_depth(int dir, int depth)
{
    nodes[dir].depth = depth;
    for (int i = 0; nodes[dir].type == T_DIR && i < ENTRIES; i++)
        if (nodes[dir].e[i].name[0])
            set_depth(nodes[dir].e[i].node, depth + 1);
}

long
rename_expected(int d1, int d2, int s, int t)
{
    bool sdir = nodes[s].type == T_DIR;
    if (s == t)
        return 0;
    if (sdir && is_below(d2, s))
        return -EINVAL;
    if (t < 0)
        return 0;
    if (nodes[t].type != T_DIR)
        return sdir ? -ENOTDIR : 0;
    if (!sdir)
        return -EISDIR;
    return is_below(d1, t) || !is_empty(t) ? -ENOTEMPTY : 0;
}

void
apply_write(int n, uint64 off, const void *data, size_t len)
{
    if (off + len > nodes[n].size) {
        nodes[n].data = realloc(nodes[n].data, off + len);
        nodes[n].size = off + len;
    }
    memcpy(nodes[n].data + off, data, len);
}
