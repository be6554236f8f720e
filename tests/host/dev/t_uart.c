// SPDX-License-Identifier: MIT
// t_uart.c - the serial port: bytes are sent in order, and a port that accepts none does not block
// its user for ever.
//
// SOURCES: kernel/dev/console/uart.c
// CFLAGS: -iquote tests/host/mmu/shim
#include "test.h"

#include "abi/errno.h"
#include "dev/console/uart.h"
#include "dev/machine.h"
#include "dev/mmio.h"
#include "mm/kvm/kvm.h"

#define HZ   1000UL // steps of the clock in a second
#define FIFO 16

static uint8 regs[8];
static uint64 now, looks; // the clock; how often the status was read
static uint64 busy_until; // the port has no room before
static char sent[256];
static size_t nsent, in_fifo;

uint64
r_time(void)
{
    return now;
}

void *
kvm_map_device(uint64 pa, size_t size)
{
    return pa == 0x10000000 && size == sizeof regs ? regs : NULL;
}

uint8
mmio_read8(const volatile void *reg)
{
    size_t i = (size_t)((const uint8 *)reg - regs);
    if (i == 2)
        return 0xc1; // the FIFOs work
    CHECK(i == 5 || i == 0);
    CHECK(looks++ < 100000); // else it waits for ever
    now++;
    if (now < busy_until)
        return 0;
    in_fifo = 0;
    return 0x60;
}

void
mmio_write8(volatile void *reg, uint8 v)
{
    if (reg != regs)
        return;
    CHECK(in_fifo++ < FIFO && now >= busy_until && nsent < sizeof sent);
    sent[nsent++] = (char)v;
}

uint32
mmio_read32(const volatile void *reg)
{
    (void)reg;
    CHECK(false);
    return 0;
}

void
mmio_write32(volatile void *reg, uint32 v)
{
    (void)reg, (void)v;
    CHECK(false);
}

static void
check_sent(const char *text)
{
    CHECK_EQ(nsent, strlen(text));
    CHECK_MEM(sent, text, nsent);
}

int
main(void)
{
    static const char text[] = "a line of text that is longer than the FIFO of the port\n";
    struct machine m = {.timebase = HZ, .uart_width = 1, .uart = {.base = 1, .size = 8}};
    CHECK_EQ(uart_init(&m), -ENODEV);
    uart_write(text, 5); // goes nowhere
    m.uart.base = 0x10000000;
    CHECK_EQ(uart_init(&m), 0);
    uart_write(text, sizeof text - 1);
    check_sent(text);

    nsent = 0; // a pause is waited for
    busy_until = now + 5 * HZ;
    uart_write("late", 4);
    check_sent("late");

    nsent = 0; // a longer one is not, and not again for each character
    busy_until = now + 1000 * HZ;
    uint64 start = now;
    uart_write(text, sizeof text - 1);
    CHECK(now - start > 5 * HZ && now - start < 60 * HZ);
    looks = 0;
    uart_write(text, sizeof text - 1);
    CHECK(looks <= 2);
    check_sent("");

    now = busy_until; // the port takes characters again
    uart_write(text, sizeof text - 1);
    check_sent(text);
    return test_done();
}
