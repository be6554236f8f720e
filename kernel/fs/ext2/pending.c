// SPDX-License-Identifier: MIT
// pending.c - pending frees: blocks that an uncommitted transaction has freed.
//
// Theory    Two maps for each group, when needed: the blocks that the running transaction freed
//           and those of the one that is being committed. They count as used in the group's
//           bitmap and in all counts.
// Locks     fs->alloc. The set of maps changes under it or while operations are held.
#include "fs/ext2/pending.h"

#include "fs/ext2/super.h"
#include "lib/bitmap.h"
#include "mm/frame/kmem.h"

#define WORDS (BLKSIZE / 8)

enum { RUNNING, COMMITTING };

struct pending_map {
    struct frame *map;    // NULL: nothing is freed
    struct frame *bitmap; // the group's, with a reference
    uint32 lo, hi;        // words of the map that are not 0 are in [lo, hi)
    uint32 count;
};

struct pending_group {
    struct pending_map of[2];
};

// Allocates the table of pending frees, one entry for each group.
// On error  -ENOMEM.
int
pending_setup(struct ext2 *fs)
{
    fs->pending = kmem_zalloc(fs->groups * sizeof *fs->pending);
    return fs->pending ? 0 : -ENOMEM;
}

static void
forget(struct pending_map *m)
{
    if (!m->map)
        return;
    frame_put(m->map);
    frame_put(m->bitmap);
    *m = (struct pending_map){0};
}

// Frees the table of pending frees, and forgets all of these. No operation is under way.
void
pending_close(struct ext2 *fs)
{
    for (uint32 g = 0; fs->pending && g < fs->groups; g++) {
        forget(&fs->pending[g].of[RUNNING]);
        forget(&fs->pending[g].of[COMMITTING]);
    }
    kmem_free(fs->pending);
    fs->pending = NULL;
}

// Allocates the group's map, so that blocks can be added.
int
pending_reserve(struct ext2 *fs, uint32 group, struct frame *bitmap)
{
    if (!fs->pending || fs->pending[group].of[RUNNING].map)
        return 0;
    void *data = kzalloc(FRAME_CACHE, 0);
    if (!data)
        return -ENOMEM;
    struct pending_map *m = &fs->pending[group].of[RUNNING];
    acquire(&fs->alloc);
    bool mine = !m->map;
    if (mine) {
        frame_get(bitmap);
        *m = (struct pending_map){.map = frame_of(v2p(data)), .bitmap = bitmap, .lo = WORDS};
    }
    release(&fs->alloc);
    if (!mine)
        kfree(data);
    return 0;
}

static bool
has(const struct pending_map *m, uint32 bit)
{
    return m->map && bitmap_test(page_data(m->map), bit);
}

// Adds a block to the frees of the running transaction.
// Returns   false: it was freed already, and the commit is still to come.
// Locks     fs->alloc is held.
bool
pending_add(struct ext2 *fs, uint32 group, uint32 bit)
{
    struct pending_map *m = &fs->pending[group].of[RUNNING];
    if (has(m, bit) || has(&fs->pending[group].of[COMMITTING], bit))
        return false;
    bitmap_set(page_data(m->map), bit);
    m->lo = bit / 64 < m->lo ? bit / 64 : m->lo;
    m->hi = bit / 64 + 1 > m->hi ? bit / 64 + 1 : m->hi;
    m->count++;
    fs->npending++;
    return true;
}

// The running transaction's frees become those of the committing one, which has none.
// Locks     operations are held.
void
pending_take(struct journal_fs *j)
{
    struct ext2 *fs = ext2_of(j);
    for (uint32 g = 0; g < fs->groups; g++) {
        struct pending_map *m = fs->pending[g].of;
        m[COMMITTING] = m[RUNNING];
        m[RUNNING] = (struct pending_map){0};
    }
}

// Marks the blocks that the committing transaction freed as free, or as in use again, in the
// bitmaps and in all counts.
void
pending_mark(struct journal_fs *j, bool free)
{
    struct ext2 *fs = ext2_of(j);
    for (uint32 g = 0; g < fs->groups; g++) {
        struct pending_map *m = &fs->pending[g].of[COMMITTING];
        if (!m->map)
            continue;
        uint64 *live = page_data(m->bitmap), *freed = page_data(m->map);
        acquire(&fs->alloc);
        for (uint32 i = m->lo; i < m->hi; i++)
            live[i] = free ? live[i] & ~freed[i] : live[i] | freed[i];
        uint32 change = free ? m->count : 0U - m->count;
        ext2_group(fs, g)->free_blocks = (uint16)(ext2_group(fs, g)->free_blocks + change);
        fs->free_blocks += change;
        fs->npending -= change;
        release(&fs->alloc);
    }
}

// Forgets the committing transaction's frees; the counts remain as they are.
void
pending_end(struct journal_fs *j)
{
    struct ext2 *fs = ext2_of(j);
    for (uint32 g = 0; g < fs->groups; g++) {
        struct pending_map *m = &fs->pending[g].of[COMMITTING], old = *m;
        acquire(&fs->alloc); // a thread that frees a block looks at both maps
        *m = (struct pending_map){0};
        release(&fs->alloc);
        forget(&old);
    }
}
