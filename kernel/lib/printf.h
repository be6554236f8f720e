// SPDX-License-Identifier: MIT
// printf.h - formatted output to the console and into memory.
#pragma once

#include <stdarg.h>

#include "lib/types.h"

// Where printf's characters go; set once at boot (SBI console first, the UART later).
struct print_sink {
    void (*begin)(void); // before a message: locks, so that messages are whole
    void (*write)(const char *s, size_t n);
    void (*end)(void);
};

void printf_set_sink(const struct print_sink *sink);
const struct print_sink *printf_sink(void); // NULL before the first
// From now on printf() prints what `translate` returns for its format; the two take equal values.
void printf_set_translator(const char *(*translate)(const char *fmt)); // once, at boot
int printf(const char *fmt, ...) printflike(1, 2);
int vprintf(const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...) printflike(3, 4);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
