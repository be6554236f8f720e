// SPDX-License-Identifier: MIT
// elsewhere.h - a page that a tree lacks, and another tree or another address has.
#pragma once

#include "check/explain.h"

// Adds to the report of an access of the kernel which other tree has the page, or where else the
// trapframe is, with the advice. Returns whether there is such a tree or address.
bool elsewhere(const struct machine *m, const struct access *a, struct report *r);
// Adds to the report that the page is mapped in the parent of the process, if it is.
void elsewhere_parent(const struct machine *m, const struct access *a, uint64 proc,
                      struct report *r);
