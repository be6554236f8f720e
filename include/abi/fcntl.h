// SPDX-License-Identifier: MIT
// fcntl.h - flags of open().
#pragma once

#define O_RDONLY   0x000
#define O_WRONLY   0x001
#define O_RDWR     0x002
#define O_CREATE   0x200
#define O_TRUNC    0x400
#define O_NOFOLLOW 0x800
#define O_APPEND   0x1000 // ours: each write goes to the end of the file
