// SPDX-License-Identifier: MIT
// words.h - messages of the shell in both languages.
#pragma once

#include "ulib/tr.h"

extern const struct phrase sh_words[]; // for tr_use()
