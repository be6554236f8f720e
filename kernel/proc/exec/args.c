// SPDX-License-Identifier: MIT
// args.c - collects the arguments of exec() in the kernel's memory.
//
// Theory    Strings are packed into pages; one that does not fit into the rest of a page starts
//           the next. No string is longer than a page, so every one fits into an empty one.
#include "proc/exec/args.h"

#include "abi/errno.h"
#include "lib/string.h"
#include "mm/copy/copy.h"
#include "mm/frame/kmem.h"

// Makes the list empty.
void
args_init(struct args *a)
{
    a->n = 0;
    a->npages = 0;
    a->used = MAXARG_LEN;
}

// Frees the strings and makes the list empty.
void
args_free(struct args *a)
{
    for (int i = 0; i < a->npages; i++)
        kmem_free(a->page[i]);
    args_init(a);
}

static int
next_page(struct args *a)
{
    if (a->npages == MAXARG)
        return -E2BIG;
    char *page = kmem_alloc(MAXARG_LEN);
    if (!page)
        return -ENOMEM;
    a->page[a->npages++] = page;
    a->used = 0;
    return 0;
}

// Makes the string of `length` bytes at the end of the used bytes the next argument.
static void
args_commit(struct args *a, size_t length)
{
    a->v[a->n++] = a->page[a->npages - 1] + a->used;
    a->used += length + 1;
}

// Adds a copy of a string in kernel memory.
// On error  -E2BIG: too many, or the string is too long; -ENOMEM. Nothing is added.
int
args_add(struct args *a, const char *s)
{
    size_t n = strlen(s) + 1;
    if (a->n == MAXARG - 1 || n > MAXARG_LEN)
        return -E2BIG;
    if (n > MAXARG_LEN - a->used) {
        int error = next_page(a);
        if (error)
            return error;
    }
    memcpy(a->page[a->npages - 1] + a->used, s, n);
    args_commit(a, n - 1);
    return 0;
}

static int
fetch_one(struct args *a, struct aspace *as, uint64 va)
{
    int64 length = -ENAMETOOLONG;
    if (a->n == MAXARG - 1)
        return -E2BIG;
    if (a->used < MAXARG_LEN)
        length = copyinstr(as, a->page[a->npages - 1] + a->used, va, MAXARG_LEN - a->used);
    if (length == -ENAMETOOLONG) {
        int error = next_page(a);
        if (error)
            return error;
        length = copyinstr(as, a->page[a->npages - 1], va, MAXARG_LEN);
    }
    if (length < 0)
        return length == -ENAMETOOLONG ? -E2BIG : (int)length;
    args_commit(a, (size_t)length);
    return 0;
}

// Fetches the strings that the NULL-terminated array at argv_va points to.
// Returns   0; -E2BIG, -ENOMEM, or copyin()'s error. The caller frees the strings in any case.
// Sleeps    if a page has to be brought in.
int
args_fetch(struct args *a, struct aspace *as, uint64 argv_va)
{
    for (uint64 at = argv_va;; at += sizeof(uint64)) {
        uint64 string;
        int error = copyin(as, &string, at, sizeof string);
        if (error || !string)
            return error;
        error = fetch_one(a, as, string);
        if (error)
            return error;
    }
}
