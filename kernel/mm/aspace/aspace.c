// SPDX-License-Identifier: MIT
// aspace.c - makes, frees, unmaps, copies and loads address spaces.
//
// Promises  A new address space is complete or does not exist. When one ends, each leaf's frame
//           loses the reference that the leaf held.
// Fences    asid_enter() decides, and says whether all has to be dropped after the satp write too
//           (priv satp: writing it orders nothing by itself).
#include "mm/aspace/aspace.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "mm/aspace/asid.h"
#include "mm/aspace/defer.h"
#include "mm/aspace/leaves.h"
#include "mm/aspace/mapsite.h"
#include "mm/aspace/mirror.h"
#include "mm/aspace/mmap.h"
#include "mm/aspace/spare.h"
#include "mm/aspace/tlb.h"
#include "mm/aspace/viewers.h"
#include "mm/frame/compound.h"
#include "mm/frame/kmem.h"
#include "mm/frame/userpage.h"
#include "mm/kvm/layout.h"
#include "rv/csr.h"
#include "sync/thread.h"

// How much is done before others may run:
#define UNMAP_PIECE   (128UL << 20) // bytes that are taken out
#define SHARE_REGIONS 1024          // regions that a fork shares

const struct design *design;

static struct kmem_cache aspace_cache;
static uint64 families; // the number of the last family; atomic

uint64 uvm_ended;

static uint64
table_for(struct aspace *as)
{
    void *table = spare_take(as);
    if (!table)
        table = uvm_zalloc(as, FRAME_PGTABLE);
    return table ? v2p(table) : 0;
}

static uint64
user_table(struct pt *t)
{
    return table_for(container_of(t, struct aspace, pt));
}

static uint64
kernel_table(struct pt *t)
{
    return table_for(container_of(t, struct aspace, kpt));
}

static void
table_free(struct pt *t, uint64 pa)
{
    (void)t;
    kfree(p2v(pa));
}

// Frees a table of a kernel tree, the root too: it is blank, since the design has taken out all
// that the root led to.
static void
kernel_table_free(struct pt *t, uint64 pa)
{
    (void)t;
    kfree_zeroed(p2v(pa));
}

static struct pt_env user_env = {.direct = DIRECT_MAP,
                                 .alloc = user_table,
                                 .free = table_free,
                                 .readonly = PTE_COW,
                                 .deferred = PTE_DEFERRED};
static struct pt_env kernel_env = {.direct = DIRECT_MAP,
                                   .alloc = kernel_table,
                                   .free = kernel_table_free,
                                   .deferred = PTE_DEFERRED};

struct frame *zero_frame;

// Prepares address spaces. Once at boot, before the first process and the other harts, after design
// and mode have been chosen.
// Fences    this hart's, where the kernel's table gets the trampoline.
void
aspace_init(void)
{
    kmem_cache_init(&aspace_cache, "aspace", sizeof(struct aspace));
    compound_init();
    user_env.levels = kernel_env.levels = kernel_pt.env->levels;
    void *zeroes = kzalloc(FRAME_USER, 0); // guard pages map it
    assert(zeroes);
    zero_frame = frame_of(v2p(zeroes));
    viewers_init();
    if (!design->switches)
        return;
    if (kvm_map_trampoline(&kernel_pt) < 0)
        panic("aspace_init: no memory for the trampoline's table");
    sfence_vma(); // the hart may remember the hole, and traps will lead there
}

// Returns the end of the part of a process's table that maps its regions and nothing else.
static uint64
user_limit(void)
{
    return design->switches ? USER_END : pt_half(user_env.levels);
}

static int
make_tables(struct aspace *as)
{
    if (pt_create(&as->pt, &user_env) < 0)
        return -ENOMEM;
    as->satp = MAKE_SATP(user_env.levels, 0, pt_root_pa(&as->pt));
    if (design->private_table && pt_create(&as->kpt, &kernel_env) < 0)
        return -ENOMEM;
    return design->create(as);
}

// Frees the page tables that are left, the roots too, when no page is mapped any more: the last
// step of uvmfree(), and the undo of make_tables().
static void
free_tables(struct aspace *as)
{
    design->destroy(as);
    if (as->kpt.root)
        pt_free_root(&as->kpt);
    if (as->pt.root)
        pt_free_root(&as->pt);
}

// Makes an empty address space for the process that `owner` describes; *usys is copied to its page
// at USYSCALL.
// Returns   NULL: no memory.
struct aspace *
uvmcreate(const struct uvm_owner *owner, const struct usyscall *usys)
{
    struct aspace *as = kmem_cache_alloc(&aspace_cache);
    if (!as)
        return NULL;
    *as = (struct aspace){.owner = owner, .usys_early = *usys};
    as->family = __atomic_add_fetch(&families, 1, __ATOMIC_RELAXED); // a number, no order
    as->usys_early.pid = (int)owner->pid;
    as->usys = &as->usys_early;
    initsleeplock(&as->lock, "aspace");
    list_init(&as->spare);
    regions_init(&as->regions);
    if (DEBUG_BUILD)
        mapsite_note(MAPSITE_NEW, as, 0);
    if (make_tables(as) == 0 && commit_allows(COMMIT_SPACE)) {
        commit_count(COMMIT_SPACE);
        return as;
    }
    if (as->pt.root)
        free_tables(as);
    kmem_cache_free(&aspace_cache, as);
    return NULL;
}

// ---- The end

static void
load_satp(uint64 satp, bool drop)
{
    struct cpu *c = mycpu();
    if (c->satp == satp)
        return;
    w_satp(satp);
    if (drop)
        sfence_vma(); // no translation of the old table is used in the new one
    c->satp_fenced += drop;
    c->satp = satp;
}

// Changes this hart to the kernel's own table, which maps the stack that it is on.
static void
aspace_leave(void)
{
    mycpu()->as = NULL;
    load_satp(kernel_satp, !mycpu()->asid_mask);
}

// Frees the user memory of a space whose process exits or, through uvmfree(), has run another
// program: the pages, the tables that served them alone, and the regions. An exiting process still
// runs in the kernel: its hart changes to the kernel's own table, unless the space has a private
// one. The struct, the roots and the design's own tables stay until uvmfree().
// Locks     takes as->lock.
// Sleeps    for as->lock.
// Fences    the mirror's entries before the frames are freed. No hart uses the user's table any
//           more: this hart has left it, or has it in satp in user mode only.
void
uvmretire(struct aspace *as)
{
    struct mmu_batch b;
    acquiresleep(&as->lock); // a viewer may be reading the tables
    mmap_collect(as, 0, USER_END);
    defer_drop(as);
    mirror_destroy(as);
    if (!design->private_table && mycpu()->as == as)
        aspace_leave(); // from here on no sleep, after which sched would load the space again
    mmu_batch_init(&b, as, MMU_DEAD);
    for (int i = 0; i < as->regions.n; i++)
        pt_destroy_range(&as->pt, as->regions.v[i].start, as->regions.v[i].end,
                         regions_zone(&as->regions, i, user_limit()), &b.tlb);
    mmu_flush(&b);
    spare_trim(as, 0);
    uvm_count(as, -(int64)as->pages); // pages in tables that other spaces still share
    __atomic_fetch_add(&uvm_ended, 1,
                       __ATOMIC_RELEASE); // pairs with vmfault(): the frames are back
    as->usys_early = *as->usys;
    as->usys = &as->usys_early;
    as->sz = 0;
    releasesleep(&as->lock);
    regions_free(&as->regions);
}

// Frees the whole space: its memory unless uvmretire() has freed it at exit, then all tables
// (free_tables()) and the struct. No hart has it in satp, and no process can find it any more.
// Sleeps    while another process looks at its memory (mm/aspace/viewers.h).
void
uvmfree(struct aspace *as)
{
    viewers_drain(as);
    if (as->regions.n)
        uvmretire(as);
    commit_count(-COMMIT_SPACE);
    free_tables(as);
    kmem_cache_free(&aspace_cache, as);
}

// ---- Unmapping

// Returns the zone of [start, end), which is in no region: the gap between the regions around it.
static struct pt_zone
gap_around(struct aspace *as, uint64 start, uint64 end)
{
    struct region *above = region_above(&as->regions, end);
    uint64 floor = 0;
    if (start > 0) {
        struct region *below = region_below(&as->regions, start);
        floor = below ? below->end : 0;
    }
    return (struct pt_zone){floor, above ? above->start : user_limit()};
}

static void
unmap_piece(struct aspace *as, uint64 start, uint64 end, struct pt_zone zone, bool keep)
{
    struct mmu_batch b;
    mirror_unmap(as, start, end, zone, keep);
    mmu_batch_init(&b, as, MMU_LIVE);
    b.keep = keep;
    int error = unmap_zone(&as->pt, start, end, zone, &b.tlb);
    assert(!error); // only cutting a larger leaf takes memory, and the caller has cut
    mmu_flush(&b);
}

// Unmaps and frees the pages of [start, end), which is in no region any more, and the tables that
// served them alone. With `keep` the tables become spare tables of the space. Other processes may
// run meanwhile.
// Locks     as->lock held, and no spinlock.
// Fences    the user's table and the mirror, before the frames are freed.
void
uvmunmap(struct aspace *as, uint64 start, uint64 end, bool keep)
{
    if (start >= end)
        return;
    struct pt_zone zone = gap_around(as, start, end);
    for (uint64 to; start < end; start = to) {
        bool last = end - start <= UNMAP_PIECE;
        to = last ? end : (start + UNMAP_PIECE) & ~(UNMAP_PIECE - 1);
        unmap_piece(as, start, to, (struct pt_zone){zone.floor, last ? zone.ceiling : to}, keep);
        if (!last)
            preempt_point_always();
    }
}

// ---- Fork

static int
share_region(struct leaves_job *job, struct aspace *to, struct aspace *from, int i)
{
    const struct region *r = &from->regions.v[i];
    job->cow = region_copies(r) ? PTE_COW : 0;
    if (r->kind == REGION_USYSCALL)
        return 0;
    int error = defer_allowed(r) ? defer_share(to, from, i) : 0;
    if (!error)
        error = pt_copy_range(&to->pt, &from->pt, r->start, r->end, leaves_share, job);
    if (!error)
        error = mirror_sync(to, r->start, r->end);
    int lagging = mirror_sync(from, r->start, r->end); // on errors too: pages may have lost W
    return error ? error : lagging;
}

// Shares all pages of `from` with `to`. Other processes may run meanwhile.
static int
share_regions(struct aspace *to, struct aspace *from)
{
    struct leaves_job job = {.owner = to->owner->pid};
    uint64 own = from->usys != &from->usys_early; // the page at USYSCALL is not shared
    int error = commit_allows(from->pages) ? 0 : -ENOMEM;
    for (int i = 0; !error && i < from->regions.n; i++) {
        error = share_region(&job, to, from, i);
        if (i % SHARE_REGIONS == SHARE_REGIONS - 1)
            preempt_point_always();
    }
    uvm_count(to, (int64)(error ? job.pages : from->pages - own)); // some may be in deferred tables
    return error;
}

// Makes a copy of the space for the child that `owner` describes: the same regions, and the same
// pages, copy-on-write. The caller's process runs in `from`.
// On error  NULL: no memory. Pages of `from` that have become copy-on-write stay so: the process
//           keeps all rights, but its first write to such a page faults once.
// Locks     takes from->lock.
// Sleeps    for from->lock.
// Fences    from's space, whose pages have lost W.
struct aspace *
uvmcopy(struct aspace *from, const struct uvm_owner *owner)
{
    struct aspace *to = uvmcreate(owner, from->usys);
    if (!to)
        return NULL;
    acquiresleep(&from->lock);
    int error = regions_copy(&to->regions, &from->regions);
    if (!error)
        error = share_regions(to, from);
    to->family = from->family;
    to->sz = from->sz;
    to->heap = from->heap;
    to->highest = from->highest;
    to->reached = PGROUNDUP(from->sz);
    tlb_changed(from);
    releasesleep(&from->lock);
    if (!error)
        return to;
    uvmfree(to);
    return NULL;
}

// ---- Use, regions

// Makes the running process's hart use the space, in place of the one it used before.
// Fences    as asid_enter() says, and after the satp write if it says so; fence.i for code that
//           another hart has stored.
void
aspace_use(struct aspace *as)
{
    mycpu()->as = as;
    bool drop = asid_enter(as);
    load_satp(as->ksatp, drop);
    fence_i(); // its code may have been written by another hart
}

// Adds a region; its pages come by vmfault(). The range is whole pages below USER_END.
// On error  -EINVAL: it is not, or it overlaps another region; -ENOMEM; -ETXTBSY: as region_add().
//           No change.
// Locks     takes as->lock.
// Sleeps    for as->lock.
int
aspace_map(struct aspace *as, const struct region *r)
{
    if (r->start >= r->end || r->end > USER_END || (r->start | r->end) & (PGSIZE - 1))
        return -EINVAL;
    acquiresleep(&as->lock);
    int error = region_add(&as->regions, r);
    releasesleep(&as->lock);
    return error;
}

// Changes what the process may do in the region that starts at `start`, and its pages accordingly.
// `prot` is PTE_R, PTE_W, PTE_X.
int
aspace_restrict(struct aspace *as, uint64 start, uint64 prot)
{
    struct mmu_batch b;
    int error = -EINVAL;
    mmu_batch_init(&b, as, MMU_LIVE);
    acquiresleep(&as->lock);
    struct region *r = region_find(&as->regions, start);
    if (r)
        error = protect(&as->pt, r->start, r->end, PTE_RWX & ~prot, 0, &b.tlb);
    if (!error)
        error = mirror_sync(as, r->start, r->end);
    if (!error)
        r->prot = (uint8)prot;
    mmu_flush(&b);
    releasesleep(&as->lock);
    return error;
}
