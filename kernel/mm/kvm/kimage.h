// SPDX-License-Identifier: MIT
// kimage.h - the parts of the kernel's image: where each is mapped, and with which rights.
#pragma once

#include "lib/types.h"

enum kimage_kind { KIMAGE_TEXT, KIMAGE_RODATA, KIMAGE_DATA, KIMAGE_PARTS };

struct kimage_part {
    uint64 start, end; // as linked; whole pages
    uint64 rights;     // PTE_R, W, X
};

extern const struct kimage_part
    kimage[KIMAGE_PARTS]; // by enum kimage_kind, in the order of addresses

void kimage_reserve(void);                        // keeps its frames from the allocator
const struct kimage_part *kimage_find(uint64 va); // the part that is mapped at va; NULL: none
uint64 kimage_pa(uint64 va);                      // physical address of a place in the image
