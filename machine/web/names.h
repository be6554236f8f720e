// SPDX-License-Identifier: MIT
// names.h - the names of a kernel that the page has loaded.
#pragma once

#include "sight/lines.h"
#include "sight/symbols.h"

struct web_names {
    struct symbols symbols;
    struct lines lines;
};
