// SPDX-License-Identifier: MIT
// sort.h - sorting.
#pragma once

typedef int compare_fn(const void *a, const void *b); // <0, 0, >0

void sort_pointers(void **v, unsigned long n, compare_fn *compare); // in place, n log n always
