// SPDX-License-Identifier: MIT
// crashmodel.c - see crashmodel.h.
#include "crashmodel.h"

#include "fsworld.h"
#include "test.h"

#define STATES 4000

struct cm_state cm;
uint32 cm_count;

static struct cm_state *states[STATES];
static uint32 stamps, ids;
static char why[200];
static uint8 page[CM_SECTORS * 512];

void
cm_start(void)
{
    for (uint32 i = 0; i < cm_count; i++)
        free(states[i]);
    cm_count = 0;
    cm = (struct cm_state){0};
    cm.nodes[0] = (struct cm_node){.type = T_DIR, .nlink = 3};
    cm_note();
}

void
cm_note(void)
{
    CHECK(cm_count < STATES);
    for (int i = 1; i < CM_NODES; i++)
        if (cm.nodes[i].type && !cm.nodes[i].id)
            cm.nodes[i].id = ++ids;
    states[cm_count] = malloc(sizeof cm);
    *states[cm_count++] = cm;
}

uint32
cm_stamp(void)
{
    return ++stamps;
}

void
cm_fill(void *buf, uint32 stamp, uint32 sector, uint32 n)
{
    for (uint32 i = 0; i < n; i++) {
        uint32 *w = (uint32 *)((char *)buf + 512 * i);
        for (uint32 k = 0; k < 128; k++)
            w[k] = stamp;
        w[127] = sector + i;
        if (stamp % 5 == 0)
            w[0] = 0x98393bc0; // looks like a head of the journal
    }
}

static const char *
path_in(const struct cm_state *s, int dir, const char *name)
{
    static char paths[4][100];
    static int turn;
    char *p = paths[turn++ % 4], rest[100];
    snprintf(p, 100, "%s", name);
    for (int i = 0; dir && i < CM_NAMES; i++) {
        if (s->names[i].node != dir)
            continue;
        snprintf(rest, sizeof rest, "%.60s", p);
        snprintf(p, 100, "%.11s/%.80s", s->names[i].name, rest);
        dir = s->names[i].dir;
        i = -1;
    }
    return p;
}

const char *
cm_path(int dir, const char *name)
{
    return path_in(&cm, dir, name);
}

int
cm_find(int dir, const char *name)
{
    for (int i = 0; i < CM_NAMES; i++)
        if (cm.names[i].node && cm.names[i].dir == dir && strcmp(cm.names[i].name, name) == 0)
            return i;
    return -1;
}

const char *
cm_why(void)
{
    return why;
}

// The files as the disk shows them.
static struct seen {
    char path[64];
    uint32 ino, type, nlink, size;
    uint32 stamp[CM_SECTORS];
} seen[CM_NAMES];
static int nseen;

static uint32
sector_stamp(const uint8 *data, uint32 sector)
{
    uint8 want[512];
    uint32 stamp = ((const uint32 *)data)[1];
    if (stamp == 0) {
        memset(want, 0, 512);
        return memcmp(want, data, 512) == 0 ? 0 : ~0U;
    }
    cm_fill(want, stamp, sector, 1);
    return memcmp(want, data, 512) == 0 ? stamp : ~0U;
}

static bool
failed(const char *path, const char *what, int64 error)
{
    snprintf(why, sizeof why, "%s: %s gives %ld", path, what, error);
    return false;
}

static bool
look_at(const char *path)
{
    struct stat st;
    struct seen *s = &seen[nseen];
    int error = w_stat(path, &st);
    if (error)
        return failed(path, "stat", error);
    snprintf(s->path, sizeof s->path, "%s", path);
    s->ino = st.ino;
    s->type = (uint32)st.type;
    s->nlink = (uint32)st.nlink;
    s->size = st.type == T_FILE ? (uint32)st.size : 0;
    if (st.type != T_FILE || st.size > sizeof page || st.size % 512)
        return true;
    int64 n = w_read(path, page, 0, sizeof page);
    if (n != (int64)st.size)
        return failed(path, "read", n);
    for (uint32 i = 0; i < st.size / 512; i++)
        s->stamp[i] = sector_stamp(page + i * 512, i);
    return true;
}

static bool
walk(const char *dir)
{
    static struct dirent d[4][700];
    static int depth;
    int64 n = w_read(*dir ? dir : "/", d[depth], 0, sizeof d[0]);
    bool good = n > 0 || failed(dir, "read", n);
    for (int64 i = 0; i < n / 16 && good; i++) {
        char path[64], name[DIRSIZ + 1] = {0};
        memcpy(name, d[depth][i].name, DIRSIZ);
        if (!d[depth][i].inum || name[0] == '.' || strcmp(name, "lost+found") == 0)
            continue;
        snprintf(path, sizeof path, "%s%s%s", dir, *dir ? "/" : "", name);
        good = nseen < CM_NAMES && depth < 3 && look_at(path);
        if (good && seen[nseen++].type == T_DIR) {
            depth++;
            good = walk(path);
            depth--;
        }
    }
    return good;
}

static struct seen *
find_seen(const char *path)
{
    for (int i = 0; i < nseen; i++)
        if (strcmp(seen[i].path, path) == 0)
            return &seen[i];
    return NULL;
}

static const struct cm_node *
node_in(uint32 state, uint32 id)
{
    for (int i = 1; i < CM_NODES; i++)
        if (states[state]->nodes[i].type && states[state]->nodes[i].id == id)
            return &states[state]->nodes[i];
    return NULL;
}

// Whether a sector of a file may hold this in a disk that shows `state` otherwise.
static bool
newer(uint32 state, uint32 last, uint32 id, uint32 sector, uint32 stamp)
{
    for (uint32 s = state; s <= last; s++) {
        const struct cm_node *n = node_in(s, id);
        if (!n)
            continue;
        if (n->stamp[sector] == stamp || (stamp == 0 && sector * 512 >= n->size))
            return true;
    }
    return false;
}

static bool
contents_match(const struct seen *f, const struct cm_node *n, uint32 state, uint32 last, bool exact)
{
    for (uint32 i = 0; i < n->size / 512; i++) {
        if (f->stamp[i] == n->stamp[i])
            continue;
        if (!exact && newer(state, last, n->id, i, f->stamp[i]))
            continue;
        snprintf(why, sizeof why, "state %u: %s sector %u of %u holds %u, not %u", state, f->path,
                 i, n->size / 512, f->stamp[i], n->stamp[i]);
        return false;
    }
    return true;
}

static bool
name_matches(const struct cm_name *e, uint32 state, uint32 last, bool exact)
{
    const char *path = path_in(states[state], e->dir, e->name);
    const struct cm_node *n = &states[state]->nodes[e->node];
    const struct seen *f = find_seen(path);
    if (!f) {
        snprintf(why, sizeof why, "state %u: %s is missing", state, path);
        return false;
    }
    if (f->type != (uint32)n->type || f->nlink != (uint32)n->nlink || f->size != n->size) {
        snprintf(why, sizeof why, "state %u: %s is %u, %u links, %u bytes; not %d, %d, %u", state,
                 path, f->type, f->nlink, f->size, n->type, n->nlink, n->size);
        return false;
    }
    return n->type != T_FILE || contents_match(f, n, state, last, exact);
}

static bool
matches(uint32 state, uint32 last, bool exact)
{
    int names = 0;
    for (int i = 0; i < CM_NAMES; i++) {
        const struct cm_name *e = &states[state]->names[i];
        if (!e->node)
            continue;
        names++;
        if (!name_matches(e, state, last, exact))
            return false;
    }
    if (names != nseen)
        snprintf(why, sizeof why, "state %u: %d names, not %d", state, nseen, names);
    return names == nseen;
}

long
cm_match(uint32 first, uint32 last, bool exact)
{
    nseen = 0;
    if (!walk(""))
        return -1;
    for (uint32 s = last + 1; s-- > first;)
        if (matches(s, last, exact))
            return s;
    return -1;
}
