// SPDX-License-Identifier: MIT
// t_glass_uart.c - the UART of the glass machine, register by register.
//
// SOURCES: machine/board/*.c
#include "glassboard.h"

#define PRIORITY(s)  (PLIC_BASE + 4 * (s))
#define ENABLE(c)    (PLIC_BASE + 0x2000 + 0x80 * (c))
#define THRESHOLD(c) (PLIC_BASE + 0x200000 + 0x1000 * (c))
#define CLAIM(c)     (THRESHOLD(c) + 4)

enum { M0, S0 }; // contexts of the PLIC

static void
enable_uart(void)
{
    put(PRIORITY(10), 4, 1);
    put(ENABLE(S0), 4, 1 << 10);
}

static void
test_uart_output(void)
{
    board_new(false);
    enable_uart();
    CHECK_EQ(get(UART_BASE + 5, 1), 0x60);
    put(UART_BASE, 1, 'h');
    put(UART_BASE, 4, 0x6869); // one byte of it
    CHECK_STR(printed, "hi");
    CHECK_EQ(get(UART_BASE + 2, 1), 1);
    put(UART_BASE + 1, 1, 2); // the transmitter is empty: its interrupt comes at once
    CHECK_EQ(board_irqs(&m, 0), IRQ_SEIP);
    CHECK_EQ(get(CLAIM(S0), 4), 10);
    CHECK_EQ(get(UART_BASE + 2, 1), 2);
    CHECK_EQ(get(UART_BASE + 2, 1), 1); // reading has cleared it
    put(CLAIM(S0), 4, 10);
    CHECK_EQ(board_irqs(&m, 0), 0);
    put(UART_BASE, 1, '!');
    CHECK_EQ(board_irqs(&m, 0), IRQ_SEIP);
    CHECK_STR(printed, "hi!");
    put(UART_BASE + 1, 1, 0);
    CHECK_EQ(get(UART_BASE + 1, 1), 0);
}

// A driver that never reads IIR, as xv6's of 2020, gets one interrupt for its output, and goes on.
static void
test_uart_careless(void)
{
    board_new(false);
    enable_uart();
    put(UART_BASE + 1, 1, 3);
    put(UART_BASE, 1, 'x');
    CHECK_EQ(get(CLAIM(S0), 4), 10);
    CHECK_EQ(get(UART_BASE + 5, 1), 0x60);
    put(CLAIM(S0), 4, 10);
    CHECK_EQ(board_irqs(&m, 0), 0);
    put(UART_BASE, 1, 'y');
    CHECK_EQ(board_irqs(&m, 0), IRQ_SEIP);
}

static void
test_uart_input(void)
{
    board_new(false);
    enable_uart();
    CHECK(uart_room(&m));
    uart_input(&m, 'a');
    CHECK(!uart_room(&m)); // the FIFO is off
    CHECK_EQ(board_irqs(&m, 0), 0);
    CHECK_EQ(get(UART_BASE + 5, 1), 0x61);
    CHECK_EQ(get(UART_BASE, 1), 'a');
    CHECK_EQ(get(UART_BASE, 1), 0);
    put(UART_BASE + 2, 1, 7); // on, and cleared
    put(UART_BASE + 1, 1, 1);
    for (int i = 0; i < UART_FIFO; i++) {
        CHECK(uart_room(&m));
        uart_input(&m, (uint8)('A' + i));
    }
    CHECK(!uart_room(&m));
    CHECK_EQ(get(UART_BASE + 2, 1), 0xc4);
    CHECK_EQ(board_irqs(&m, 0), IRQ_SEIP);
    for (int i = 0; i < UART_FIFO; i++)
        CHECK_EQ(get(UART_BASE, 1), 'A' + i);
    CHECK_EQ(get(UART_BASE + 2, 1), 0xc1);
    put(UART_BASE + 2, 1, 0x81); // trigger level 8: fewer are a timeout
    uart_input(&m, 'z');
    CHECK_EQ(get(UART_BASE + 2, 1), 0xcc);
    put(UART_BASE + 2, 1, 0x83);
    CHECK_EQ(get(UART_BASE + 5, 1), 0x60);
}

static void
test_uart_registers(void)
{
    uint64 value;
    board_new(false);
    put(UART_BASE + 3, 1, 0x83);
    put(UART_BASE, 1, 0x34);
    put(UART_BASE + 1, 1, 0x12);
    CHECK_EQ(get(UART_BASE, 1), 0x34);
    CHECK_EQ(get(UART_BASE + 1, 1), 0x12);
    put(UART_BASE + 3, 1, 3);
    CHECK_EQ(get(UART_BASE + 3, 1), 3);
    CHECK_EQ(get(UART_BASE + 1, 1), 0);
    CHECK_EQ(printed_count, 0);
    put(UART_BASE + 7, 1, 0xa5);
    CHECK_EQ(get(UART_BASE + 7, 1), 0xa5);
    CHECK_EQ(get(UART_BASE + 6, 1), 0xb0);
    put(UART_BASE + 4, 1, 0x1a); // loopback: RTS and OUT2 come back as CTS and DCD
    CHECK_EQ(get(UART_BASE + 6, 1), 0x90);
    put(UART_BASE, 1, 'x');
    put(UART_BASE, 1, 'y'); // no room
    CHECK_EQ(get(UART_BASE + 5, 1), 0x63);
    CHECK_EQ(get(UART_BASE + 5, 1), 0x61);
    CHECK_EQ(get(UART_BASE, 1), 'x');
    CHECK_EQ(printed_count, 0);
    CHECK(!bus_load(&m, UART_BASE + 8, 1, &value));
    CHECK(!bus_store(&m, UART_BASE + 8, 1, 0));
}

int
main(void)
{
    test_uart_output();
    test_uart_careless();
    test_uart_input();
    test_uart_registers();
    return test_done();
}
