// SPDX-License-Identifier: MIT
// out.h - buffered standard output, for commands that print much. Output to a device is flushed
// after each line, other output when the buffer is full.
#pragma once

void out_put(const char *s, unsigned long n);
void out_str(const char *s);
void out_char(char c);
int out_name(const char *name); // prints a file name, safe for a terminal; returns its length
void out_printf(const char *format, ...) __attribute__((format(__printf__, 1, 2)));
int out_done(const char *cmd, int status); // flushes; status, or 1 with a message if a write failed
int out_failed(void);                      // nothing more will arrive: give up
