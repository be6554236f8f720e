// SPDX-License-Identifier: MIT
// terminal.h - the terminal: keys one by one, and back to normal at every end.
#pragma once

#include "base/types.h"

// Returns whether standard input is a terminal.
bool terminal_present(void);
// Gives keys one by one, without echo, until the program ends, however it does.
void terminal_open(void);
// Gives whole lines, with echo and editing, or keys again.
void terminal_lines(bool lines);
// Waits `ns` nanoseconds, ~0: without end, or, if `keys`, until there is input.
void terminal_wait(uint64 ns, bool keys);
// While it waits, input from this file ends the wait, too; -1: from none.
void terminal_also(int fd);
// Takes the input that there is, at most `max` bytes, without waiting.
// Returns   how many bytes; 0: none now; -1: the input has ended.
int terminal_read(uint8 *bytes, int max);
