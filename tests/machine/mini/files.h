// SPDX-License-Identifier: MIT
// files.h - files, their blocks, and the system calls on them.
#pragma once

#include "mini.h"

// file.c
void fileinit(void);
struct inode *iget(u64 number);
struct inode *namex(u64 number);
struct inode *idup(struct inode *ip);
void iput(struct inode *ip);
struct file *filealloc(struct inode *ip);
struct file *filedup(struct file *f);
void fileclose(struct file *f);
int readi(struct inode *ip, int user, u64 to, u32 offset, u32 n);
int writei(struct inode *ip, int user, u64 from, u32 offset, u32 n);

// bio.c
void binit(void);
struct buf *bread(int dev, int blockno);
struct buf *getblk(int block);
void brelse(struct buf *b);
void bpin(struct buf *b);
void bunpin(struct buf *b);

// sysfile.c
int filefault(struct proc *p, u64 va);
u64 sys_mmap(void);
u64 sys_munmap(void);
u64 sys_open(void);
u64 sys_close(void);
u64 sys_chdir(void);
void filefork(const struct proc *p, struct proc *child);
void fileexit(struct proc *p);
