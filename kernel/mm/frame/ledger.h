// SPDX-License-Identifier: MIT
// ledger.h - the ledger of frames as a whole.
#pragma once

#include "mm/frame/frame.h"

void ledger_init(uint64 start, uint64 end, void *room); // for frames_init()
void ledger_name_block(struct frame *head);             // stores the addresses of a block's frames

// Returns whether the frames of the block of the largest order that begins at `head` have
// addresses.
static inline bool
ledger_named(const struct frame *head)
{
    return head->mem != NULL;
}

const char *frame_kind_name(enum frame_kind kind);
void frames_by_kind(uint64 count[FRAME_KINDS]); // all kinds at once; they add up to frames_total()
// Panics unless each frame is accounted for once; no hart allocates meanwhile.
void check_ledger(void);
