// SPDX-License-Identifier: MIT
// kimage.c - finds the parts of the kernel's image.
//
// Theory    The parts follow each other, each in leaves of 4 KiB that end with its contents. The
//           direct map maps the same frames; those of text and rodata it maps read-only.
// Promises  image-alone: the frames that leaves of text and rodata map belong to the image alone,
//           and no leaf allows stores to them.
// Next      mm/kvm/kvm.c, doc/decisions/0023-kernel-image-in-pages.md
#include "mm/kvm/kimage.h"

#include "mm/frame/frame.h"
#include "pt/sv.h"

extern char _text[], _etext[], _rodata[], _erodata[], _data[], _end[]; // kernel.ld
extern const uint64 boot_load_offset;                                  // rv/entry.S

const struct kimage_part kimage[KIMAGE_PARTS] = {
    [KIMAGE_TEXT] = {(uint64)_text, (uint64)_etext, PTE_R | PTE_X},
    [KIMAGE_RODATA] = {(uint64)_rodata, (uint64)_erodata, PTE_R},
    [KIMAGE_DATA] = {(uint64)_data, (uint64)_end, PTE_R | PTE_W},
};

// Translates a link address of the image to the physical address where it was loaded.
uint64
kimage_pa(uint64 va)
{
    return va - boot_load_offset;
}

// At boot: keeps the image's frames from the allocator.
void
kimage_reserve(void)
{
    frames_reserve(kimage_pa((uint64)_text), kimage_pa((uint64)_end));
}

// Returns   the part that is mapped at va; NULL: none.
const struct kimage_part *
kimage_find(uint64 va)
{
    for (const struct kimage_part *part = kimage; part < &kimage[KIMAGE_PARTS]; part++)
        if (va - part->start < part->end - part->start)
            return part;
    return NULL;
}
