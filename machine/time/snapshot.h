// SPDX-License-Identifier: MIT
// snapshot.h - snapshots of a run, so that it can be taken to any position again.
//
// Theory    A snapshot is a copy of the machine's state between two turns. Memory is not copied
//           with it: each page is saved just before its first change after the snapshot
//           (RAM_CLEAN). `cursor` is the last snapshot before the present position, and `live` has
//           the pages changed since, with their contents at the snapshot. An interval between two
//           snapshots has the differences of the pages that changed in it (time/delta.h). To go
//           from a snapshot to the next or to the one before, they are applied to memory: both
//           directions cost the same. A repeated run takes more snapshots near the position to
//           which it is taken: the next position asked for is often just before. When memory is
//           short, the least useful snapshot is dropped: two intervals become one.
// Promises  same-run: a run that is repeated has the same state at each position, the caches of
//           decoded instructions and translations aside. No snapshot lies inside a turn, for the
//           data of a watched turn (time/rest.h) is not saved.
// Next      time/back.c
#pragma once

#include "machine.h"
#include "time/delta.h"
#include "time/inputlog.h"

#define HISTORY_INTERVAL 10000000ULL // steps from one snapshot to the next, when it is new
#define HISTORY_DENSE    32          // parts of an interval that a repeated run makes
#define SNAPSHOTS_MAX    4096

struct snapshot {
    uint64 position;
    uint32 state;  // chain: struct state and the known trees
    uint32 pages;  // list: the differences between this snapshot and the next
    uint32 inputs; // bytes of input before
};

// A store that is looked for.
struct store_event {
    uint64 position; // the machine is there just before the store
    int hart;        // -1: a device
    uint64 pc;
};

struct history {
    struct pool pool;
    struct inputlog inputs;
    struct snapshot *of; // in the order of their positions
    uint32 count, cursor;
    uint32 live, lives; // list; its length
    uint64 interval;    // of steps
    uint64 dense_end;   // a repeated run takes more snapshots before this position; 0: none
    uint32 *record;     // for each page: its record in a list; 0 between two uses
    uint64 watch_pa;    // stores to [watch_pa, watch_pa + watch_bytes) are noted
    uint64 watch_bytes; // 0: none
    bool met;           // `last` is one
    struct store_event last;
};

// --- taking snapshots ------------------------------------------------------------------------

// Begins the history of a machine in at most `limit` bytes; the first snapshot is taken as soon as
// the machine is between two turns. Returns NULL if memory is lacking or the limit is too low.
struct history *history_new(struct machine *m, void *(*alloc)(size_t), uint64 limit);
// A turn has ended: takes a snapshot if it is time to.
void history_tick(struct machine *m);
// The page of RAM that holds `pa` is RAM_CLEAN and about to change: saves it, clears the mark.
void history_save(struct machine *m, uint64 pa);
// As history_save(), for a page of a disk.
void history_save_disk(struct machine *m, unsigned disk, uint64 offset);
// Forgets the snapshots after the present position: those of a trial. Noted input stays.
void history_drop_ahead(struct machine *m);
// Forgets all snapshots and noted input after the present position.
void history_forget_future(struct machine *m);
// Forgets all snapshots: the debugger has changed memory. The next snapshot is taken soon.
void history_restart(struct machine *m);
// Marks all pages as unchanged since the newest snapshot.
void history_all_clean(struct machine *m);
// Returns how many pages RAM and the disks have.
uint32 history_pages(const struct machine *m);
// Returns the contents of page `page`, as numbered in records, and gives its mark.
struct delta_page *history_page(const struct machine *m, uint32 page, uint8 **mark);

// --- the state as bytes ----------------------------------------------------------------------

// Copies the state and the known trees to a chain. Returns its first cell, 0 if there is no room.
uint32 history_pack(struct machine *m);
// Copies the state and the known trees back from a chain.
void history_unpack(struct machine *m, uint32 state);

// --- going -----------------------------------------------------------------------------------

// Gives the machine, which must have room for it, a byte of input, and notes the byte. `idle`: the
// machine had stopped because all harts waited. Works without a history, too.
void history_input(struct machine *m, uint8 byte, bool idle);
// As machine_run(), but a run that is repeated gets the noted input.
enum stop history_run(struct machine *m, uint64 steps);
// As history_run(), without output or reports: the run was there before.
enum stop history_resume(struct machine *m, uint64 steps);
// Takes the run to `position`: to where it first got there, before any input that came there.
// Nothing is printed or reported on the way. Returns false if the position is before the first
// snapshot, where nothing happens, or if the run ends before it.
bool history_go(struct machine *m, uint64 position);
// Looks for the last store to [pa, pa + bytes), in one page, before `before`. Returns true with the
// machine just before that store; false, with the machine at the position where it was, if none
// is found.
bool history_last_store(struct machine *m, uint64 pa, uint64 bytes, uint64 before,
                        struct store_event *out);
// Called when a hart, or a device (-1), stores to a watched page.
void history_stored(struct machine *m, int hart, uint64 pa, uint64 bytes);
