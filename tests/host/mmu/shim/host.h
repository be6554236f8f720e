// SPDX-License-Identifier: MIT
// host.h - included before everything else: the one instruction that the scheduler writes itself, wfi, waits in
// the model; the kernel's functions that the host's library has too get names of their own.
#pragma once

#define _end     kernel_end
#define exit     kernel_exit
#define fork     kernel_fork
#define kill     kernel_kill
#define printf   kernel_printf
#define shutdown kernel_shutdown
#define sleep    kernel_sleep
#define wait     kernel_wait

void model_wait(void);

#define asm                                                                                        \
    model_wait();                                                                                  \
    if (0)                                                                                         \
    __asm__
