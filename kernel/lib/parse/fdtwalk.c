// SPDX-License-Identifier: MIT
// fdtwalk.c - visiting the nodes of a flattened device tree.
//
// Theory    The format of a node's `reg`, its interrupt controller and whether it is in use depend
//           on its ancestors. The walk keeps one record for each ancestor, so a node is complete
//           when it is visited.
// Locks     none: a pure function of the bytes.
// Manual    Devicetree Specification 0.4, sections 2.3 and 2.4
// Next      dev/machine.c
#include "lib/parse/fdt.h"

#include "lib/string.h"

#define DEFAULT_ADDR 2 // #address-cells and #size-cells of a parent that does not say
#define DEFAULT_SIZE 1

// Starts a walk at the root.
void
fdt_walk_init(struct fdt_walk *w, const struct fdt *t)
{
    w->t = t;
    w->off = t->tree;
    w->depth = 0;
}

static bool
says_enabled(const struct fdt *t, const struct fdt_node *n)
{
    const char *status = fdt_string(t, n, "status");
    return !status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

// #address-cells and #size-cells above 4 make no sense; they are cut so that sums cannot wrap.
static uint32
cell_count(const struct fdt *t, const struct fdt_node *n, const char *name, uint32 absent)
{
    uint32 cells = fdt_u32(t, n, name, absent);
    return cells <= 4 ? cells : 4;
}

// Fills in what the node inherits and leaves to its children what they inherit.
static void
enter_node(struct fdt_walk *w, struct fdt_node *n)
{
    static const struct fdt_level above_root = {"", DEFAULT_ADDR, DEFAULT_SIZE, 0, true};
    const struct fdt_level *up = w->depth ? &w->level[w->depth - 1] : &above_root;
    struct fdt_level *down = &w->level[w->depth];

    n->depth = w->depth;
    n->parent = up->name;
    n->address_cells = up->address_cells;
    n->size_cells = up->size_cells;
    n->intr_parent = fdt_u32(w->t, n, "interrupt-parent", up->intr_parent);
    n->enabled = up->enabled && says_enabled(w->t, n);

    down->name = n->name;
    down->address_cells = cell_count(w->t, n, "#address-cells", DEFAULT_ADDR);
    down->size_cells = cell_count(w->t, n, "#size-cells", DEFAULT_SIZE);
    down->intr_parent = n->intr_parent;
    down->enabled = n->enabled;
    w->depth++;
}

// Moves to the next node, parents before children.
// Returns   false when every node has been visited.
bool
fdt_walk_next(struct fdt_walk *w, struct fdt_node *n)
{
    for (;;) {
        struct fdt_item it;
        fdt_read(w->t, w->off, &it);
        w->off = it.next;
        if (it.tok == FDT_CLOSE)
            w->depth--;
        if (it.tok == FDT_END || it.tok == FDT_BROKEN || w->depth < 0 || w->depth == FDT_MAX_DEPTH)
            return false;
        if (it.tok == FDT_BEGIN) {
            n->name = it.name;
            n->props = it.next;
            enter_node(w, n);
            return true;
        }
    }
}

// Returns whether the component of a path at `path` names this node. The unit address may be left
// out.
static bool
names_node(const char *path, size_t len, const char *name)
{
    return strncmp(path, name, len) == 0 && (name[len] == '\0' || name[len] == '@');
}

static size_t
component_len(const char *path)
{
    size_t n = 0;
    while (path[n] && path[n] != '/' && path[n] != ':')
        n++;
    return n;
}

// Finds the node at an absolute path; a ':' and the options of a console behind it are not part of
// it.
// Returns   false, with *n undefined, when there is none.
bool
fdt_find(const struct fdt *t, const char *path, struct fdt_node *n)
{
    struct fdt_walk w;
    fdt_walk_init(&w, t);
    if (*path != '/' || !fdt_walk_next(&w, n))
        return false;
    path++;
    for (int depth = 1; *path && *path != ':'; depth++) {
        size_t len = component_len(path);
        do {
            if (!fdt_walk_next(&w, n) || n->depth < depth)
                return false;
        } while (n->depth != depth || !names_node(path, len, n->name));
        path += len;
        path += *path == '/';
    }
    return true;
}
