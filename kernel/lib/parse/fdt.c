// SPDX-License-Identifier: MIT
// fdt.c - reading a flattened device tree.
//
// Theory    A blob has a header, a list of reserved memory, a block of tokens (node begins,
//           property, node ends) and a block of strings with the names of properties. All
//           numbers are big-endian and no alignment is taken for granted.
// Promises  fdt_open() walks every token once; a tree that it accepts can be walked again without
//           failure. Each read goes through one function that knows the bounds, so that even a tree
//           that changes afterwards cannot lead outside the blob.
// Locks     none: a pure function of the bytes.
// Manual    Devicetree Specification 0.4, chapter 5
// Next      lib/parse/fdtwalk.c, dev/machine.c
#include "lib/parse/fdt.h"

#include "abi/errno.h"
#include "lib/string.h"

#define MAGIC      0xd00dfeedU
#define OLDEST     16 // the first version with a sized strings block
#define COMPATIBLE 17 // a blob that needs a reader newer than this is refused

static uint32
be32(const uint8 *p)
{
    return (uint32)p[0] << 24 | (uint32)p[1] << 16 | (uint32)p[2] << 8 | p[3];
}

static uint64
be64(const uint8 *p)
{
    return (uint64)be32(p) << 32 | be32(p + 4);
}

// Length of the string at [off, end) without its NUL; end - off when there is no NUL.
static uint32
bounded_len(const struct fdt *t, uint32 off, uint32 end)
{
    uint32 n = 0;
    while (off + n < end && t->base[off + n])
        n++;
    return n;
}

static uint32
align4(uint32 off)
{
    return (off + 3) & ~3U;
}

static void
read_begin(const struct fdt *t, uint32 off, struct fdt_item *it)
{
    uint32 len = bounded_len(t, off, t->tree_end);
    if (len == t->tree_end - off)
        return;
    it->name = (const char *)t->base + off;
    it->next = align4(off + len + 1);
    it->tok = FDT_BEGIN;
}

static void
read_prop(const struct fdt *t, uint32 off, struct fdt_item *it)
{
    if (t->tree_end - off < 8)
        return;
    uint32 len = be32(t->base + off), name = be32(t->base + off + 4);
    if (len > t->tree_end - off - 8 || name >= t->strings_end - t->strings)
        return;
    name += t->strings;
    if (bounded_len(t, name, t->strings_end) == t->strings_end - name)
        return;
    it->name = (const char *)t->base + name;
    it->data = t->base + off + 8;
    it->len = len;
    it->next = align4(off + 8 + len);
    it->tok = FDT_PROP;
}

// Reads the token at `off`, an offset into the structure block or one past it.
// On error  the token is FDT_BROKEN: cut short, unknown, or with a name outside its block.
void
fdt_read(const struct fdt *t, uint32 off, struct fdt_item *it)
{
    it->tok = FDT_BROKEN;
    it->next = t->tree_end;
    if (off >= t->tree_end || t->tree_end - off < 4)
        return;
    uint32 tok = be32(t->base + off);
    off += 4;
    if (tok == FDT_BEGIN) {
        read_begin(t, off, it);
    } else if (tok == FDT_PROP) {
        read_prop(t, off, it);
    } else if (tok == FDT_CLOSE || tok == FDT_NOP || tok == FDT_END) {
        it->tok = tok;
        it->next = off;
    }
}

// Checks that the tokens form one tree: nodes nest, and properties stand before the first child.
static bool
well_formed(const struct fdt *t)
{
    struct fdt_item it = {.tok = FDT_NOP};
    int depth = 0;
    bool props = false, root = false;
    for (uint32 off = t->tree;; off = it.next) {
        fdt_read(t, off, &it);
        switch (it.tok) {
        case FDT_BEGIN:
            if (depth == FDT_MAX_DEPTH || (depth == 0 && root))
                return false;
            depth++;
            props = root = true;
            break;
        case FDT_CLOSE:
            if (depth-- == 0)
                return false;
            props = false;
            break;
        case FDT_PROP:
            if (!props)
                return false;
            break;
        case FDT_NOP:
            break;
        default:
            return it.tok == FDT_END && depth == 0 && root;
        }
    }
}

// Returns whether [off, off + len) is inside the blob.
static bool
inside(const struct fdt *t, uint32 off, uint32 len)
{
    return off <= t->size && len <= t->size - off;
}

// Opens the device tree at `blob`, of which `max` bytes may be read.
// Returns   0; -EINVAL when it is not a well-formed tree, and then t is not to be used.
int
fdt_open(struct fdt *t, const void *blob, size_t max)
{
    const uint8 *h = blob;
    if (max < FDT_HEADER_SIZE)
        return -EINVAL;
    t->base = h;
    t->size = be32(h) == MAGIC ? be32(h + 4) : 0;
    if (t->size < FDT_HEADER_SIZE || t->size > max || t->size > FDT_MAX_SIZE)
        return -EINVAL;
    uint32 version = be32(h + 20), oldest = be32(h + 24);
    if (version < OLDEST || oldest > COMPATIBLE)
        return -EINVAL;
    t->tree = be32(h + 8);
    t->strings = be32(h + 12);
    t->reservations = be32(h + 16);
    uint32 strings_len = be32(h + 32);
    if (!inside(t, t->tree, 0) || !inside(t, t->strings, strings_len) || t->tree % 4 != 0)
        return -EINVAL;
    uint32 tree_len = version >= 17 ? be32(h + 36) : t->size - t->tree;
    if (!inside(t, t->tree, tree_len))
        return -EINVAL;
    t->tree_end = t->tree + tree_len;
    t->strings_end = t->strings + strings_len;
    return well_formed(t) ? 0 : -EINVAL;
}

// Finds the next property at `*off`, which moves past it; false: the node has no more.
static bool
next_prop(const struct fdt *t, uint32 *off, struct fdt_prop *p)
{
    struct fdt_item it;
    do {
        fdt_read(t, *off, &it);
        *off = it.next;
    } while (it.tok == FDT_NOP);
    if (it.tok != FDT_PROP)
        return false;
    *p = (struct fdt_prop){it.name, it.data, it.len};
    return true;
}

// Finds the property of that name.
// Returns   false, with *p unchanged, when the node has none.
bool
fdt_prop(const struct fdt *t, const struct fdt_node *n, const char *name, struct fdt_prop *p)
{
    struct fdt_prop it;
    for (uint32 off = n->props; next_prop(t, &off, &it);) {
        if (strcmp(it.name, name) == 0) {
            *p = it;
            return true;
        }
    }
    return false;
}

// Returns   whether the node has a property of that name, with any value or none.
bool
fdt_has(const struct fdt *t, const struct fdt_node *n, const char *name)
{
    struct fdt_prop p;
    return fdt_prop(t, n, name, &p);
}

// The number of whole 32-bit cells in the property.
uint32
fdt_cells(const struct fdt_prop *p)
{
    return p->len / 4;
}

// Cell i of the property in the hart's byte order; 0 beyond its end.
uint32
fdt_cell(const struct fdt_prop *p, uint32 i)
{
    return i < fdt_cells(p) ? be32(p->data + 4 * i) : 0;
}

// Returns   the first cell of the named property; `absent` when there is none.
uint32
fdt_u32(const struct fdt *t, const struct fdt_node *n, const char *name, uint32 absent)
{
    struct fdt_prop p;
    return fdt_prop(t, n, name, &p) && p.len >= 4 ? fdt_cell(&p, 0) : absent;
}

// Returns   the (first) string of the named property; NULL when absent or without a NUL.
const char *
fdt_string(const struct fdt *t, const struct fdt_node *n, const char *name)
{
    struct fdt_prop p;
    if (!fdt_prop(t, n, name, &p) || p.len == 0 || p.data[p.len - 1] != '\0')
        return NULL;
    return (const char *)p.data;
}

// Returns   whether `s` is among the strings of a property that is a list of strings.
bool
fdt_lists(const struct fdt_prop *p, const char *s)
{
    size_t n = strlen(s) + 1;
    for (uint32 i = 0; i < p->len && n <= p->len - i; i++) {
        if ((i == 0 || p->data[i - 1] == '\0') && memcmp(p->data + i, s, n) == 0)
            return true;
    }
    return false;
}

// A number of `cells` cells from cell `i` on; the low 64 bits if it is wider.
static uint64
number(const struct fdt_prop *p, uint32 i, uint32 cells)
{
    uint64 v = 0;
    for (uint32 k = 0; k < cells; k++)
        v = v << 32 | fdt_cell(p, i + k);
    return v;
}

// Reads entry `i` of the node's `reg`: an address and a size as its parent writes them.
// Returns   false, with the results unchanged, when there is no such entry.
bool
fdt_reg(const struct fdt *t, const struct fdt_node *n, uint32 i, uint64 *base, uint64 *size)
{
    struct fdt_prop p;
    uint32 each = n->address_cells + n->size_cells;
    if (each == 0 || !fdt_prop(t, n, "reg", &p) || i >= fdt_cells(&p) / each)
        return false;
    *base = number(&p, i * each, n->address_cells);
    *size = number(&p, i * each + n->address_cells, n->size_cells);
    return true;
}

// Reads entry `i` of the memory reservation block.
// Returns   false at the end of the list or of the blob.
bool
fdt_reservation(const struct fdt *t, uint32 i, uint64 *base, uint64 *size)
{
    if (t->reservations > t->size || i >= (t->size - t->reservations) / 16)
        return false;
    const uint8 *entry = t->base + t->reservations + 16 * i;
    uint64 b = be64(entry), s = be64(entry + 8);
    if (b == 0 && s == 0)
        return false;
    *base = b;
    *size = s;
    return true;
}
