// SPDX-License-Identifier: MIT
// shortcut.h - tables of host pointers that let most accesses skip translation and checks.
//
// Theory    A shortcut for a page and a kind of access exists only if every translation that the
//           rules (mmu/rules.h) allow for that access agrees with memory, the page is RAM, and no
//           mark of the page asks to see the access. So an access by a shortcut needs no check.
//           Each event that may change this drops shortcuts: a store to a page of a known tree, a
//           new mark, a write of satp that leaves old translations usable.
#pragma once

#include "base/types.h"

#define SHORTCUTS 256 // entries per kind of access; a power of two

// CUT_READ and CUT_WRITE are for the slow way: as CUT_LOAD and CUT_STORE, but the page may have
// marks.
enum { CUT_LOAD, CUT_STORE, CUT_FETCH, CUT_READ, CUT_WRITE, CUT_KINDS };

// An entry for the page `page` holds tag = page; the compare adds the address's low bits that
// must be 0 for an aligned access, so that misaligned accesses miss. An empty entry has tag 8.
struct shortcut {
    uint64 tag;
    uint64 host; // host address minus guest address, modulo 2^64
};

struct shortcuts {
    struct shortcut entry[CUT_KINDS][SHORTCUTS];
    uint64 since[CUT_KINDS][SHORTCUTS]; // the position where the entry was made
};

static inline unsigned
shortcut_index(uint64 va)
{
    return (unsigned)(va >> 12) & (SHORTCUTS - 1);
}
