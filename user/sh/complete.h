// SPDX-License-Identifier: MIT
// complete.h - completion of the typed word.
#pragma once

// Returns the text to insert behind the n characters before the cursor; NULL: several names were
// printed.
const char *complete(const char *line, unsigned long n);
