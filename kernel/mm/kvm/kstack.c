// SPDX-License-Identifier: MIT
// kstack.c - kernel stacks: KSTACK_SIZE bytes above a hole of the same size, in the window KSTACKS.
//
// Theory    A freed stack stays mapped and waits on a short list for the next process. Its frames
//           are freed when the list is full or memory is short. Before a hart first uses a stack,
//           kstack_sync() fences the stack's pages on this hart, since its TLB may hold invalid
//           leaves. (For invalid pointers, asid_enter() fences when the hart enters its first
//           address space.) A private stack is frames alone: the designs that have a table for
//           each process map it there. The leaf tables of all slots are made at boot: a kernel
//           table never shrinks, so tables made later for many processes would stay when these
//           have exited.
// Promises  unhook, fence, free: frames go back after every hart has fenced their addresses.
// Locks     stacks.lock (RANK_KVM).
// Manual    priv sfence.vma: invalid entries may be cached
#include "abi/errno.h"
#include "lib/bitmap.h"
#include "lib/panic.h"
#include "mm/frame/frame.h"
#include "mm/frame/kmem.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"
#include "mm/kvm/shootdown.h"
#include "pt/change.h"
#include "rv/csr.h"
#include "sync/spinlock.h"

#define PRIVATE_SLOT    0  // of all private stacks; no shared one is there
#define SPARES          32 // kept mapped
#define STACK_PAGES     KSTACK_PAGES
#define RAM_PER_STACK   (256UL << 10) // a process takes less, but other things take memory too
#define PROCESSES_LEAST 512
#define OTHERS          128 // slots beyond those of processes: spares, harts, kernel threads
#define LEAF_TABLE_SPAN (2UL << 20) // what one leaf table describes

#define PRIVATE_LEAF (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)
#define SHARED_LEAF  (PRIVATE_LEAF | PTE_G)

static struct {
    struct spinlock lock;
    uint64 slots; // how many there can be; constant
    uint64 *used; // a bit for each slot that is mapped
    uint64 hint;  // slots below it are mapped
    int nspare;
    uint64 spare[SPARES]; // tops of mapped stacks that are unused
    uint8 *known;         // by slot: see struct kstack
} stacks;

_Static_assert(MAXHART <= 8, "a bit for each");

// How many processes can have a stack of their own at a time.
uint32
kstack_processes(void)
{
    return (uint32)stacks.slots - OTHERS;
}

// Prepares the window KSTACKS: makes the leaf tables of all slots. Once at boot, when the kernel's
// table is in use. Panics without memory.
void
kstack_init(void)
{
    initlock(&stacks.lock, "kstacks", RANK_KVM);
    uint64 n = frames_total() * PGSIZE / RAM_PER_STACK, most = KSTACKS_SIZE / KSTACK_SLOT;
    n = (n > PROCESSES_LEAST ? n : PROCESSES_LEAST) + OTHERS;
    stacks.slots = n < most ? n : most;
    stacks.used = kmem_zalloc(BITMAP_WORDS(stacks.slots) * sizeof *stacks.used);
    stacks.known = kmem_zalloc(stacks.slots);
    if (!stacks.used || !stacks.known)
        panic("kstack_init: no memory for %lu slots", stacks.slots);
    bitmap_set(stacks.used, PRIVATE_SLOT);
    for (uint64 va = KSTACKS; va < KSTACKS + stacks.slots * KSTACK_SLOT; va += LEAF_TABLE_SPAN)
        if (!walk(&kernel_pt, va, 1))
            panic("kstack_init: no memory for the table of 0x%lx", va);
    stacks.known[PRIVATE_SLOT] = ~0; // its tables have their own fences
}

static uint64
slot_bottom(int slot)
{
    return KSTACKS + (uint64)slot * KSTACK_SLOT + KSTACK_SIZE;
}

static int
top_slot(uint64 top)
{
    return (int)((top - KSTACKS) / KSTACK_SLOT) - 1;
}

// Takes out the stack's leaves. Writes the frames' addresses to pa[].
static void
unhook_stack(uint64 top, uint64 *pa)
{
    for (int i = 0; i < (int)STACK_PAGES; i++) {
        pte_t *slot = walk(&kernel_pt, top - KSTACK_SIZE + (uint64)i * PGSIZE, 0);
        assert(slot && pte_leaf(*slot));
        pa[i] = pte_pa(*slot);
        pt_change(slot, 0);
    }
}

// Gives back the frames of stacks that are on no list.
static void
discard(const uint64 *tops, int n)
{
    uint64 pa[SPARES][STACK_PAGES], lowest = tops[0], highest = tops[0];
    for (int i = 0; i < n; i++) {
        unhook_stack(tops[i], pa[i]);
        lowest = tops[i] < lowest ? tops[i] : lowest;
        highest = tops[i] > highest ? tops[i] : highest;
    }
    kvm_shootdown(lowest - KSTACK_SIZE, highest);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < (int)STACK_PAGES; j++)
            kfree(p2v(pa[i][j]));
    acquire(&stacks.lock);
    for (int i = 0; i < n; i++) {
        stacks.known[top_slot(tops[i])] = 0;
        bitmap_clear(stacks.used, (size_t)top_slot(tops[i]));
    }
    stacks.hint = 0;
    release(&stacks.lock);
}

// Takes all frames before it maps one: a TLB may hold any leaf that was mapped, if only for a
// moment.
static bool
map_stack(uint64 bottom, uint32 owner)
{
    void *frame[STACK_PAGES];
    for (int i = 0; i < (int)STACK_PAGES; i++) {
        frame[i] = kalloc(FRAME_KSTACK, owner);
        if (frame[i])
            continue;
        while (i-- > 0)
            kfree(frame[i]);
        return false;
    }
    for (int i = 0; i < (int)STACK_PAGES; i++) {
        uint64 va = bottom + (uint64)i * PGSIZE;
        int error = map_page(&kernel_pt, va, pte_make(v2p(frame[i]), SHARED_LEAF));
        assert(!error); // kstack_init() has made the tables of all slots
    }
    return true;
}

// Takes a free slot and maps a stack there. An allocation here that starts a reclaim finds
// stacks.lock taken, so the reclaim leaves the spare stacks alone.
// Returns   the stack's top; 0: no slot or no memory.
// Locks     stacks.lock held.
static uint64
map_new_stack(uint32 owner)
{
    uint64 slot = bitmap_find_zero(stacks.used, stacks.slots, stacks.hint);
    if (slot >= stacks.slots || !map_stack(slot_bottom((int)slot), owner))
        return 0;
    bitmap_set(stacks.used, slot);
    stacks.hint = slot + 1;
    return slot_bottom((int)slot) + KSTACK_SIZE;
}

static int
alloc_private(struct kstack *ks, uint32 owner)
{
    for (int i = 0; i < (int)STACK_PAGES; i++) {
        void *frame = kalloc(FRAME_KSTACK, owner);
        if (!frame) {
            kstack_free(ks);
            return -ENOMEM;
        }
        ks->pa[i] = v2p(frame);
    }
    ks->top = slot_bottom(PRIVATE_SLOT) + KSTACK_SIZE;
    ks->known = &stacks.known[PRIVATE_SLOT];
    return 0;
}

// Gives *ks a stack that belongs to process `owner`: a shared one, at an address of its own in the
// kernel's table, or a private one, frames that kstack_map() maps.
// On error  -ENOMEM: *ks has none.
// Locks     none held that rank at or above RANK_KVM.
int
kstack_alloc(struct kstack *ks, uint32 owner, bool private)
{
    *ks = (struct kstack){0};
    if (private)
        return alloc_private(ks, owner);
    acquire(&stacks.lock);
    ks->top = stacks.nspare ? stacks.spare[--stacks.nspare] : map_new_stack(owner);
    release(&stacks.lock);
    if (!ks->top)
        return -ENOMEM;
    ks->known = &stacks.known[top_slot(ks->top)];
    return 0;
}

static void
free_shared(uint64 top)
{
    uint64 old[SPARES];
    int n = 0;
    acquire(&stacks.lock);
    if (stacks.nspare == SPARES)
        while (n < SPARES / 2)
            old[n++] = stacks.spare[--stacks.nspare];
    stacks.spare[stacks.nspare++] = top;
    release(&stacks.lock);
    if (n)
        discard(old, n);
}

// Gives the stack back, if *ks has one; no hart is on it. A shared one may stay mapped for the next
// process.
// Locks     none held that rank at or above RANK_KVM.
// Fences    all harts, if a stack is unmapped, before its frames are freed.
void
kstack_free(struct kstack *ks)
{
    bool private = false;
    for (int i = 0; i < (int)STACK_PAGES; i++) {
        if (!ks->pa[i])
            continue;
        private = true;
        kfree(p2v(ks->pa[i]));
    }
    if (!private && ks->top)
        free_shared(ks->top);
    *ks = (struct kstack){0};
}

// Maps a private stack at its address in `t`, the process's own kernel table.
// On error  -ENOMEM: some of its pages are mapped.
int
kstack_map(const struct kstack *ks, struct pt *t)
{
    uint64 va = ks->top - KSTACK_SIZE;
    for (int i = 0; i < (int)STACK_PAGES; i++, va += PGSIZE) {
        int error = map_page(t, va, pte_make(ks->pa[i], PRIVATE_LEAF));
        if (error)
            return error;
    }
    return 0;
}

// Unmaps and frees the spare stacks, when an allocation found no frame. Does nothing if stacks.lock
// is taken.
// Returns   the number of frames.
// Locks     none held that rank at or above RANK_KVM.
// Fences    all harts, before the frames are freed.
uint64
kstack_reclaim(void)
{
    uint64 old[SPARES];
    int n = 0;
    if (!tryacquire(&stacks.lock))
        return 0;
    while (stacks.nspare)
        old[n++] = stacks.spare[--stacks.nspare];
    release(&stacks.lock);
    if (n)
        discard(old, n);
    return (uint64)n * STACK_PAGES;
}

// Lets this hart use a stack that was mapped since the hart last used it: kstack_sync()'s slow
// path.
// Fences    this hart's, for the stack's pages: invalid entries may be cached (priv sfence.vma).
void
kstack_fence(const struct kstack *ks)
{
    for (uint64 va = ks->top - KSTACK_SIZE; va != ks->top; va += PGSIZE)
        sfence_vma_global(va);
    *ks->known |= (uint8)(1 << cpuid());
}
