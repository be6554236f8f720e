// SPDX-License-Identifier: MIT
// boot.h - the contents of memory and registers when the harts start.
#pragma once

#include "base/types.h"
#include "board/loader.h"

// The files to start. A file without bytes is not given.
struct boot {
    struct file kernel, firmware, initrd;
    const char *append; // the kernel's command line, or NULL
};

// Loads everything and sets the registers that all harts start with.
// Returns   LOAD_OK; an error, with *value as load_words() describes it and *culprit one of the
//           files of `b`, or NULL.
enum load_error boot_load(struct machine *m, const struct boot *b, const struct file **culprit,
                          uint64 *value);
