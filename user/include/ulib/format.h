// SPDX-License-Identifier: MIT
// format.h - the formatter behind printf().
#pragma once

#include <stdarg.h>

typedef void ulib_put(void *to, const char *s, unsigned long n); // takes the next n characters

int text_columns(const char *s, int n); // columns of s[0..n) on a terminal
void ulib_format(ulib_put *put, void *to, const char *format, va_list ap);
int vfprintf(int fd, const char *format, va_list ap);
int snprintf(char *buf, unsigned long size, const char *format, ...)
    __attribute__((format(__printf__, 3, 4))); // returns the length of the whole text
