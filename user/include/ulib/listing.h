// SPDX-License-Identifier: MIT
// listing.h - all names in a directory at once, sorted.
#pragma once

#include <stdbool.h>

struct listing {
    char **v;
    unsigned long n, room;
};

int listing_read(struct listing *l, const char *path, bool dots); // 0, or -1; dots: . and .. too
void listing_free(struct listing *l);
