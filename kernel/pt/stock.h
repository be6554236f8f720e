// SPDX-License-Identifier: MIT
// stock.h - table frames taken in reserve, so that what follows cannot fail. For pt/ alone.
#pragma once

#include "pt/pt.h"

struct stock {
    uint64 head; // pa of the first frame, whose first word is the next one's pa; 0: empty
};

int stock_fill(struct pt *t, struct stock *s,
               int n) must_check;                      // n more; -ENOMEM: the stock is empty
pagetable_t stock_take(struct pt *t, struct stock *s); // a table of zeroes
void stock_drain(struct pt *t, struct stock *s);       // gives back what was not needed
