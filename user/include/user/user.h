// SPDX-License-Identifier: MIT
// user.h - the user library as sources written for xv6 know it: the calls, and the functions that
// xv6's library has. Other functions of ulib are declared in "ulib/NAME.h", so that a program may
// use their names for its own functions.
#pragma once

struct stat;
struct sysinfo;
struct procinfo;
struct meminfo;
struct statfs;
struct pgquery;
struct pgentry;
struct ledgerline;
struct ptwalk;

#include "user/usys.h"

#define SBRK_ERROR ((char *)-1) // returned by sbrk() and sbrklazy() when they fail

char *sbrk(int n);                           // moves the break; the new pages are there
char *sbrklazy(int n);                       // moves the break; pages come when touched
int stat(const char *path, struct stat *st); // fstat() by name
int ugetpid(void);                           // getpid() without a system call
int uptime(void);                            // ticks since boot, without a system call
int statistics(void *buf, int size);         // reads the kernel's counters as text
int rwlktest(void);                          // fails: it tests locks that students write elsewhere

char *strcpy(char *to, const char *from);
int strcmp(const char *a, const char *b);
unsigned int strlen(const char *s);
char *strchr(const char *s, char c);
void *memset(void *to, int byte, unsigned long n);
void *memmove(void *to, const void *from, unsigned long n);
void *memcpy(void *to, const void *from, unsigned long n);
int memcmp(const void *a, const void *b, unsigned long n);
int atoi(const char *s);

char *gets(char *buf, int max);               // a line of fd 0 with its newline; "" at end
int printf(const char *format, ...);          // to fd 1
int fprintf(int fd, const char *format, ...); // both return -1 when a write fails
void *malloc(unsigned long n);
void free(void *p);
