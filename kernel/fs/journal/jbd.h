// SPDX-License-Identifier: MIT
// jbd.h - the on-disk format of ext3's journal: big-endian, blocks of 4 KiB.
//
// The journal is a file. Its first block is the journal's superblock; the others are used in
// turn, and over again. A transaction is descriptors, each followed by the blocks that it lists,
// blocks that list revoked ones, and at the end a commit block, all with the transaction's
// number.
#pragma once

#include "lib/types.h"

#define JBD_MAGIC 0xc03b3998U

typedef uint32 be32;
typedef uint16 be16;

enum { JBD_DESCRIPTOR = 1, JBD_COMMIT, JBD_SUPER_V1, JBD_SUPER_V2, JBD_REVOKE };
enum { JBD_ESCAPED = 1, JBD_SAME_UUID = 2, JBD_LAST_TAG = 8 }; // of a tag
enum { JBD_INCOMPAT_REVOKE = 1 };

struct jbd_header {
    be32 magic, type, tid;
};

struct jbd_super {
    struct jbd_header head; // tid: not used
    be32 block_size, maxlen, first;
    be32 tid, start; // the oldest transaction and its first block; start 0: nothing to replay
    be32 error;
    be32 compat, incompat, ro_compat; // version 2
    uint8 uuid[16];
    be32 users, dynsuper, max_trans, max_data;
    uint8 rest[944];
};

struct jbd_tag {
    be32 block;
    be16 checksum, flags; // 16 bytes of uuid follow unless JBD_SAME_UUID
};

struct jbd_revoke {
    struct jbd_header head;
    be32 bytes; // used in this block, this head included
    be32 block[];
};

struct jbd_commit {
    struct jbd_header head;
    uint8 checksum[36];
    be32 seconds[2], nanoseconds;
};

_Static_assert(sizeof(struct jbd_super) == 1024, "the journal's superblock");
_Static_assert(offsetof(struct jbd_super, incompat) == 40, "the journal's superblock");
_Static_assert(sizeof(struct jbd_tag) == 8, "a tag's size");

// Converts 16 bits between the journal's byte order and the hart's.
static inline uint16
be16_swap(uint16 x)
{
    return (uint16)(x >> 8 | x << 8);
}

// The value of 32 bits in the journal's byte order.
static inline uint32
be32_get(be32 x)
{
    return x >> 24 | (x >> 8 & 0xff00) | (x & 0xff00) << 8 | x << 24;
}

// A value as 32 bits in the journal's byte order.
static inline be32
be32_make(uint32 x)
{
    return be32_get(x);
}
