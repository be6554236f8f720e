// SPDX-License-Identifier: MIT
// timer.c - see timer.h. With Sstc the hart compares by itself (priv stimecmp), else the firmware
// does.
#include "rv/timer.h"

#include "rv/csr.h"
#include "rv/sbi.h"

static bool sstc;

void
timer_init(bool has_sstc)
{
    sstc = has_sstc;
}

void
timer_set(uint64 when)
{
    if (sstc)
        csr_write(0x14d, when); // stimecmp, by number: assemblers of this age do not know its name
    else
        sbi_set_timer(when);
}
