// SPDX-License-Identifier: MIT
// parse.h - from a line of text to a tree.
#pragma once

struct group;

const char *parse_line(const char *line, struct group **result); // NULL, or the error
