// SPDX-License-Identifier: MIT
// fs.h - file system constants that sources for xv6 use. A program may count on these sizes; files
// and blocks on the disk are larger.
#pragma once

#include "abi/stat.h"

#define ROOTINO   2
#define BSIZE     1024
#define NDIRECT   12
#define NINDIRECT 256
#define MAXFILE   (NDIRECT + NINDIRECT)
