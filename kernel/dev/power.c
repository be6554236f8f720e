// SPDX-License-Identifier: MIT
// power.c - the end of the machine.
//
// Theory    QEMU's test finisher ends the emulator with an exit code, so that tests see the
//           outcome. On other machines the firmware turns the machine off, and learns only whether
//           something failed.
// Promises  Works from a panic: takes no lock and allocates nothing.
// Next      rv/sbi.h
#include "dev/power.h"

#include "dev/machine.h"
#include "dev/mmio.h"
#include "mm/frame/direct.h"
#include "mm/kvm/kvm.h"
#include "rv/sbi.h"

#define FINISH_PASS 0x5555
#define FINISH_FAIL 0x3333 // with the exit code above bit 16

static uint8 *finisher; // NULL: ask the firmware

// Finds the finisher for the time of the boot-time table, which maps devices where the direct map
// will be.
void
power_init_early(const struct machine *m)
{
    if (m->finisher.size)
        finisher = p2v(m->finisher.base);
}

// Finds and maps the finisher, when the kernel's own table is in use. Without one, power_off()
// calls the firmware.
void
power_init(const struct machine *m)
{
    if (m->finisher.size)
        finisher = kvm_map_device(m->finisher.base, m->finisher.size);
}

// Turns the machine off; the low 16 bits of `code` are the emulator's exit code.
void
power_off(int code)
{
    uint32 low = (uint32)code & 0xffff;
    if (finisher)
        mmio_write32(finisher, code == 0 ? FINISH_PASS : FINISH_FAIL | (low ? low : 1) << 16);
    sbi_shutdown(code != 0);
}
