// SPDX-License-Identifier: MIT
// kimage.c - see kimage.h.
//
// Theory    Each part begins at a multiple of 2 MiB, so one leaf can map it, and the same frames in
//           the direct map, if the leaf may cover what lies behind the part: its gap. The gap behind
//           data is memory like any other: the kernel may write there by every name. Behind text and
//           rodata nothing that anybody writes may lie, so there a large leaf costs the gap, almost
//           4 MiB in all. Where that is too much of RAM, the leaves of both end with their contents,
//           and the gaps are memory like any other.
// Promises  image-alone: the frames that leaves of text and rodata map are nobody's but the image's,
//           and no leaf lets anybody write them.
// Next      mm/kvm.c, doc/decisions/0023-kernel-image-in-large-leaves.md
#include "mm/kimage.h"

#include "mm/frame.h"
#include "pt/sv.h"

#define GAPS_OF_RAM 16 // the gaps behind text and rodata may take one part in so many

extern char _text[], _etext[], _rodata[], _erodata[], _data[], _end[]; // kernel.ld
extern const uint64 boot_load_offset;                                  // rv/entry.S

// As linked: each part ends with its contents.
struct kimage_part kimage[KIMAGE_PARTS] = {
    [KIMAGE_TEXT] = {(uint64)_text, (uint64)_etext, PTE_R | PTE_X},
    [KIMAGE_RODATA] = {(uint64)_rodata, (uint64)_erodata, PTE_R},
    [KIMAGE_DATA] = {(uint64)_data, (uint64)_end, PTE_R | PTE_W},
};

// LOAD_OFFSET of kernel.ld, as the boot code found it to be (rv/entry.S).
uint64
kimage_pa(uint64 va)
{
    return va - boot_load_offset;
}

static uint64
gap(const struct kimage_part *part)
{
    return -part->end & (pt_leaf_size(1) - 1);
}

void
kimage_plan(uint64 ram)
{
    bool plenty = gap(&kimage[KIMAGE_TEXT]) + gap(&kimage[KIMAGE_RODATA]) <= ram / GAPS_OF_RAM;
    for (struct kimage_part *part = kimage; part < &kimage[KIMAGE_PARTS]; part++)
        if (plenty || part->rights & PTE_W)
            part->end += gap(part);
}

void
kimage_reserve(void)
{
    for (const struct kimage_part *part = kimage; part < &kimage[KIMAGE_PARTS]; part++) {
        uint64 end = part->rights & PTE_W ? (uint64)_end : part->end;
        frames_reserve(kimage_pa(part->start), kimage_pa(end));
    }
}

const struct kimage_part *
kimage_find(uint64 va)
{
    for (const struct kimage_part *part = kimage; part < &kimage[KIMAGE_PARTS]; part++)
        if (va - part->start < part->end - part->start)
            return part;
    return NULL;
}
