// SPDX-License-Identifier: MIT
// uart.h - the console: a 16550A.
#pragma once

#include "base/types.h"

#define UART_BASE 0x10000000ULL
#define UART_SIZE 0x100ULL
#define UART_FIFO 16

struct machine;

struct uart {
    uint8 ier, lcr, mcr, scratch;
    uint8 divisor[2];
    uint8 fcr;          // enable and trigger level, from the last store to FCR
    uint8 first, count; // of the received bytes: a ring
    uint8 received[UART_FIFO];
    bool thre;    // the transmitter's interrupt is pending
    bool overrun; // a byte was lost: only loopback can do that
};

void uart_reset(struct uart *u);
// Returns whether the receiver can take a byte.
bool uart_room(const struct machine *m);
// A byte arrives. The caller has asked uart_room().
void uart_input(struct machine *m, uint8 byte);
bool uart_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value);
bool uart_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value);
