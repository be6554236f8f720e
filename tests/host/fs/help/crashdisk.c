// SPDX-License-Identifier: MIT
// crashdisk.c - see crashdisk.h.
#include "crashdisk.h"

#include "abi/errno.h"
#include "mm/frame/direct.h"
#include "test.h"

#define QUEUE 512

struct event *events;
uint32 nevents;
bool crash_recording;
long crash_ignored_flush = -1, crash_lost_block = -1;

static uint32 room;
static uint8 *base;                      // of all blocks
static const uint8 *now[CRASH_BLOCKS];   // the disk
static const uint8 *solid[CRASH_BLOCKS]; // the base and the first `solid_at` events
static uint32 solid_at;
static uint8 *spent[65536]; // written after a cut
static uint32 nspent;
static struct {
    struct blk_req *r;
    uint32 safe; // of a flush
} queue[QUEUE];
static uint32 queued;

static void
note(int kind, uint32 block, uint32 safe, uint8 *data)
{
    if (nevents == room) {
        room = room ? room * 2 : 1024;
        events = realloc(events, room * sizeof *events);
    }
    events[nevents++] = (struct event){kind, block, safe, data};
}

// Frees the blocks written after the last cut.
static void
free_spent(void)
{
    while (nspent)
        free(spent[--nspent]);
}

// The writes after the last cut, and their flushes.
static struct {
    uint32 block; // ~0: a flush
    uint32 safe;
    const uint8 *data;
} later[4096];
static uint32 nlater;
static const uint8 *at_cut[CRASH_BLOCKS];

static void
note_later(uint32 block, uint32 safe, const uint8 *data)
{
    CHECK(nlater < NELEM(later));
    later[nlater].block = block;
    later[nlater].safe = safe;
    later[nlater++].data = data;
}

static void
write_block(uint32 block, uint64 pa)
{
    uint8 *data = malloc(BLKSIZE);
    memcpy(data, p2v(pa), BLKSIZE);
    now[block] = data;
    if (crash_recording) {
        note(EV_WRITE, block, 0, data);
        return;
    }
    CHECK(nspent < NELEM(spent));
    spent[nspent++] = data;
    note_later(block, 0, data);
}

static void
complete(struct blk_req *r, uint32 safe)
{
    if (r->op == BLK_READ)
        memcpy(p2v(r->pa), now[r->block], BLKSIZE);
    else if (r->op == BLK_WRITE)
        write_block((uint32)r->block, r->pa);
    else if (crash_recording)
        note(EV_FLUSH, 0, safe, NULL);
    else
        note_later(~0U, safe, NULL);
    r->status = 0;
    r->done(r);
}

int
crash_complete(void)
{
    CHECK(queued > 0); // else it would wait for ever
    for (uint64 n = 1 + rnd_below(queued); n > 0 && queued; n--) {
        uint64 i = rnd_below(queued);
        struct blk_req *r = queue[i].r;
        uint32 safe = queue[i].safe;
        queue[i] = queue[--queued];
        complete(r, safe);
    }
    return (int)queued;
}

static void
submit(struct blkdev *d, struct list *reqs)
{
    for (struct list *node; (node = list_pop_front(reqs));) {
        struct blk_req *r = list_entry(node, struct blk_req, link);
        CHECK(r->op == BLK_FLUSH || (r->block < d->blocks && r->pa % BLKSIZE == 0));
        while (queued == QUEUE)
            crash_complete();
        queue[queued].safe = crash_recording ? nevents : nlater;
        queue[queued++].r = r;
    }
}

void
crash_base(const uint8 *image)
{
    crash_forget();
    free(base);
    base = malloc((size_t)CRASH_BLOCKS * BLKSIZE);
    memcpy(base, image, (size_t)CRASH_BLOCKS * BLKSIZE);
    for (uint32 b = 0; b < CRASH_BLOCKS; b++)
        now[b] = solid[b] = base + (size_t)b * BLKSIZE;
    solid_at = 0;
}

void
crash_disk(struct blkdev *d)
{
    *d = (struct blkdev){.name = "mem0", .blocks = CRASH_BLOCKS, .submit = submit};
}

void
crash_image(uint8 *image)
{
    for (uint32 b = 0; b < CRASH_BLOCKS; b++)
        memcpy(image + (size_t)b * BLKSIZE, now[b], BLKSIZE);
}

const uint8 *
crash_block(uint32 block)
{
    return now[block];
}

void
crash_forget(void)
{
    uint8 *image = base ? malloc((size_t)CRASH_BLOCKS * BLKSIZE) : NULL;
    CHECK_EQ(queued, 0);
    if (!image)
        return;
    crash_image(image);
    for (uint32 i = 0; i < nevents; i++)
        free(events[i].data);
    nevents = 0;
    free_spent();
    free(base);
    base = image;
    for (uint32 b = 0; b < CRASH_BLOCKS; b++)
        now[b] = solid[b] = base + (size_t)b * BLKSIZE;
    solid_at = 0;
}

static bool
is_lost(uint32 i)
{
    return (long)i == crash_lost_block;
}

// Cuts the power once more, at a random event after the last cut. The disk has all that flushes
// have made safe, and a random part of the rest.
void
crash_recut(void)
{
    uint32 end = (uint32)rnd_below(nlater + 1), safe = 0;
    CHECK_EQ(queued, 0);
    memcpy(now, at_cut, sizeof now);
    for (uint32 i = 0; i < end; i++)
        if (later[i].block == ~0U)
            safe = later[i].safe;
    for (uint32 i = 0; i < end; i++)
        if (later[i].block != ~0U && (i < safe || rnd_below(2)))
            now[later[i].block] = later[i].data;
    memcpy(at_cut, now, sizeof now);
    nlater = 0;
}

void
crash_set(const uint8 *image)
{
    for (uint32 b = 0; b < CRASH_BLOCKS; b++) {
        const uint8 *want = image + (size_t)b * BLKSIZE;
        if (memcmp(now[b], want, BLKSIZE) == 0)
            continue;
        uint8 *data = malloc(BLKSIZE);
        memcpy(data, want, BLKSIZE);
        now[b] = data;
        spent[nspent++] = data;
    }
}

static uint32
safe_before(uint32 at)
{
    uint32 safe = 0;
    for (uint32 i = at; i-- > 0;) {
        if (events[i].kind == EV_FLUSH && (long)i != crash_ignored_flush) {
            safe = events[i].safe;
            break;
        }
    }
    return safe;
}

// Applies only the first sectors of a write (a torn write).
static void
tear(uint32 i)
{
    uint8 *data = malloc(BLKSIZE);
    uint64 cut = 512 * rnd_below(8);
    memcpy(data, now[events[i].block], BLKSIZE);
    memcpy(data, events[i].data, cut);
    now[events[i].block] = data;
    spent[nspent++] = data;
}

void
crash_cut(uint32 at, enum keep k)
{
    uint32 safe = safe_before(at);
    free_spent();
    queued = 0;
    if (safe < solid_at) { // back to the start
        for (uint32 b = 0; b < CRASH_BLOCKS; b++)
            solid[b] = base + (size_t)b * BLKSIZE;
        solid_at = 0;
    }
    for (; solid_at < safe; solid_at++)
        if (events[solid_at].kind == EV_WRITE && !is_lost(solid_at))
            solid[events[solid_at].block] = events[solid_at].data;
    memcpy(now, solid, sizeof now);
    uint64 odds = 1 + rnd_below(4);
    for (uint32 i = safe; i < at && k != KEEP_NONE; i++) {
        if (events[i].kind != EV_WRITE || is_lost(i) || (k != KEEP_ALL && rnd_below(5) < odds))
            continue;
        if (k == KEEP_TORN && rnd_below(4) == 0)
            tear(i);
        else
            now[events[i].block] = events[i].data;
    }
    memcpy(at_cut, now, sizeof now);
    nlater = 0;
}
