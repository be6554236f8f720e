// SPDX-License-Identifier: MIT
// complete.h - completion of what is being typed.
#pragma once

// What the n characters before the cursor lack; NULL: several names were printed instead.
const char *complete(const char *line, unsigned long n);
