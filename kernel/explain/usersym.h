// SPDX-License-Identifier: MIT
// usersym.h - names of functions of a user program, from the symbol table in its file.
#pragma once

#include "lib/types.h"

#define USERSYM_MAX 8 // addresses at a time

struct pager;

struct usersym {
    char name[32]; // empty: not found
    uint64 offset; // from its start
};

enum usersym_how {
    USERSYM_READ, // may read pages of the file from the disk, and sleep
    USERSYM_PEEK, // reads only pages that are in memory
};

// Names the functions around the n <= USERSYM_MAX addresses, as far as they can be found.
void usersym_find(struct pager *file, enum usersym_how how, const uint64 *pc, int n,
                  struct usersym *sym);
