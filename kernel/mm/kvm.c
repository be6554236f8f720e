// SPDX-License-Identifier: MIT
// kvm.c - see kvm.h.
//
// Theory    The table is built once, from what the device tree says, and its root entries never
//           change afterwards: the tables below them that will be filled later (devices, stacks)
//           exist from the start. So a user table contains the kernel half by copying a few root
//           entries.
// Promises  no-wx: the image is text R-X, rodata R, data RW; the same text and rodata are
//           read-only in the direct map. Everything is global. RAM of the firmware is not mapped.
// Fences    kvminithart() fences around its satp write; kvm_map_device() after mapping, for this
//           hart: devices are mapped before other harts start.
// Manual    priv: sv39, satp, sfence.vma
#include "mm/kvm.h"

#include "lib/panic.h"
#include "mm/frame.h"
#include "mm/layout.h"
#include "mm/plan.h"
#include "rv/cpu.h"
#include "rv/csr.h"

#define KERNEL_LEAF (PTE_V | PTE_A | PTE_D | PTE_G)
#define KERNEL_R    (KERNEL_LEAF | PTE_R)
#define KERNEL_RW   (KERNEL_LEAF | PTE_R | PTE_W)
#define KERNEL_RX   (KERNEL_LEAF | PTE_R | PTE_X)

#define LEVEL_4K 0
#define LEVEL_1G 2

extern char _text[], _etext[], _erodata[], _end[]; // kernel.ld
extern char _trampoline[];                         // its page
extern const uint64 boot_load_offset;              // rv/entry.S

struct pt kernel_pt;
uint64 kernel_satp;

static uint64 ram_end;
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

static const struct pt_env kernel_env = {
    .levels = 3,
    .direct = DIRECT_MAP,
    .alloc = table_alloc,
    .free = table_free,
};

// LOAD_OFFSET of kernel.ld, as the boot code found it to be (rv/entry.S).
uint64
kvm_image_pa(const void *symbol)
{
    return (uint64)symbol - boot_load_offset;
}

static void
kvmmap(uint64 va, uint64 pa, uint64 size, uint64 perm, int max_level)
{
    if (size && mappages(&kernel_pt, va, size, pa, perm, max_level) < 0)
        panic("kvmmap: no memory to map %lu bytes at 0x%lx", size, va);
}

static void
map_image(void)
{
    uint64 text = (uint64)_text, etext = (uint64)_etext;
    uint64 erodata = (uint64)_erodata, end = (uint64)_end;
    kvmmap(text, kvm_image_pa(_text), etext - text, KERNEL_RX, LEVEL_4K);
    kvmmap(etext, kvm_image_pa(_etext), erodata - etext, KERNEL_R, LEVEL_4K);
    kvmmap(erodata, kvm_image_pa(_erodata), end - erodata, KERNEL_RW, LEVEL_4K);
}

// Maps RAM [start, end), of which [hole.start, hole.end) is to be read-only.
static void
map_ram(uint64 start, uint64 end, struct kvm_range hole)
{
    uint64 a = hole.start > start && hole.start < end ? hole.start : start;
    uint64 b = hole.end > start && hole.end < end ? hole.end : a;
    kvmmap(DIRECT_MAP + start, start, a - start, KERNEL_RW, LEVEL_1G);
    kvmmap(DIRECT_MAP + a, a, b - a, KERNEL_R, LEVEL_4K);
    kvmmap(DIRECT_MAP + b, b, end - b, KERNEL_RW, LEVEL_1G);
}

static void
make_table_for(uint64 va)
{
    if (!walk(&kernel_pt, va, 1))
        panic("kvmmap: no memory for the table of 0x%lx", va);
}

void
kvminit(const struct kvm_range *ram, int nram)
{
    struct kvm_range image = {kvm_image_pa(_text), kvm_image_pa(_erodata)};
    if (pt_create(&kernel_pt, &kernel_env) < 0)
        panic("kvmmap: no memory for the root");
    map_image();
    for (int i = 0; i < nram; i++) {
        map_ram(ram[i].start, ram[i].end, image);
        ram_end = ram[i].end > ram_end ? ram[i].end : ram_end;
    }
    make_table_for(DEVICES);
    make_table_for(KSTACKS);
    kernel_satp = MAKE_SATP(kernel_env.levels, 0, pt_root_pa(&kernel_pt));
}

void
kvminithart(void)
{
    sfence_vma(); // the stores that built the table, before any walk of it (priv sfence.vma)
    w_satp(kernel_satp);
    sfence_vma(); // and nothing of the boot table's after it
    mycpu()->as = NULL;
    mycpu()->satp = kernel_satp;
}

// Shares the root entries that [start, end) touches.
static void
share_range(struct pt *t, uint64 start, uint64 end)
{
    uint64 mask = pt_leaf_size(kernel_env.levels - 1) - 1;
    pt_share(t, &kernel_pt, start & ~mask, (end + mask) & ~mask);
}

void
kvm_share(struct pt *t)
{
    share_range(t, DIRECT_MAP, DIRECT_MAP + ram_end);
    share_range(t, DEVICES, DEVICES + DEVICES_SIZE);
    share_range(t, (uint64)_text, (uint64)_end);
}

void
kvm_share_stacks(struct pt *t)
{
    share_range(t, KSTACKS, KSTACKS + KSTACKS_SIZE);
}

int
kvm_map_trampoline(struct pt *t)
{
    return map_page(t, TRAMPOLINE,
                    pte_make(kvm_image_pa(_trampoline), PTE_V | PTE_R | PTE_X | PTE_A));
}

void *
kvm_map_device(uint64 pa, size_t size)
{
    uint64 offset = pa & (PGSIZE - 1);
    uint64 length = PGROUNDUP(size + offset);
    if (length < size || length > DEVICES + DEVICES_SIZE - device_next)
        return NULL;
    uint64 va = device_next;
    if (mappages(&kernel_pt, va, length, pa - offset, KERNEL_RW, LEVEL_4K) < 0)
        return NULL;
    device_next += length + PGSIZE; // a hole between windows
    sfence_vma();                 // an earlier look at the hole may be remembered (priv sfence.vma)
    return (void *)(va + offset); // a device's registers, in their window
}

int
kvm_parts(struct part *parts)
{
    parts[0] = (struct part){DIRECT_MAP, DIRECT_MAP + ram_end, PART_DIRECT};
    parts[1] = (struct part){DEVICES, device_next, PART_DEVICES};
    parts[2] = (struct part){(uint64)_text, (uint64)_end, PART_KERNEL};
    return KVM_PARTS;
}
