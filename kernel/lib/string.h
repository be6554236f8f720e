// SPDX-License-Identifier: MIT
// string.h - memory and strings; the names and meanings of C's own library.
#pragma once

#include "lib/types.h"

void *memset(void *dst, int c, size_t n);
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *safestrcpy(char *dst, const char *src,
                 size_t size); // always terminated; cuts what does not fit
