// SPDX-License-Identifier: MIT
// args.h - the arguments of exec(), in the kernel's memory.
#pragma once

#include "lib/types.h"

#define MAXARG     32 // with the NULL at the end
#define MAXARG_LEN 4096

struct aspace;

struct args {
    int n;
    char *v[MAXARG];
    char *page[MAXARG]; // they are packed into these
    int npages;
    size_t used; // of the last page
};

void args_init(struct args *a);
void args_free(struct args *a);
int args_add(struct args *a, const char *s) must_check;                       // -E2BIG, -ENOMEM
int args_fetch(struct args *a, struct aspace *as, uint64 argv_va) must_check; // also -EFAULT
