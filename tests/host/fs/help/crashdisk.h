// SPDX-License-Identifier: MIT
// crashdisk.h - a memory disk that remembers every write and flush, and can be cut off at any of them.
//
// Requests end when a caller waits, in any order. A cut keeps all writes that a flush has made
// safe, and of the later ones any choice: a disk may hold them back, and write them in any order.
#pragma once

#include "dev/disk/blk.h"
#include "lib/types.h"

#define CRASH_BLOCKS 3072

enum { EV_WRITE, EV_FLUSH };

struct event {
    int kind;
    uint32 block;
    uint32 safe; // flush: events before this one had ended when it was asked for
    uint8 *data;
};

// Which of the unflushed writes a cut keeps.
enum keep { KEEP_ALL, KEEP_SOME, KEEP_NONE, KEEP_TORN };

extern struct event *events;
extern uint32 nevents;
extern bool crash_recording;
extern long crash_ignored_flush; // the flush that does nothing, -1 none: a mutant
extern long crash_lost_block;    // a lost write to the journal, -1 none: a mutant

void crash_base(const uint8 *image); // the contents of the disk before the first event
void crash_disk(struct blkdev *d);   // the disk as it is now; recorded if crash_recording says so
void crash_cut(uint32 at, enum keep k); // the disk as a cut after `at` events leaves it
void crash_forget(void);                // all events; the disk becomes the base
void crash_image(uint8 *image);         // the disk as one piece
void crash_set(const uint8 *image);     // ... and back; events stay
void crash_recut(void);                 // another cut, during the writes since crash_cut()
const uint8 *crash_block(uint32 block);
int crash_complete(void); // some requests end; how many are left
