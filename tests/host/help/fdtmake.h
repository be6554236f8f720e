// SPDX-License-Identifier: MIT
// fdtmake.h - builds small device trees for tests.
#pragma once

#include <stdio.h>
#include <string.h>

#include "lib/types.h"

#define MAKE_TREE    56 // after the header and one reservation
#define MAKE_STRINGS 0x5000

struct fdtmake {
    uint8 blob[0x8000];
    uint32 at;      // end of the structure block
    uint32 strings; // bytes of names
};

__attribute__((unused)) static void
make_put32(uint8 *p, uint32 v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8)(v >> (24 - 8 * i));
}

__attribute__((unused)) static void
make_token(struct fdtmake *f, uint32 v)
{
    make_put32(f->blob + f->at, v);
    f->at += 4;
}

__attribute__((unused)) static void
make_begin(struct fdtmake *f, const char *name)
{
    make_token(f, 1);
    strcpy((char *)f->blob + f->at, name);
    f->at = (f->at + (uint32)strlen(name) + 4) & ~3U;
}

__attribute__((unused)) static void
make_close(struct fdtmake *f)
{
    make_token(f, 2);
}

__attribute__((unused)) static void
make_prop(struct fdtmake *f, const char *name, const void *data, uint32 len)
{
    make_token(f, 3);
    make_token(f, len);
    make_token(f, f->strings);
    strcpy((char *)f->blob + MAKE_STRINGS + f->strings, name);
    f->strings += (uint32)strlen(name) + 1;
    memcpy(f->blob + f->at, data, len);
    f->at = (f->at + len + 3) & ~3U;
}

__attribute__((unused)) static void
make_str(struct fdtmake *f, const char *name, const char *value)
{
    make_prop(f, name, value, (uint32)strlen(value) + 1);
}

// A property of cells, given as "1 0x10 3".
__attribute__((unused)) static void
make_cells(struct fdtmake *f, const char *name, const char *cells)
{
    uint8 data[256];
    uint32 len = 0, v;
    int used;
    for (; sscanf(cells, "%i%n", &v, &used) == 1; cells += used, len += 4)
        make_put32(data + len, v);
    make_prop(f, name, data, len);
}

// Starts a tree: the root is open, and [0x90000000, 0x90001000) stands in the reservation block.
__attribute__((unused)) static void
make_start(struct fdtmake *f)
{
    memset(f, 0, sizeof(*f));
    f->at = MAKE_TREE + 16;
    make_put32(f->blob + 40 + 4, 0x90000000);
    make_put32(f->blob + 40 + 12, 0x1000);
    make_begin(f, "");
}

// Closes the root and completes the header.
__attribute__((unused)) static void
make_end(struct fdtmake *f)
{
    make_close(f);
    make_token(f, 9);
    uint32 header[10] = {
        0xd00dfeed, sizeof(f->blob), MAKE_TREE + 16,        MAKE_STRINGS, 40, 17, 16,
        0,          f->strings,      f->at - MAKE_TREE - 16};
    for (int i = 0; i < 10; i++)
        make_put32(f->blob + 4 * i, header[i]);
}
