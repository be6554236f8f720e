// SPDX-License-Identifier: MIT
// page.h - whole aligned pages of 4 KiB, moved with nothing to decide.
#pragma once

void page_copy(void *dst, const void *src); // both aligned to 4096, not overlapping
void page_zero(void *dst);                  // aligned to 4096
