// defs.h - the functions that files of this kernel share.
#pragma once

#include "lab.h"

// frame.c
void *frame_zeroed(void);
void frame_put(void *frame);
void *page_for_table(void);
pagetable_t table_new(void);
