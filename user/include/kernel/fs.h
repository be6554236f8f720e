// SPDX-License-Identifier: MIT
// fs.h - what sources for xv6 want to know about files. The sizes are the smallest that a program
// may count on: files and blocks on the disk are larger.
#pragma once

#include "abi/stat.h"

#define ROOTINO   2
#define BSIZE     1024
#define NDIRECT   12
#define NINDIRECT 256
#define MAXFILE   (NDIRECT + NINDIRECT)
