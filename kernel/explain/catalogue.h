// SPDX-License-Identifier: MIT
// catalogue.h - messages of the kernel in the language that was chosen.
#pragma once

#include <stdarg.h>

// Prints the message of a panic in the chosen language; nothing if that is English.
void explain_message(const char *fmt, va_list ap);
// The format in the chosen language, for printf_set_translator(); `fmt` itself if it has no other.
const char *explain_translate(const char *fmt);
