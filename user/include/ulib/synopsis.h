// SPDX-License-Identifier: MIT
// synopsis.h - the synopsis of a command, with its operands in the language of the system.
#pragma once

// Writes the synopsis to buf; returns buf, or the synopsis itself if it stays as it is.
const char *synopsis(char *buf, unsigned long size, const char *text);
