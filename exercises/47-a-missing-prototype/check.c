// SPDX-License-Identifier: MIT
// check.c - table_new: a frame of zeroes at an address that has survived.
#include "check.h"

pagetable_t table_new(void);
void *frame_zeroed(void);
void frame_put(void *frame);

void
check(void)
{
    pagetable_t table = table_new();
    DEMAND((uint64)table >= KERNBASE && (uint64)table < PHYSTOP,
           "table_new() returned %#lx, which is no address of a frame",
           "table_new() 返回 %#lx, 这不是页框的地址", (uint64)table);
    for (int i = 0; i < 512; i++)
        DEMAND(table[i] == 0, "entry %d of the new table is not 0", "新页表的第 %d 项不为 0", i);
    frame_put(table);
    DEMAND(frames_used() == 0, "the frame is still in use", "页框还在使用");
    frame_put(frame_zeroed());
}
