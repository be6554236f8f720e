// SPDX-License-Identifier: MIT
// sight.c - hands the machine's events to what watches.
#include "sight/sight.h"

#include "time/snapshot.h"

void
sight_load(struct machine *m, unsigned hart, uint64 pa, int bytes)
{
    (void)m;
    (void)hart;
    (void)pa;
    (void)bytes;
}
void
sight_store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value)
{
    (void)value;
    history_stored(m, (int)hart, pa, (uint64)bytes);
}
void
sight_dma(struct machine *m, uint64 pa, uint64 bytes)
{
    history_stored(m, -1, pa, bytes);
}
void
sight_hook(struct machine *m, unsigned hart, uint64 pa)
{
    (void)m;
    (void)hart;
    (void)pa;
}
void
sight_trap(struct machine *m, unsigned hart)
{
    traploop_taken(m, hart);
}
void
sight_return(struct machine *m, unsigned hart, bool supervisor)
{
    traploop_left(m, hart, supervisor);
}
