// SPDX-License-Identifier: MIT
// fdt.h - reading a flattened device tree, the description of the machine that firmware hands over.
//
// A walk visits the nodes in their order and carries along what a node inherits from its ancestors,
// so one pass over the tree answers most questions. Any bytes may be opened: a tree that
// fdt_open() accepts is well formed, and nothing here reads outside the blob.
#pragma once

#include "lib/types.h"

#define FDT_MAX_DEPTH   16        // nodes deeper than this: the tree is refused
#define FDT_HEADER_SIZE 40        // bytes that must be readable before the size is known
#define FDT_MAX_SIZE    (2 << 20) // a larger blob is refused

struct fdt {
    const uint8 *base;
    uint32 size;                 // of the whole blob
    uint32 tree, tree_end;       // structure block, as offsets from base
    uint32 strings, strings_end; // names of properties
    uint32 reservations;         // memory reservation block
};

struct fdt_node {
    const char *name;     // with its unit address: "serial@10000000"; the root's is ""
    const char *parent;   // the parent's name; "" for the root and its children
    uint32 props;         // offset of its properties; unlike all others, so it identifies the node
    int depth;            // the root's is 0
    uint32 address_cells; // how `reg` of this node is written
    uint32 size_cells;
    uint32 intr_parent; // phandle of the interrupt controller; 0: none
    bool enabled;       // no `status` of its own or of an ancestor says otherwise
};

struct fdt_prop {
    const char *name;
    const uint8 *data;
    uint32 len;
};

// One token of the structure block and what follows it.
struct fdt_item {
    enum { FDT_BEGIN = 1, FDT_CLOSE = 2, FDT_PROP = 3, FDT_NOP = 4, FDT_END = 9, FDT_BROKEN } tok;
    const char *name; // of the node or the property
    const uint8 *data;
    uint32 len;
    uint32 next; // offset of the token after this one
};

// The properties that the children of a node inherit.
struct fdt_level {
    const char *name;
    uint32 address_cells, size_cells;
    uint32 intr_parent;
    bool enabled;
};

struct fdt_walk {
    const struct fdt *t;
    uint32 off; // the next token
    int depth;  // of the next node
    struct fdt_level level[FDT_MAX_DEPTH];
};

int fdt_open(struct fdt *t, const void *blob, size_t max) must_check; // 0 or -EINVAL

void fdt_read(const struct fdt *t, uint32 off, struct fdt_item *it); // the token at `off`

void fdt_walk_init(struct fdt_walk *w, const struct fdt *t);
bool fdt_walk_next(struct fdt_walk *w, struct fdt_node *n);               // false: no more nodes
bool fdt_find(const struct fdt *t, const char *path, struct fdt_node *n); // "/soc/serial@10000000"

bool fdt_prop(const struct fdt *t, const struct fdt_node *n, const char *name, struct fdt_prop *p);
bool fdt_has(const struct fdt *t, const struct fdt_node *n, const char *name);
uint32 fdt_cells(const struct fdt_prop *p);              // whole 32-bit cells in the property
uint32 fdt_cell(const struct fdt_prop *p, uint32 i);     // 0 beyond the end
bool fdt_lists(const struct fdt_prop *p, const char *s); // whether s is one of its strings
uint32 fdt_u32(const struct fdt *t, const struct fdt_node *n, const char *name, uint32 absent);
const char *fdt_string(const struct fdt *t, const struct fdt_node *n, const char *name); // or NULL
bool fdt_reg(const struct fdt *t, const struct fdt_node *n, uint32 i, uint64 *base, uint64 *size);
bool fdt_reservation(const struct fdt *t, uint32 i, uint64 *base, uint64 *size);
