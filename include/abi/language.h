// SPDX-License-Identifier: MIT
// language.h - the languages of language(): one for the whole system, chosen at boot or later.
#pragma once

#define LANGUAGE_ASK     (-1) // changes nothing
#define LANGUAGE_ENGLISH 0
#define LANGUAGE_CHINESE 1
