// SPDX-License-Identifier: MIT
// file.h - functions for files, directories and paths.
#pragma once

#include "abi/stat.h"

struct dir { // an open directory
    int fd;
    int pos, end; // buf[pos..end) is read and not yet returned
    struct dirent buf[64];
};

int dir_open(struct dir *d, const char *path);      // 0, or -1
int dir_next(struct dir *d, char name[DIRSIZ + 1]); // 1: a name, never . or ..; 0 end; -1 error
void dir_close(struct dir *d);

int write_all(int fd, const void *p, unsigned long n); // 0, or -1
int copy_fd(int from, int to);                         // all bytes; 0, -1 reading, -2 writing
const char *basename(const char *path);                // the part behind the last slash
int path_join(char path[MAXPATH], const char *dir, const char *name); // 0, or -1: too long
int is_dir(const char *path);
int is_console(int fd);
int lstat(const char *path, struct stat *st); // stat() that does not follow a link at the end

typedef int input_fn(int fd, const char *name); // its status: 0, or not

int each_input(const char *cmd, char **paths,
               input_fn *work); // fd 0 when there is no path, or for -
