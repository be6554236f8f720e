// SPDX-License-Identifier: MIT
// ext2.h - the on-disk format of ext2: little-endian, blocks of 4 KiB.
#pragma once

#include "dev/disk/blk.h"
#include "lib/types.h"

#define EXT2_MAGIC     0xef53
#define EXT2_SB_OFFSET 1024
#define EXT2_ROOT      2
#define EXT2_LINK_MAX  32000
#define EXT2_NDIRECT   12
#define EXT2_NPTR      (BLKSIZE / 4) // pointers in an indirect block
#define EXT2_EA_MAGIC  0xea020000    // first word of a block of extended attributes

enum { EXT2_VALID = 1, EXT2_ERRORS = 2 }; // s_state

// Feature flags. Mount refuses the file system for an unknown flag of the first group, and writing
// for one of the second.
enum {
    COMPAT_JOURNAL = 0x4,
    INCOMPAT_FILETYPE = 0x2,
    INCOMPAT_RECOVER = 0x4, // the journal may have to be replayed
    RO_SPARSE_SUPER = 0x1,
    RO_LARGE_FILE = 0x2,
};

struct ext2_super {
    uint32 inodes_count, blocks_count, r_blocks_count, free_blocks_count, free_inodes_count;
    uint32 first_data_block, log_block_size, log_frag_size;
    uint32 blocks_per_group, frags_per_group, inodes_per_group;
    uint32 mtime, wtime;
    uint16 mnt_count, max_mnt_count, magic, state, errors, minor_rev;
    uint32 lastcheck, checkinterval, creator_os, rev_level;
    uint16 def_resuid, def_resgid;
    uint32 first_ino;
    uint16 inode_size, block_group_nr;
    uint32 feature_compat, feature_incompat, feature_ro_compat;
    uint8 uuid[16];
    char volume_name[16], last_mounted[64];
    uint32 algo_bitmap;
    uint8 prealloc_blocks, prealloc_dir_blocks;
    uint16 reserved_gdt_blocks;
    uint8 journal_uuid[16];
    uint32 journal_inum, journal_dev;
    uint32
        last_orphan; // the first of the unlinked inodes that are not freed yet; dtime is the next
    uint8 rest[788];
};

struct ext2_group {
    uint32 block_bitmap, inode_bitmap, inode_table; // block numbers
    uint16 free_blocks, free_inodes, used_dirs, flags;
    uint8 rest[12];
};

struct ext2_inode {
    uint16 mode, uid;
    uint32 size, atime, ctime, mtime, dtime;
    uint16 gid, links_count;
    uint32 blocks; // of 512 bytes, indirect blocks included
    uint32 flags, osd1;
    uint32 block[15]; // 12 direct, then one, two and three levels of indirection
    uint32 generation, file_acl, size_high, faddr;
    uint8 osd2[12];
};

struct ext2_dirent {
    uint32 inode; // 0: a free entry
    uint16 rec_len;
    uint8 name_len, file_type;
    char name[];
};

_Static_assert(sizeof(struct ext2_super) == 1024, "the superblock's size");
_Static_assert(offsetof(struct ext2_super, feature_compat) == 92, "the superblock's layout");
_Static_assert(offsetof(struct ext2_super, last_orphan) == 232, "the superblock's layout");
_Static_assert(sizeof(struct ext2_group) == 32, "a group descriptor's size");
_Static_assert(sizeof(struct ext2_inode) == 128, "an inode's size");
_Static_assert(sizeof(struct ext2_dirent) == 8, "a directory entry's head");

enum { // mode
    S_IFMT = 0xf000,
    S_IFCHR = 0x2000,
    S_IFDIR = 0x4000,
    S_IFBLK = 0x6000,
    S_IFREG = 0x8000,
    S_IFLNK = 0xa000,
};

enum { // flags
    EXT2_INDEX_FL = 0x1000,
    EXT2_EXTENTS_FL = 0x80000,
    EXT2_INLINE_FL = 0x10000000,
};

enum { FT_UNKNOWN, FT_REG, FT_DIR, FT_CHR, FT_BLK, FT_FIFO, FT_SOCK, FT_LNK }; // file_type
