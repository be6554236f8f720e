// SPDX-License-Identifier: MIT
// flusher.c - a kernel thread that writes changes to the disk every few seconds. An error is reported
// by the file system, which turns read-only, and by every later sync.
#include "proc/sched/flusher.h"

#include "fs/fs.h"
#include "lib/printf.h"
#include "proc/proc.h"
#include "proc/sched/sched.h"
#include "proc/sched/ticks.h"

#define PERIOD 50 // ticks: 5 seconds

static void
flush_now_and_then(void)
{
    while (ticks_sleep(PERIOD) == 0)
        (void)fs_writeback();
}

// Starts the flusher, after the disk has been mounted. Without memory for it, prints a warning.
void
flusher_start(void)
{
    struct proc *p = kthread("flusher", flush_now_and_then);
    if (!p) {
        printf("vitrine: no memory for the flusher; only sync and power-off write to the disk\n");
        return;
    }
    acquire(&p->lock);
    make_runnable(p);
    release(&p->lock);
}
