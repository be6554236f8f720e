// SPDX-License-Identifier: MIT
// lib.h - all that these programs use: the 21 calls and a library as small as such ones are.
//
// Theory    Nothing here comes from Vitrine's own headers: the numbers and layouts are a second
//           statement of the binary interface, as programs compiled elsewhere carry it.
#pragma once

typedef unsigned int uint;
typedef unsigned long uint64;

struct stat {
    int dev;
    uint ino;
    short type;
    short nlink;
    uint64 size;
};

struct dirent {
    unsigned short inum;
    char name[14];
};

#define O_RDONLY 0x000
#define O_WRONLY 0x001
#define O_RDWR   0x002
#define O_CREATE 0x200
#define O_TRUNC  0x400

int fork(void);
int exit(int) __attribute__((noreturn));
int wait(int *);
int pipe(int *);
int write(int, const void *, int);
int read(int, void *, int);
int close(int);
int kill(int);
int exec(const char *, char **);
int open(const char *, int);
int mknod(const char *, short, short);
int unlink(const char *);
int fstat(int, struct stat *);
int link(const char *, const char *);
int mkdir(const char *);
int chdir(const char *);
int dup(int);
int getpid(void);
char *sbrk(int);
int sleep(int);
int uptime(void);
int nosuchcall(int);

uint strlen(const char *);
int strcmp(const char *, const char *);
void *memset(void *, int, uint);
void *memcpy(void *, const void *, uint);
int atoi(const char *);
void printf(const char *, ...); // %d %x %p %s %c %%, one byte a write
void *malloc(uint);
void free(void *);
