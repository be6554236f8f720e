// SPDX-License-Identifier: MIT
// names.c - functions, files and lines of addresses, and calls, for the page.
#include "base/mem.h"
#include "sight/stack.h"
#include "web/names.h"
#include "web/web.h"

// Addresses of strings in the module's memory; 0: not known.
struct place_view {
    uint64 function, offset, directory, file, line;
};

EXPORT struct web_names *web_names(const uint8 *bytes, uint64 size);
EXPORT void web_place(const struct web_names *n, uint64 pc, struct place_view *out);
EXPORT uint32 web_calls(const struct machine *m, struct web_names *n, uint32 hart, uint64 at,
                        uint64 *out);
EXPORT uint64 web_symbol(const struct web_names *n, const char *name);

// Reads the symbols of a kernel, whose bytes stay in use. Returns NULL without memory.
struct web_names *
web_names(const uint8 *bytes, uint64 size)
{
    struct file f = {bytes, size};
    uint32 count = symbols_count(f);
    struct web_names *n = web_alloc(sizeof(*n));
    struct function *room = web_alloc(((size_t)count + 1) * sizeof(*room));
    if (n == NULL || room == NULL)
        return NULL;
    symbols_read(&n->symbols, f, room, count);
    lines_open(&n->lines, f);
    return n;
}

// The names of an instruction of the kernel: struct place_view.
void
web_place(const struct web_names *n, uint64 pc, struct place_view *out)
{
    uint64 at = symbols_linked(&n->symbols, pc), offset = 0;
    struct line_place p;
    const char *name = symbols_find(&n->symbols, at, &offset);
    *out = (struct place_view){.function = (size_t)name, .offset = offset};
    if (name == NULL || !lines_find(&n->lines, at, &p))
        return;
    out->directory = (size_t)p.directory;
    out->file = (size_t)p.file;
    out->line = p.line;
}

// The calls that the hart's kernel is inside of, from the instruction at `at`: CALLS_MAX words at
// most. Returns how many.
uint32
web_calls(const struct machine *m, struct web_names *n, uint32 hart, uint64 at, uint64 *out)
{
    return stack_calls(m, hart, &n->symbols, at, out, CALLS_MAX);
}

// The address of a function; 0: there is none.
uint64
web_symbol(const struct web_names *n, const char *name)
{
    uint64 address;
    return symbols_address(&n->symbols, name, &address) ? address : 0;
}
