// SPDX-License-Identifier: MIT
// files.h - reading files whole, and replacing them whole.
#pragma once

#include "board/loader.h"

// Reads a file, with zeros behind it up to a multiple of `unit` bytes. Does not return when that
// fails: says why.
struct file file_read(const char *path, uint64 unit);
// The file itself, as memory: a store there changes the file. Does not return when that fails:
// says why.
struct file file_share(const char *path);
// Returns if the file can be replaced later; else says why it cannot, and ends the program.
void file_check_writable(const char *path);
// Replaces the file's contents: a reader sees the old ones or the new ones, never a part.
// Returns   false, with the file as it was, when that fails: says why.
bool file_replace(const char *path, struct file f);
