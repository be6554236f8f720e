// SPDX-License-Identifier: MIT
// say.h - sentences of the program on standard error.
#pragma once

#include "base/types.h"

// Exit statuses besides those of the finisher.
enum {
    EXIT_CLEAN = 0,
    EXIT_DIFFERS = 1, // a replay did not end as its recording
    EXIT_USAGE = 2,   // words or files that cannot be used
    EXIT_REPORTS = 3, // a clean end, and something was reported
    EXIT_LIMIT = 124, // --max was reached
    EXIT_STUCK = 125, // no hart can go on
};

// Prints "glass: " and the sentence, in the language (host/answer.h), in lines of 80 columns.
void say(const char *format, ...) printflike(1, 2);
// As say(), and ends the program with EXIT_USAGE.
void refuse(const char *format, ...) printflike(1, 2) noreturn;
// Prints a part of a report, wrapped at 80 columns: its head, and the words in a column beside it,
// or behind it if the head does not begin with a space.
void say_part(const char *head, const char *format, ...) printflike(2, 3);
