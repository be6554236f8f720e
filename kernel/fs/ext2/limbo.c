// SPDX-License-Identifier: MIT
// limbo.c - see limbo.h.
//
// Theory    Two maps for each group, when needed: the blocks that the running transaction freed
//           and those of the one that is being committed. They count as used in the group's
//           bitmap and in all counts.
// Locks     fs->alloc. Which maps there are changes under it or while operations are held up.
#include "fs/ext2/limbo.h"

#include "fs/ext2/bits.h"
#include "fs/ext2/super.h"
#include "mm/frame/kmem.h"

#define WORDS (BLKSIZE / 8)

enum { RUNNING, COMMITTING };

struct limbo_map {
    struct frame *map;    // NULL: nothing is freed
    struct frame *bitmap; // the group's, with a reference
    uint32 lo, hi;        // words of the map that are not 0 are in [lo, hi)
    uint32 count;
};

struct limbo_group {
    struct limbo_map of[2];
};

int
limbo_setup(struct ext2 *fs)
{
    fs->limbo = kmem_zalloc(fs->groups * sizeof *fs->limbo);
    return fs->limbo ? 0 : -ENOMEM;
}

static void
forget(struct limbo_map *m)
{
    if (!m->map)
        return;
    frame_put(m->map);
    frame_put(m->bitmap);
    *m = (struct limbo_map){0};
}

void
limbo_close(struct ext2 *fs)
{
    for (uint32 g = 0; fs->limbo && g < fs->groups; g++) {
        forget(&fs->limbo[g].of[RUNNING]);
        forget(&fs->limbo[g].of[COMMITTING]);
    }
    kmem_free(fs->limbo);
    fs->limbo = NULL;
}

// Makes sure that blocks of the group can be added.
int
limbo_reserve(struct ext2 *fs, uint32 group, struct frame *bitmap)
{
    if (!fs->limbo || fs->limbo[group].of[RUNNING].map)
        return 0;
    void *data = kzalloc(FRAME_CACHE, 0);
    if (!data)
        return -ENOMEM;
    struct limbo_map *m = &fs->limbo[group].of[RUNNING];
    acquire(&fs->alloc);
    bool mine = !m->map;
    if (mine) {
        frame_get(bitmap);
        *m = (struct limbo_map){.map = frame_of(v2p(data)), .bitmap = bitmap, .lo = WORDS};
    }
    release(&fs->alloc);
    if (!mine)
        kfree(data);
    return 0;
}

static bool
has(const struct limbo_map *m, uint32 bit)
{
    return m->map && bits_test(page_data(m->map), bit);
}

// Locks     fs->alloc is held.
bool
limbo_add(struct ext2 *fs, uint32 group, uint32 bit)
{
    struct limbo_map *m = &fs->limbo[group].of[RUNNING];
    if (has(m, bit) || has(&fs->limbo[group].of[COMMITTING], bit))
        return false;
    bits_set(page_data(m->map), bit);
    m->lo = bit / 64 < m->lo ? bit / 64 : m->lo;
    m->hi = bit / 64 + 1 > m->hi ? bit / 64 + 1 : m->hi;
    m->count++;
    fs->nlimbo++;
    return true;
}

// Operations are held up, and nothing is left of the last commit.
void
limbo_turn(struct ext2 *fs)
{
    for (uint32 g = 0; g < fs->groups; g++) {
        struct limbo_map *m = fs->limbo[g].of;
        m[COMMITTING] = m[RUNNING];
        m[RUNNING] = (struct limbo_map){0};
    }
}

// Lets what the committing transaction freed be free, or used.
static void
mark(struct ext2 *fs, bool free)
{
    for (uint32 g = 0; g < fs->groups; g++) {
        struct limbo_map *m = &fs->limbo[g].of[COMMITTING];
        if (!m->map)
            continue;
        uint64 *live = page_data(m->bitmap), *freed = page_data(m->map);
        acquire(&fs->alloc);
        for (uint32 i = m->lo; i < m->hi; i++)
            live[i] = free ? live[i] & ~freed[i] : live[i] | freed[i];
        uint32 change = free ? m->count : 0U - m->count;
        ext2_group(fs, g)->free_blocks = (uint16)(ext2_group(fs, g)->free_blocks + change);
        fs->free_blocks += change;
        fs->nlimbo -= change;
        release(&fs->alloc);
    }
}

void
limbo_settle(struct ext2 *fs)
{
    mark(fs, true);
}

void
limbo_restore(struct ext2 *fs)
{
    mark(fs, false);
}

void
limbo_forget(struct ext2 *fs)
{
    for (uint32 g = 0; g < fs->groups; g++) {
        struct limbo_map *m = &fs->limbo[g].of[COMMITTING], old = *m;
        acquire(&fs->alloc); // whoever frees a block looks at both maps
        *m = (struct limbo_map){0};
        release(&fs->alloc);
        forget(&old);
    }
}
