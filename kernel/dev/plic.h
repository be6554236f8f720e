// SPDX-License-Identifier: MIT
// plic.h - device interrupts: the platform-level interrupt controllers.
#pragma once

#include "lib/types.h"

struct machine;

typedef void irq_handler(void *arg); // interrupts off, no lock held; must not sleep

int plic_init(const struct machine *m) must_check; // 0; -ENODEV: cannot be reached; -ENOMEM
void plic_init_hart(int hart);                     // from now on this hart takes device interrupts
int irq_register(uint32 irq, irq_handler *handler, void *arg) must_check; // once per source
void plic_handle(int hart);    // on an external interrupt: serves one source of each controller
bool plic_reaches_harts(void); // tells whether each interrupt with a handler can reach a hart
