// SPDX-License-Identifier: MIT
// e2check.c - see e2check.h. Written from the format alone: it shares no code with the file system.
#include "e2check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/ext2/ext2.h"

static const uint8 *(*get)(uint32);
static const struct ext2_super *sb;
static uint8 *used;    // per block: how many claim it
static uint16 *links;  // per inode: names found
static char text[160]; // the answer
static uint32 isize;

#define FAULT(...) (snprintf(text, sizeof text, __VA_ARGS__), text)

static const struct ext2_group *
group(uint32 g)
{
    return (const struct ext2_group *)get(1) + g;
}

static const struct ext2_inode *
inode(uint32 n)
{
    uint32 g = (n - 1) / sb->inodes_per_group, i = (n - 1) % sb->inodes_per_group * isize;
    return (const struct ext2_inode *)(get(group(g)->inode_table + i / BLKSIZE) + i % BLKSIZE);
}

static bool
bit(const uint8 *map, uint32 i)
{
    return map[i / 8] >> i % 8 & 1;
}

static const char *
claim(uint32 n, uint32 block)
{
    if (block == 0 || block >= sb->blocks_count)
        return FAULT("inode %u points to block %u", n, block);
    if (used[block]++)
        return FAULT("inode %u claims block %u, which has an owner", n, block);
    return NULL;
}

// Visits the tree of a file's blocks in order; blocks[] gets those that hold contents.
static const char *
tree(uint32 n, uint32 block, int level, uint32 *count, uint32 *index, uint32 *blocks, uint32 max)
{
    uint32 span = 1;
    for (int i = 0; i < level; i++)
        span *= EXT2_NPTR;
    if (!block) {
        *index += span;
        return NULL;
    }
    const char *why = claim(n, block);
    if (why)
        return why;
    ++*count;
    if (level == 0) {
        if (*index < max)
            blocks[*index] = block;
        ++*index;
        return NULL;
    }
    for (uint32 i = 0; i < EXT2_NPTR; i++) {
        why = tree(n, ((const uint32 *)get(block))[i], level - 1, count, index, blocks, max);
        if (why)
            return why;
    }
    return NULL;
}

static const char *directory(uint32 n, uint32 parent);

static const char *
entries(uint32 n, uint32 parent, const uint8 *page)
{
    for (uint32 off = 0; off < BLKSIZE;) {
        const struct ext2_dirent *e = (const struct ext2_dirent *)(page + off);
        if (e->rec_len < 8 || e->rec_len % 4 || off + e->rec_len > BLKSIZE)
            return FAULT("directory %u: entry at %u is %u long", n, off, e->rec_len);
        off += e->rec_len;
        if (!e->inode)
            continue;
        if (e->inode > sb->inodes_count || (e->inode < sb->first_ino && e->inode != EXT2_ROOT))
            return FAULT("directory %u names inode %u", n, e->inode);
        bool up = e->name_len == 2 && memcmp(e->name, "..", 2) == 0;
        bool self = e->name_len == 1 && e->name[0] == '.';
        links[e->inode]++;
        if (self ? e->inode != n : up && e->inode != parent)
            return FAULT("directory %u: a dot names inode %u", n, e->inode);
        if (self || up || links[e->inode] > 1)
            continue;
        const char *why = directory(e->inode, n);
        if (why)
            return why;
    }
    return NULL;
}

// An inode that has a name, and the files below it.
static const char *
directory(uint32 n, uint32 parent)
{
    static uint32 all[64][512];
    static int depth;
    const struct ext2_inode *di = inode(n);
    uint32 *blocks = all[depth], count = 0, index = 0;
    const char *why = NULL;
    if (!di->links_count || !di->mode)
        return FAULT("inode %u has a name, but is free", n);
    if ((di->mode & S_IFMT) == S_IFCHR || ((di->mode & S_IFMT) == S_IFLNK && !di->blocks))
        return NULL;
    memset(blocks, 0, sizeof all[0]);
    for (int i = 0; i < 15 && !why; i++)
        why = tree(n, di->block[i], i < 12 ? 0 : i - 11, &count, &index, blocks, 512);
    if (!why && count * 8 != di->blocks)
        why = FAULT("inode %u has %u blocks, counts %u", n, count, di->blocks / 8);
    if (why || (di->mode & S_IFMT) != S_IFDIR)
        return why;
    depth++;
    for (uint32 i = 0; i < di->size / BLKSIZE && !why; i++)
        why = blocks[i] ? entries(n, parent, get(blocks[i])) : FAULT("directory %u has a hole", n);
    depth--;
    return why;
}

static bool
super_at(uint32 g)
{
    for (uint32 base = 3; base <= 7; base += 2)
        for (uint32 p = base; p <= g; p *= base)
            if (p == g)
                return true;
    return g <= 1;
}

static void
claim_tables(void)
{
    uint32 groups = (sb->blocks_count - 1) / sb->blocks_per_group + 1;
    for (uint32 g = 0; g < groups; g++) {
        used[group(g)->block_bitmap]++;
        used[group(g)->inode_bitmap]++;
        for (uint32 i = 0; i < sb->inodes_per_group * isize / BLKSIZE; i++)
            used[group(g)->inode_table + i]++;
        for (uint32 i = 0; super_at(g) && i < 2U + sb->reserved_gdt_blocks; i++)
            used[g * sb->blocks_per_group + i]++;
    }
}

static const char *
check_group(uint32 g)
{
    const uint8 *bb = get(group(g)->block_bitmap), *ib = get(group(g)->inode_bitmap);
    uint32 start = g * sb->blocks_per_group, free = 0, ifree = 0, dirs = 0;
    for (uint32 i = 0; i < sb->blocks_per_group && start + i < sb->blocks_count; i++) {
        if (bit(bb, i) != (used[start + i] != 0))
            return FAULT("block %u is %s, marked %d", start + i, used[start + i] ? "used" : "free",
                         bit(bb, i));
        free += !bit(bb, i);
    }
    for (uint32 i = 0; i < sb->inodes_per_group; i++) {
        uint32 n = g * sb->inodes_per_group + i + 1;
        bool reserved = n < sb->first_ino;
        const struct ext2_inode *di = inode(n);
        if (!reserved && links[n] != di->links_count)
            return FAULT("inode %u has %u names, counts %u", n, links[n], di->links_count);
        if (bit(ib, i) != (reserved || links[n]))
            return FAULT("inode %u has %u names, marked %d", n, links[n], bit(ib, i));
        if (!reserved && !links[n] && di->mode && !di->dtime)
            return FAULT("inode %u is deleted, but has no time of deletion", n);
        ifree += !bit(ib, i);
        dirs += (n == EXT2_ROOT || !reserved) && links[n] && (di->mode & S_IFMT) == S_IFDIR;
    }
    const struct ext2_group *gd = group(g);
    if (gd->free_blocks != free || gd->free_inodes != ifree || gd->used_dirs != dirs)
        return FAULT("group %u counts %u, %u, %u; has %u, %u, %u", g, gd->free_blocks,
                     gd->free_inodes, gd->used_dirs, free, ifree, dirs);
    return NULL;
}

static const char *
check(void)
{
    const char *why = NULL;
    uint32 count = 0, index = 0, groups = (sb->blocks_count - 1) / sb->blocks_per_group + 1;
    claim_tables();
    if (sb->journal_inum)
        for (int i = 0; i < 15 && !why; i++)
            why = tree(sb->journal_inum, inode(sb->journal_inum)->block[i], i < 12 ? 0 : i - 11,
                       &count, &index, NULL, 0);
    // The descriptors' spare blocks belong to inode 7: its block of pointers is a block as well.
    for (int i = 0; i < 15 && !why && sb->reserved_gdt_blocks; i++)
        if (inode(7)->block[i])
            used[inode(7)->block[i]]++;
    links[EXT2_ROOT] = 0;
    if (!why)
        why = directory(EXT2_ROOT, EXT2_ROOT);
    for (uint32 g = 0; g < groups && !why; g++)
        why = check_group(g);
    if (!why && sb->last_orphan)
        why = FAULT("inode %u waits to be freed", sb->last_orphan);
    return why;
}

const char *
e2check(const uint8 *(*block)(uint32))
{
    get = block;
    sb = (const struct ext2_super *)(get(0) + EXT2_SB_OFFSET);
    isize = sb->inode_size;
    used = calloc(sb->blocks_count, 1);
    links = calloc(sb->inodes_count + 1, sizeof *links);
    const char *why = check();
    free(used);
    free(links);
    return why;
}
