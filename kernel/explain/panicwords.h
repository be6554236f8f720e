// SPDX-License-Identifier: MIT
// panicwords.h - the message of a panic in the language that was chosen.
#pragma once

#include <stdarg.h>

void explain_message(const char *fmt, va_list ap); // nothing if that is English
