// SPDX-License-Identifier: MIT
// page.h - copies and zeroes whole aligned pages of 4 KiB.
#pragma once

void page_copy(void *dst, const void *src); // both aligned to 4096, not overlapping
void page_zero(void *dst);                  // aligned to 4096
