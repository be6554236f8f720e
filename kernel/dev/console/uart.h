// SPDX-License-Identifier: MIT
// uart.h - the 16550 serial port: polled output, interrupts for input.
#pragma once

#include "lib/types.h"

struct machine;

int uart_init(const struct machine *m) must_check; // 0; -ENODEV: cannot be reached
void uart_write(const char *s, size_t n); // waits until the port has taken it all, or is stuck
int uart_getc(void);                      // -1: nothing has arrived
void uart_listen(bool on);                // turns the interrupt for received bytes on or off
