// SPDX-License-Identifier: MIT
// timer.c - sets the hart's deadline: by stimecmp with Sstc (priv stimecmp), else by the firmware.
#include "rv/timer.h"

#include "rv/csr.h"
#include "rv/sbi.h"

static bool sstc;

// Says how this machine sets a deadline. Called once at boot, before any other function here.
void
timer_init(bool has_sstc)
{
    sstc = has_sstc;
}

// Sets this hart's deadline, in steps of the time CSR, in place of the earlier one. From then on
// its timer interrupt is pending; TIMER_NEVER: never.
void
timer_set(uint64 when)
{
    if (sstc)
        csr_write(0x14d, when); // stimecmp, by number: assemblers of this age do not know its name
    else
        sbi_set_timer(when);
}
