// SPDX-License-Identifier: MIT
// stock.c - table frames taken in reserve.
//
// Theory    Check, reserve, commit: an operation first takes all table frames it will need, then
//           changes the tree. The frames of a stock are a list, linked through their first words.
// Promises  map-atomic: a stock that cannot be filled gives all its frames back.
#include "pt/stock.h"

#include "abi/errno.h"
#include "lib/panic.h"

// Adds `n` frames to the stock.
// On error  -ENOMEM; the stock is empty.
int
stock_fill(struct pt *t, struct stock *s, int n)
{
    for (; n > 0; n--) {
        uint64 pa = t->env->alloc(t);
        if (pa == 0) {
            stock_drain(t, s);
            return -ENOMEM;
        }
        *pt_table_at(t, pa) = s->head;
        s->head = pa;
    }
    return 0;
}

// Takes one of the reserved frames, of zeroes again.
pagetable_t
stock_take(struct pt *t, struct stock *s)
{
    assert(s->head != 0);
    pagetable_t table = pt_table_at(t, s->head);
    s->head = *table;
    *table = 0;
    return table;
}

// Gives the remaining frames back; no walker has seen them.
void
stock_drain(struct pt *t, struct stock *s)
{
    while (s->head != 0) {
        uint64 pa = s->head;
        stock_take(t, s);
        t->env->free(t, pa);
    }
}
