// SPDX-License-Identifier: MIT
// kvm.c - builds the kernel's own page table.
//
// Theory    The table is built once, from what the device tree says, and its root entries never
//           change afterwards: the tables below them that will be filled later (devices, stacks)
//           exist from the start. So a user table contains the kernel half by copying a few root
//           entries. It is built with the three levels of Sv39; a deeper mode puts a root above
//           the root, whose last entry leads to it: all that the kernel maps is in the last
//           256 GiB, where an address means the same in every mode.
// Promises  no-wx: the image is text R-X, rodata R, data RW. image-alone: the memory of text
//           and rodata is read-only in the direct map, too. Everything is global.
// Fences    around each satp write; kvm_map_device() after mapping, for this hart: devices are
//           mapped before other harts start.
// Manual    priv: sv39, sv48, sv57, satp, sfence.vma
#include "mm/kvm/kvm.h"

#include "lib/panic.h"
#include "lib/ranges.h"
#include "mm/frame/frame.h"
#include "mm/kvm/kimage.h"
#include "mm/kvm/layout.h"
#include "mm/kvm/parts.h"
#include "rv/csr.h"

#define KERNEL_LEAF (PTE_V | PTE_A | PTE_D | PTE_G)
#define KERNEL_R    (KERNEL_LEAF | PTE_R)
#define KERNEL_RW   (KERNEL_LEAF | PTE_R | PTE_W)

#define LEVEL_2M 1
#define LEVEL_1G 2

extern char _trampoline[]; // kernel.ld: its page

struct pt kernel_pt;
uint64 kernel_satp;

// The kernel half; kvminit() fills in the ends of RAM and of the image. The last part, the stacks,
// may be a process's own.
enum { HALF_DIRECT, HALF_DEVICES, HALF_IMAGE, HALF_KSTACKS, PARTS };
#define PARTS_BUT_STACKS HALF_KSTACKS
static struct range kernel_parts[PARTS] = {[HALF_DEVICES] = {DEVICES, DEVICES + DEVICES_SIZE},
                                           [HALF_KSTACKS] = {KSTACKS, KSTACKS + KSTACKS_SIZE}};

static uint64 device_next = DEVICES;

static uint64
table_alloc(struct pt *t)
{
    (void)t;
    void *table = kzalloc(FRAME_PGTABLE, 0);
    return table ? v2p(table) : 0;
}

static void
table_free(struct pt *t, uint64 pa)
{
    (void)t;
    kfree(p2v(pa));
}

static struct pt_env kernel_env = {
    .levels = PT_MIN_LEVELS,
    .direct = DIRECT_MAP,
    .alloc = table_alloc,
    .free = table_free,
};

static void
kvmmap(uint64 va, uint64 pa, uint64 size, uint64 perm)
{
    if (size && mappages(&kernel_pt, va, size, pa, perm, LEVEL_1G) < 0)
        panic("kvminit: no memory to map %lu bytes at 0x%lx", size, va);
}

static void
map_direct(uint64 start, uint64 end, uint64 perm)
{
    kvmmap(DIRECT_MAP + start, start, end - start, perm);
}

// Maps a bank of RAM; text and constants, if they lie in it, are read-only.
static void
map_bank(struct range bank)
{
    uint64 start = kimage_pa(kimage[KIMAGE_TEXT].start), end = kimage_pa(kimage[KIMAGE_RODATA].end);
    if (start < bank.start || start >= bank.end)
        start = end = bank.end;
    map_direct(bank.start, start, KERNEL_RW);
    map_direct(start, end, KERNEL_R);
    map_direct(end, bank.end, KERNEL_RW);
}

static void
make_table_for(uint64 va)
{
    if (!walk(&kernel_pt, va, 1))
        panic("kvminit: no memory for the table of 0x%lx", va);
}

// Builds the kernel's table, with a direct map of the RAM in `ram`, whole pages; panics without
// memory for it.
void
kvminit(const struct ranges *ram)
{
    uint64 ram_end = 0;
    if (pt_create(&kernel_pt, &kernel_env) < 0)
        panic("kvminit: no memory for the root");
    for (const struct kimage_part *p = kimage; p < &kimage[KIMAGE_PARTS]; p++)
        kvmmap(p->start, kimage_pa(p->start), p->end - p->start, KERNEL_LEAF | p->rights);
    for (int i = 0; i < ram->n; i++) {
        map_bank(ram->v[i]);
        ram_end = ram->v[i].end;
    }
    make_table_for(DEVICES);
    make_table_for(KSTACKS);
    kernel_parts[HALF_DIRECT] = (struct range){DIRECT_MAP, DIRECT_MAP + ram_end};
    kernel_parts[HALF_IMAGE] = (struct range){kimage[KIMAGE_TEXT].start, kimage[KIMAGE_DATA].end};
    kernel_satp = MAKE_SATP(kernel_env.levels, 0, pt_root_pa(&kernel_pt));
}

// Loads `satp`, which names the kernel's table.
// Returns   false: this hart lacks its mode, and goes on as before.
static bool __attribute__((noinline)) use_table(uint64 satp)
{
    sfence_vma(); // the stores that built the table, before any walk of it (priv sfence.vma)
    w_satp(satp);
    sfence_vma();            // no translation of the old table is used in the new one
    return r_satp() == satp; // a write with a mode that the hart lacks has no effect (priv satp)
}

// Makes this hart use the kernel's table, in place of the boot code's.
// Fences    before and after the satp write.
void
kvminithart(void)
{
    bool used = use_table(kernel_satp);
    assert(used); // the boot code has come here through Sv39
    mycpu()->as = NULL;
    mycpu()->satp = kernel_satp;
}

// Puts a root above the root.
// Returns   false: the hart does not have that mode; nothing has changed.
static bool
add_level(void)
{
    uint64 pa = table_alloc(&kernel_pt);
    if (!pa)
        panic("kvm_deepen: no memory for a root");
    pagetable_t root = pt_root_above(&kernel_pt, pa);
    uint64 satp = MAKE_SATP(kernel_env.levels + 1, 0, pa);
    if (!use_table(satp)) {
        table_free(&kernel_pt, pa);
        return false;
    }
    kernel_pt.root = root;
    kernel_env.levels++;
    kernel_satp = mycpu()->satp = satp;
    return true;
}

// Changes to the mode with `levels` levels, or the deepest below it that this hart has. At boot,
// before the other harts start and anything shares the root.
// Returns   the levels of the mode in use.
int
kvm_deepen(int levels)
{
    while (kernel_env.levels < levels && add_level())
        ;
    return kernel_env.levels;
}

static int
share(struct pt *t, int nparts, int level)
{
    int error = 0;
    for (int i = 0; !error && i < nparts; i++)
        error = pt_share(t, &kernel_pt, kernel_parts[i].start, kernel_parts[i].end, level);
    return error;
}

// Gives `t` the whole kernel half, all kernel stacks included: entries of its root lead to the
// kernel's own tables. For a table that serves both modes (unified).
// On error  -ENOMEM: some of the entries are set.
int
kvm_share(struct pt *t)
{
    return share(t, PARTS, kernel_env.levels - 1);
}

// Gives `t` the kernel half without the kernel stacks, so that a private stack can be mapped there
// (sharedroot). Entries for whole GiB lead to the kernel's own tables; in Sv48 and Sv57 the tables
// above those entries are t's own, unlike those of kvm_share().
// On error  -ENOMEM: some of the entries are set; kvm_unshare_but_stacks() takes them out.
int
kvm_share_but_stacks(struct pt *t)
{
    return share(t, PARTS_BUT_STACKS, LEVEL_1G);
}

// Takes out what kvm_share_but_stacks() added, or a part of it. The table is in no satp any more.
void
kvm_unshare_but_stacks(struct pt *t)
{
    for (int i = 0; i < PARTS_BUT_STACKS; i++)
        pt_unshare(t, kernel_parts[i].start, kernel_parts[i].end, LEVEL_1G);
}

// Maps the page of the trap code at TRAMPOLINE, for supervisor mode only.
// On error  -ENOMEM: nothing is mapped.
int
kvm_map_trampoline(struct pt *t)
{
    return map_page(t, TRAMPOLINE,
                    pte_make(kimage_pa((uint64)_trampoline), PTE_V | PTE_R | PTE_X | PTE_A));
}

// Maps the registers of a device, `size` bytes at `pa`, at kernel addresses. At boot, before the
// other harts start.
// Returns   their address; NULL: no such physical addresses, or no room or table for them.
// Fences    this hart's: invalid entries may be cached (priv sfence.vma).
void *
kvm_map_device(uint64 pa, size_t size)
{
    uint64 leaf = pt_leaf_size(LEVEL_2M), end = DEVICES + DEVICES_SIZE;
    bool large = !((pa | size) & (leaf - 1)); // whole leaves of 2 MiB save tables
    uint64 va = large ? -(-device_next & -leaf) : device_next + (pa & (PGSIZE - 1));
    if (size == 0 || va >= end || size > end - va)
        return NULL;
    if (pa >> PA_BITS || size > (1UL << PA_BITS) - pa) // the device tree is not trusted
        return NULL;
    if ((large ? mappages(&kernel_pt, va, size, pa, KERNEL_RW, LEVEL_2M)
               : mappages_rounded(&kernel_pt, va, size, pa, KERNEL_RW)) < 0)
        return NULL;
    device_next = PGROUNDUP(va + size) + PGSIZE; // a hole between windows
    sfence_vma();
    return (void *)va; // a device's registers, in their window
}

// Writes the parts of the kernel half that this file maps to parts[], which has room for KVM_PARTS.
// Returns   KVM_PARTS.
int
kvm_parts(struct part *parts)
{
    const struct range *direct = &kernel_parts[HALF_DIRECT], *image = &kernel_parts[HALF_IMAGE];
    parts[0] = (struct part){direct->start, direct->end, PART_DIRECT};
    parts[1] = (struct part){DEVICES, device_next, PART_DEVICES};
    parts[2] = (struct part){image->start, image->end, PART_KERNEL};
    return KVM_PARTS;
}
