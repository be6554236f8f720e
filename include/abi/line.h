// SPDX-License-Identifier: MIT
// line.h - the console's lines.
#pragma once

#define LINE_MAX 512 // bytes in a line, its newline included
