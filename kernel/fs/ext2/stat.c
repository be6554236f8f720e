// SPDX-License-Identifier: MIT
// stat.c - the attributes of an inode.
//
// Locks     none: each answer is one field, true at some moment during the call.
#include "abi/stat.h"

#include "fs/ext2/ext2.h"
#include "fs/ext2/inode.h"
#include "fs/fs.h"

// Writes what fstat() tells of an inode to *st. Each field is right at some moment during the call.
void
stati(struct inode *ip, struct stat *st)
{
    *st = (struct stat){.dev = 1, // the root file system's number, as in xv6
                        .ino = ip->inum,
                        .type = ip->type,
                        .nlink = (short)ip->nlink,
                        .size = inode_size(ip)};
}

// The type, T_FILE and others; constant while the inode is referenced.
int
inode_type(const struct inode *ip)
{
    return ip->type;
}

// The numbers of a character device; 0 and 0 for all other types, also pipes, sockets and block
// devices of Linux. Linux keeps small numbers as 8:8 in the first word, larger ones spread over the
// second.
void
inode_rdev(const struct inode *ip, int *major, int *minor)
{
    uint32 old = ip->block[0], new = ip->block[1];
    *major = *minor = 0;
    if ((ip->mode & S_IFMT) != S_IFCHR)
        return;
    *major = (int)(old ? old >> 8 & 0xff : new >> 8 & 0xfff);
    *minor = (int)(old ? old & 0xff : (new & 0xff) | (new >> 12 & 0xfff00));
}

// The size in bytes, which may change at once.
uint64
inode_size(const struct inode *ip)
{
    return inode_length(ip);
}

// The inode's number on the disk.
uint32
inode_number(const struct inode *ip)
{
    return ip->inum;
}
