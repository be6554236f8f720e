// SPDX-License-Identifier: MIT
// words.h - what the shell says, in both languages.
#pragma once

#include "ulib/tr.h"

extern const struct phrase sh_words[]; // for tr_use()
