// SPDX-License-Identifier: MIT
// alloc.h - memory, beyond malloc() and free() of "user/user.h".
#pragma once

void *calloc(unsigned long n, unsigned long size); // zeroed; NULL also when n * size overflows
void *realloc(void *p, unsigned long n);           // on failure p stays as it is
void *must_alloc(void *p);                         // p, or ends the program: out of memory
