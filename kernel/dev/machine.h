// SPDX-License-Identifier: MIT
// machine.h - the machine that Vitrine runs on, as the device tree describes it.
#pragma once

#include "lib/ranges.h"
#include "lib/types.h"
#include "rv/cpu.h"

#define MACHINE_HARTS    MAXHART // more are left asleep
#define MACHINE_PLICS    8       // as QEMU has with -numa
#define MACHINE_SOURCES  256     // of a PLIC; those above cannot be used
#define MACHINE_VIRTIO   32      // slots for virtio devices
#define MACHINE_BOOTARGS 512

#define MACHINE_NO_CONTEXT (~0U) // the hart takes no device interrupts

struct machine_hart {
    uint64 id;   // what SBI and the PLIC's tree node call it
    bool sstc;   // it has a supervisor timer of its own
    uint32 intc; // phandle of its interrupt controller
};

struct machine_plic {
    uint64 base, size;             // physical
    uint32 phandle;                // by which the tree refers to it
    uint32 sources;                // usable ones are 1 .. sources
    uint32 context[MACHINE_HARTS]; // of each hart's S-mode; MACHINE_NO_CONTEXT: none
};

struct machine_dev {
    uint64 base, size; // physical; size 0: there is none
    uint32 irq;        // see machine_irq(); 0: none
    uint32 intc;       // phandle of the controller that takes it
};

struct machine {
    int nharts, nplics, nvirtio;
    struct ranges ram;                       // in whole pages
    struct ranges reserved;                  // of addresses, there may be RAM or not
    int ram_dropped;                         // ranges of RAM that are not used
    uint64 ram_dropped_size;                 // their bytes
    uint64 ram_cut;                          // bytes of RAM that fill no page
    struct machine_hart hart[MACHINE_HARTS]; // by id: the index is the kernel's number for it
    bool sstc;                               // every hart has a supervisor timer of its own
    uint64 timebase;                         // ticks of `time` per second
    struct machine_dev uart;
    uint32 uart_shift, uart_width; // register n is at base + (n << shift), `width` bytes wide
    struct machine_plic plic[MACHINE_PLICS];
    struct machine_dev virtio[MACHINE_VIRTIO]; // by address
    struct machine_dev finisher;               // sifive,test0: power-off with an exit code
    struct machine_dev rtc;                    // google,goldfish-rtc
    char bootargs[MACHINE_BOOTARGS];           // the kernel command line, cut; "" if none
};

// The number of an interrupt: that of source `source` of PLIC number `plic`.
static inline uint32
machine_irq(int plic, uint32 source)
{
    return (uint32)plic * MACHINE_SOURCES + source;
}

// NULL, or a sentence that says what is missing.
const char *machine_probe(const void *fdt, uint64 boot_hart, struct machine *m) must_check;
int machine_hart_index(const struct machine *m, uint64 id); // -1: a hart that is not used
