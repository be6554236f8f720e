// SPDX-License-Identifier: MIT
// ledger.c - the ledger of frames: one entry per 4 KiB of RAM, and what all of them say together.
//
// Theory    The ledger is a sequence of free blocks, allocations and single reserved frames. Each
//           is described by its first entry; going from first entry to first entry visits each
//           frame. Boot stores no more in an entry than that its frame is free. The addresses are
//           stored for the 512 frames of a block together: when one of them is reserved, or when
//           the block is first taken from the lists (mm/frame/buddy.c). So most of the work is done
//           for memory that is used, not for memory that is there.
// Promises  ledger-sum: the frames of all kinds add up to frames_total(), the free ones to
//           frames_free(); an allocation has users, a free block has none; the other entries of
//           both are blank.
// Locks     none: changes by others may be seen or not. Exact at rest.
// Next      mm/frame/frame.c
#include "mm/frame/ledger.h"

#include "lib/panic.h"
#include "mm/frame/buddy.h"

#define BLOCK (PGSIZE << FRAME_MAX_ORDER)

_Static_assert(sizeof(struct frame) == 64, "ledger entries are found by shifting");

struct frame_map frame_map;

static const char *const kind_names[FRAME_KINDS] = {
    [FRAME_FREE] = "free",           [FRAME_RESERVED] = "reserved",
    [FRAME_PGTABLE] = "pgtable",     [FRAME_USER] = "user",
    [FRAME_CACHE] = "cache",         [FRAME_KSTACK] = "kstack",
    [FRAME_TRAPFRAME] = "trapframe", [FRAME_USYSCALL] = "usyscall",
    [FRAME_SLAB] = "slab",           [FRAME_DMA] = "dma",
};

// The name of a kind, as the ledger shows it; "?": there is no such kind.
const char *
frame_kind_name(enum frame_kind kind)
{
    return kind < FRAME_KINDS ? kind_names[kind] : "?";
}

// ---- Boot

// The ledger describes whole blocks of the largest order, so that every buddy has an entry.
static uint64
ledger_entries(uint64 start, uint64 end)
{
    start &= ~(BLOCK - 1);
    return ((end - start + BLOCK - 1) & ~(BLOCK - 1)) >> PGSHIFT;
}

// Returns   the bytes that a ledger for [start, end) takes.
size_t
frames_ledger_size(uint64 start, uint64 end)
{
    return ledger_entries(start, end) * sizeof(struct frame);
}

// Stores the addresses of the frames of the block of the largest order that begins at `head`.
// Locks     the allocator's; none at boot.
void
ledger_name_block(struct frame *head)
{
    char *mem = (char *)frame_map.first + (frame_pa(head) - frame_map.base);
    for (struct frame *f = head; f < head + (1U << FRAME_MAX_ORDER); f++, mem += PGSIZE)
        f->mem = mem;
}

static void
reserve_run(uint64 from, uint64 to)
{
    for (struct frame *f = frame_of(from), *end = frame_of(to); f < end; f++) {
        struct frame *head = frame_of(frame_pa(f) & ~(BLOCK - 1));
        if (!ledger_named(head))
            ledger_name_block(head);
        f->kind = FRAME_RESERVED;
    }
}

// Makes the entries of a block say that its frames are free, and that they have no addresses yet.
static void
blank_block(struct frame *head)
{
    for (struct frame *f = head; f < head + (1U << FRAME_MAX_ORDER); f++) {
        f->users = 0;
        f->kind = FRAME_FREE;
        f->order = 0;
        f->flags = 0;
        f->owner = 0;
    }
    head->mem = NULL;
}

// Describes the whole frames in [start, end) as free, and all others that the ledger covers as
// reserved.
void
ledger_init(uint64 start, uint64 end, void *room)
{
    start = PGROUNDUP(start);
    end = PGROUNDDOWN(end);
    frame_map = (struct frame_map){
        .origin = (uint64)room - ((start & ~(BLOCK - 1)) >> PGSHIFT) * sizeof(struct frame),
        .ledger = room,
        .base = start & ~(BLOCK - 1),
        .span = ledger_entries(start, end) << PGSHIFT,
        .first = p2v(start & ~(BLOCK - 1)),
        .start = start,
        .size = end - start,
    };
    for (uint64 pa = frame_map.base; pa < frame_map.base + frame_map.span; pa += BLOCK)
        blank_block(frame_of(pa));
    reserve_run(frame_map.base, start);
    reserve_run(end, frame_map.base + frame_map.span);
}

// Keeps every frame that [start, end) touches out of the allocator; parts outside of RAM are
// ignored.
void
frames_reserve(uint64 start, uint64 end)
{
    uint64 limit = frame_map.start + frame_map.size;
    start = start < frame_map.start ? frame_map.start : PGROUNDDOWN(start);
    end = end > limit ? limit : PGROUNDUP(end);
    if (start < end)
        reserve_run(start, end);
}

// Splits an allocation into single frames: each has the allocation's kind, owner, references and
// mapcount. A hart that sees a frame's references, or that the first frame is single, may change
// the counts without a lock: so these are stored first.
// Locks     the lock of the allocation's owner, which keeps references from being taken or dropped.
void
frame_split(struct frame *f)
{
    uint32 n = 1U << f->order;
    assert(f->refs > 0);
    for (uint32 i = 1; i < n; i++) {
        f[i].kind = f->kind;
        f[i].flags = f->flags;
        f[i].owner = f->owner;
        __atomic_store_n(&f[i].users, f->users, __ATOMIC_RELEASE); // pairs with compound_part()
    }
    __atomic_store_n(&f->order, 0, __ATOMIC_RELEASE); // pairs with compound_order()
}

// Joins the 512 single frames from f on, which have one user, the caller, the same kind and the
// same mapcount, into one allocation of the largest order.
// Locks     the lock of the owner of all of them.
void
frame_join(struct frame *f)
{
    assert(f->order == 0 && ((uint64)(f - frame_map.ledger) & ((1U << FRAME_MAX_ORDER) - 1)) == 0);
    for (uint32 i = 1; i < 1U << FRAME_MAX_ORDER; i++) {
        assert(f[i].refs == 1 && f[i].kind == f->kind && f[i].mapcount == f->mapcount);
        f[i].refs = 0;
        f[i].kind = FRAME_FREE;
        f[i].mapcount = 0;
    }
    f->order = FRAME_MAX_ORDER;
}

// The first ledger entry of the allocation that contains the frame at pa.
struct frame *
frame_head(uint64 pa)
{
    struct frame *f = frame_of(pa);
    for (int order = 1; !f->refs && order <= FRAME_MAX_ORDER; order++) {
        struct frame *head = frame_of(pa & ~((PGSIZE << order) - 1));
        if (head->refs && (head->order & ~BUDDY_FREE) >= order)
            return head;
    }
    return f;
}

// ---- Counting and checking

// The number of frames of the RAM that frames_init() was given, reserved ones included.
uint64
frames_total(void)
{
    return frame_map.size >> PGSHIFT;
}

static uint64
compound_frames(const struct frame *f)
{
    return 1UL << (f->order & ~BUDDY_FREE);
}

// Counts the frames of each kind, an allocation with the kind of its first frame.
void
frames_by_kind(uint64 count[FRAME_KINDS])
{
    struct frame *f = frame_of(frame_map.start), *end = f + frames_total();
    for (int k = 0; k < FRAME_KINDS; k++)
        count[k] = 0;
    for (; f < end; f += compound_frames(f))
        count[f->kind] += compound_frames(f);
}

static void
check_block(const struct frame *f)
{
    bool used = f->kind != FRAME_FREE && f->kind != FRAME_RESERVED;
    bool listed = (f->order & BUDDY_FREE) != 0;
    if ((f->refs > 0) != used || (f->mapcount > 0 && !used) || (listed && f->kind != FRAME_FREE))
        panic("ledger: pa 0x%lx kind %s owner %u refs %d order 0x%x mapcount %u", frame_pa(f),
              frame_kind_name(f->kind), f->owner, f->refs, f->order, f->mapcount);
    for (const struct frame *in = f + 1; in < f + compound_frames(f); in++)
        if (in->refs != 0 || in->kind != FRAME_FREE || in->order != 0)
            panic("ledger: pa 0x%lx kind %s refs %d order 0x%x lies inside the allocation at 0x%lx",
                  frame_pa(in), frame_kind_name(in->kind), in->refs, in->order, frame_pa(f));
}

// Checks ledger-sum, and panics with the first entry that contradicts it. No hart allocates
// meanwhile.
void
check_ledger(void)
{
    uint64 count[FRAME_KINDS], sum = 0;
    struct frame *f = frame_of(frame_map.start), *end = f + frames_total();
    for (; f < end; f += compound_frames(f))
        check_block(f);
    frames_by_kind(count);
    for (int k = 0; k < FRAME_KINDS; k++)
        sum += count[k];
    if (f != end || sum != frames_total() || count[FRAME_FREE] != frames_free())
        panic("ledger: %lu frames of %lu, free: ledger %lu, allocator %lu", sum, frames_total(),
              count[FRAME_FREE], frames_free());
}
