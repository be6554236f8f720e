// SPDX-License-Identifier: MIT
// names.c - the names of a kernel's addresses.
#include "host/names.h"

#include <stdlib.h>

#include "host/say.h"

void
names_read(struct names *n, struct file kernel)
{
    uint32 count = symbols_count(kernel);
    struct function *room = calloc((size_t)count + 1, sizeof(*room));
    if (room == NULL)
        refuse("there is not enough memory for the kernel's symbols");
    symbols_read(&n->symbols, kernel, room, count);
    lines_open(&n->lines, kernel);
}
