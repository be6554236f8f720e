// SPDX-License-Identifier: MIT
// stat.h - the results of fstat() (ABI: 24 bytes, xv6's layout) and of reading a directory.
#pragma once

#define T_DIR     1
#define T_FILE    2
#define T_DEVICE  3
#define T_SYMLINK 4

struct stat {
    int dev;
    unsigned int ino;
    short type;
    short nlink;
    unsigned int unused; // 0
    unsigned long size;
};

_Static_assert(sizeof(struct stat) == 24, "struct stat is part of the ABI");

#define DIRSIZ  14  // longest file name; longer components are cut
#define MAXPATH 128 // longest path, with its NUL

struct dirent {
    unsigned short inum; // 0: free record
    char name[DIRSIZ];   // NUL-padded, not terminated at full length
};

_Static_assert(sizeof(struct dirent) == 16, "struct dirent is part of the ABI");
