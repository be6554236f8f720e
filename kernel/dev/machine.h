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

// Extensions that the kernel adapts to; unnamed ones do not concern it.
enum machine_ext {
    EXT_F = 1 << 0,
    EXT_D = 1 << 1,
    EXT_C = 1 << 2,
    EXT_V = 1 << 3,
    EXT_SSTC = 1 << 4,    // a supervisor timer of its own
    EXT_SVADE = 1 << 5,   // A and D bits fault
    EXT_SVADU = 1 << 6,   // A and D bits can be set by hardware
    EXT_SVINVAL = 1 << 7, // fine-grained fences
    EXT_SVPBMT = 1 << 8,
    EXT_SVNAPOT = 1 << 9,
};

struct machine_hart {
    uint64 id;   // what SBI and the PLIC's tree node call it
    uint32 ext;  // enum machine_ext
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
    int harts_ignored;                       // usable but beyond MACHINE_HARTS
    struct ranges ram;                       // in whole pages
    struct ranges reserved;                  // of addresses, there may be RAM or not
    int ram_dropped;                         // ranges of RAM that are not used
    uint64 ram_dropped_size;                 // their bytes
    uint64 ram_cut;                          // bytes of RAM that fill no page
    struct machine_hart hart[MACHINE_HARTS]; // by id: the index is the kernel's number for it
    uint32 ext;                              // what every hart has
    uint64 timebase;                         // ticks of `time` per second
    struct machine_dev uart;
    uint32 uart_shift, uart_width; // register n is at base + (n << shift), `width` bytes wide
    struct machine_plic plic[MACHINE_PLICS];
    struct machine_dev virtio[MACHINE_VIRTIO]; // by address
    struct machine_dev finisher;               // sifive,test0: power-off with an exit code
    struct machine_dev rtc;                    // google,goldfish-rtc
    uint32 fdt_size;                           // bytes of the tree itself
    char bootargs[MACHINE_BOOTARGS];           // the kernel command line; "" if none
    bool bootargs_cut;                         // it was longer
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
