// SPDX-License-Identifier: MIT
// file.c - two files in memory, empty others, and counts of their users.
#include "files.h"
#include "mini.h"

#define FILES  8
#define INODES 5

static struct spinlock file_lock;
static struct inode inode[INODES];
static struct file file[FILES];
static char contents[2][FILE_SIZE];

void
fileinit(void)
{
    initlock(&file_lock, "file");
}

// --- references ----------------------------------------------------------------------------------

__attribute__((noinline)) struct inode *
idup(struct inode *ip)
{
    acquire(&file_lock);
    ip->ref++;
    release(&file_lock);
    return ip;
}

__attribute__((noinline)) void
iput(struct inode *ip)
{
    acquire(&file_lock);
    if (!MAKES(IPUT_KEEPS))
        ip->ref--;
    release(&file_lock);
}

// Gives the inode of the file with that number, in a free place if nothing uses the file.
__attribute__((noinline)) struct inode *
iget(u64 number)
{
    struct inode *ip = 0;
    acquire(&file_lock);
    for (struct inode *i = inode; i < &inode[INODES]; i++)
        if (i->ref > 0 ? i->number == number : ip == 0)
            ip = i;
    if (ip == 0)
        panic("iget: no inodes");
    if (ip->ref == 0)
        *ip = (struct inode){0, number < 2 ? FILE_SIZE : 0, number, contents[number % 2]};
    ip->ref++;
    release(&file_lock);
    return ip;
}

// Finds a file by way of its directory, whose number is the even one.
__attribute__((noinline)) struct inode *
namex(u64 number)
{
    struct inode *directory = iget(number & ~1UL), *ip = iget(number);
    if (!MAKES(NAMEX_KEEPS))
        iput(directory);
    return ip;
}

__attribute__((noinline)) struct file *
filedup(struct file *f)
{
    acquire(&file_lock);
    if (f->ref < 1)
        panic("filedup");
    f->ref++;
    release(&file_lock);
    return f;
}

__attribute__((noinline)) void
fileclose(struct file *f)
{
    acquire(&file_lock);
    if (f->ref < 1)
        panic("fileclose");
    struct inode *last = --f->ref == 0 ? f->ip : 0;
    release(&file_lock);
    if (last != 0)
        iput(last);
}

struct file *
filealloc(struct inode *ip)
{
    acquire(&file_lock);
    for (struct file *f = file; f < &file[FILES]; f++)
        if (f->ref == 0) {
            *f = (struct file){1, ip};
            release(&file_lock);
            return f;
        }
    panic("filealloc");
}

// --- contents ------------------------------------------------------------------------------------

__attribute__((noinline)) int
readi(struct inode *ip, int user, u64 to, u32 offset, u32 n)
{
    if (user || offset >= ip->size)
        return -1;
    n = n < ip->size - offset ? n : ip->size - offset;
    memmove((void *)to, &ip->data[offset], n);
    return (int)n;
}

__attribute__((noinline)) int
writei(struct inode *ip, int user, u64 from, u32 offset, u32 n)
{
    if (offset >= ip->size)
        return -1;
    if (user)
        from = PTE_PA(*walk(myproc()->pagetable, from, 0));
    n = n < ip->size - offset ? n : ip->size - offset;
    memmove(&ip->data[offset], (void *)from, n);
    return (int)n;
}
