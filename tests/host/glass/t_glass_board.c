// SPDX-License-Identifier: MIT
// t_glass_board.c - the devices of the glass machine but its disks, register by register.
//
// SOURCES: machine/board/*.c
#include "glassboard.h"

#define MSIP(h)     (CLINT_BASE + 4 * (h))
#define MTIMECMP(h) (CLINT_BASE + 0x4000 + 8 * (h))
#define MTIME       (CLINT_BASE + 0xbff8)

#define PRIORITY(s)  (PLIC_BASE + 4 * (s))
#define PENDING      (PLIC_BASE + 0x1000)
#define ENABLE(c)    (PLIC_BASE + 0x2000 + 0x80 * (c))
#define THRESHOLD(c) (PLIC_BASE + 0x200000 + 0x1000 * (c))
#define CLAIM(c)     (THRESHOLD(c) + 4)

enum { M0, S0, M1, S1 }; // contexts of the PLIC

static void
test_bus(void)
{
    uint64 value;
    board_new(false);
    CHECK(!bus_find(&m, 0, 8));
    CHECK(!bus_find(&m, UART_BASE - 1, 1));
    CHECK(!bus_find(&m, CLINT_BASE + CLINT_SIZE, 4));
    CHECK(!bus_find(&m, RAM_BASE, 4));
    CHECK(!bus_find(&m, ~0UL, 1));
    CHECK(!bus_load(&m, 0x10009000, 4, &value)); // behind the last disk
    CHECK(!bus_store(&m, 0x20000000, 4, 1));
    CHECK_STR(bus_find(&m, 0x10008ffc, 4)->name, "virtio");
    CHECK_EQ(bus_find(&m, 0x10008ffc, 4)->unit, 7);
    CHECK_EQ(get(0x30000000, 4), 0xffffffff); // no card on the PCI bus
    CHECK_EQ(get(0x30000000, 2), 0xffff);
    put(0x30000004, 4, 7);
}

static void
test_clint_software(void)
{
    board_new(false);
    CHECK_EQ(board_irqs(&m, 1), 0);
    put(MSIP(1), 4, 3); // one bit of it exists
    CHECK_EQ(get(MSIP(1), 4), 1);
    CHECK(m.lane[1].attention && !m.lane[0].attention);
    CHECK_EQ(board_irqs(&m, 1), IRQ_MSIP);
    CHECK_EQ(board_irqs(&m, 0), 0);
    CHECK_EQ(get(MSIP(0), 8), 1UL << 32);
    put(MSIP(0), 8, 1);
    CHECK_EQ(board_irqs(&m, 0), IRQ_MSIP);
    CHECK_EQ(board_irqs(&m, 1), 0);
    put(MSIP(2), 4, 1); // there is no hart 2
    CHECK_EQ(get(MSIP(2), 4), 0);
    CHECK(!bus_store(&m, MSIP(0), 1, 1));
    CHECK(!bus_store(&m, MSIP(0), 2, 1));
}

static void
test_clint_timer(void)
{
    board_new(false);
    CHECK_EQ(board_due(&m), ~0UL);
    CHECK_EQ(get(MTIMECMP(0), 8), ~0UL);
    put(MTIMECMP(0), 8, 0x100000007);
    CHECK_EQ(get(MTIMECMP(0), 8), 0x100000007);
    CHECK_EQ(get(MTIMECMP(0), 4), 7);
    CHECK_EQ(get(MTIMECMP(0) + 4, 4), 1);
    put(MTIMECMP(0) + 4, 4, 0);
    CHECK_EQ(get(MTIMECMP(0), 8), 7);
    CHECK_EQ(board_due(&m), 7 * CYCLES_PER_TICK);
    pass(7 * CYCLES_PER_TICK - 1);
    CHECK_EQ(board_irqs(&m, 0), 0);
    pass(1);
    CHECK_EQ(get(MTIME, 8), 7);
    CHECK_EQ(board_irqs(&m, 0), IRQ_MTIP);
    CHECK_EQ(board_irqs(&m, 1), 0);
    CHECK_EQ(board_due(&m), ~0UL); // an interrupt that has risen is not due again
    put(MTIMECMP(0), 8, 1UL << 63);
    CHECK_EQ(board_irqs(&m, 0), 0);
    CHECK_EQ(board_due(&m), ~0UL); // the clock never gets there
}

static void
test_clint_mtime(void)
{
    board_new(false);
    pass(50);
    put(MTIMECMP(1), 8, 2000);
    put(MTIME, 8, 1990);
    CHECK_EQ(get(MTIME, 8), 1990);
    CHECK(m.lane[0].attention && m.lane[1].attention);
    CHECK_EQ(board_due(&m), 50 + 10 * CYCLES_PER_TICK);
    pass(10 * CYCLES_PER_TICK);
    CHECK_EQ(get(MTIME, 4), 2000);
    CHECK_EQ(board_irqs(&m, 1), IRQ_MTIP);
    put(MTIME + 4, 4, 1);
    CHECK_EQ(get(MTIME, 8), 0x100000000 + 2000);
}

static void
test_plic_claim(void)
{
    board_new(false);
    put(ENABLE(S0), 4, 1 << 3 | 1 << 5 | 1); // source 0 does not exist
    CHECK_EQ(get(ENABLE(S0), 4), 1 << 3 | 1 << 5);
    put(PRIORITY(5), 4, 2);
    plic_line(&m, 5, true);
    plic_line(&m, 3, true); // priority 0: never
    CHECK_EQ(get(PENDING, 4), 1 << 3 | 1 << 5);
    CHECK_EQ(board_irqs(&m, 0), IRQ_SEIP);
    CHECK_EQ(board_irqs(&m, 1), 0);
    put(THRESHOLD(S0), 4, 2);
    CHECK_EQ(board_irqs(&m, 0), 0);
    CHECK_EQ(get(CLAIM(S0), 4), 5); // a claim does not ask the threshold
    CHECK_EQ(get(CLAIM(S0), 4), 0);
    put(THRESHOLD(S0), 4, 0);
    CHECK_EQ(board_irqs(&m, 0), 0);
    plic_line(&m, 5, true); // once more: held back until completion
    CHECK_EQ(board_irqs(&m, 0), 0);
    CHECK_EQ(get(CLAIM(S0), 4), 0);
    put(CLAIM(S0), 4, 5);
    CHECK_EQ(board_irqs(&m, 0), IRQ_SEIP);
    CHECK_EQ(get(CLAIM(S0), 4), 5);
    put(CLAIM(S0), 4, 5); // a line that has stayed high requests nothing new
    CHECK_EQ(board_irqs(&m, 0), 0);
    plic_line(&m, 5, true);
    plic_line(&m, 5, false); // withdrawn
    CHECK_EQ(board_irqs(&m, 0), 0);
    put(PRIORITY(3), 4, 15);
    CHECK_EQ(get(PRIORITY(3), 4), 7); // three bits
    CHECK_EQ(get(CLAIM(S0), 4), 3);
}

static void
test_plic_order(void)
{
    board_new(false);
    put(ENABLE(M1), 4, 0xffffffff);
    put(ENABLE(S1), 4, 1 << 2);
    put(PRIORITY(2), 4, 1);
    put(PRIORITY(8), 4, 3);
    put(PRIORITY(9), 4, 3);
    plic_line(&m, 9, true);
    plic_line(&m, 8, true);
    plic_line(&m, 2, true);
    CHECK_EQ(board_irqs(&m, 1), IRQ_MEIP | IRQ_SEIP);
    CHECK_EQ(get(CLAIM(M1), 4), 8);
    CHECK_EQ(get(CLAIM(M1), 4), 9);
    CHECK_EQ(get(CLAIM(S1), 4), 2);
    plic_line(&m, 2, true); // held back until completion
    CHECK_EQ(board_irqs(&m, 1), 0);
    put(CLAIM(S0), 4, 2); // not enabled there: ignored
    CHECK_EQ(board_irqs(&m, 1), 0);
    put(CLAIM(M1), 4, 2);
    CHECK_EQ(board_irqs(&m, 1), IRQ_MEIP | IRQ_SEIP);
    put(CLAIM(M1), 4, 64); // no such source
}

static void
test_plic_edges(void)
{
    uint64 value;
    board_new(false);
    CHECK_EQ(get(PLIC_BASE + PLIC_SIZE - 4, 4), 0);
    put(PLIC_BASE + PLIC_SIZE - 4, 4, 1);
    CHECK_EQ(get(CLAIM(4), 4), 0); // there is no hart 2
    put(ENABLE(4), 4, 0xff);
    CHECK_EQ(get(ENABLE(4), 4), 0);
    put(ENABLE(S0) + 4, 4, 0xffffffff);
    CHECK_EQ(m.s.plic.enable[S0], 0xffffffff00000000);
    CHECK_EQ(get(ENABLE(S0) + 4, 4), 0xffffffff);
    put(ENABLE(S0) + 8, 4, 1);
    CHECK_EQ(get(ENABLE(S0) + 8, 4), 0);
    put(PRIORITY(0), 4, 1);
    CHECK_EQ(get(PRIORITY(0), 4), 0);
    put(PENDING, 4, 0xff);
    CHECK_EQ(get(PENDING, 4), 0);
    CHECK(!bus_load(&m, PRIORITY(1), 1, &value));
    CHECK(!bus_store(&m, PRIORITY(2), 8, value));
}

static void
test_rtc(void)
{
    uint64 value, start = 1000UL * 1000000000;
    board_new(false);
    CHECK_EQ(get(RTC_BASE, 4), start & 0xffffffff);
    CHECK_EQ(get(RTC_BASE + 4, 4), start >> 32);
    pass(100);
    CHECK_EQ(get(RTC_BASE, 4), (start + 1000) & 0xffffffff);
    put(PRIORITY(11), 4, 1);
    put(ENABLE(S1), 4, 1 << 11);
    put(RTC_BASE + 0x10, 4, 1);
    put(RTC_BASE + 0xc, 4, start >> 32);
    put(RTC_BASE + 8, 4, (start + 1995) & 0xffffffff);
    CHECK_EQ(get(RTC_BASE + 0x18, 4), 1);
    CHECK_EQ(get(RTC_BASE + 8, 4), (start + 1995) & 0xffffffff);
    CHECK_EQ(board_due(&m), 200);
    pass(99);
    CHECK_EQ(board_irqs(&m, 1), 0);
    pass(1);
    CHECK_EQ(board_irqs(&m, 1), IRQ_SEIP);
    CHECK_EQ(get(RTC_BASE + 0x18, 4), 0);
    CHECK_EQ(get(CLAIM(S1), 4), 11);
    put(RTC_BASE + 0x1c, 4, 1);
    put(CLAIM(S1), 4, 11);
    CHECK_EQ(board_irqs(&m, 1), 0);
    put(RTC_BASE + 8, 4, 0); // long ago: rings at once
    CHECK_EQ(board_irqs(&m, 1), IRQ_SEIP);
    put(RTC_BASE + 4, 4, 1);
    put(RTC_BASE, 4, 5);
    CHECK_EQ(get(RTC_BASE, 4), 5);
    CHECK_EQ(get(RTC_BASE + 4, 4), 1);
    CHECK(!bus_load(&m, RTC_BASE, 8, &value));
}

static void
test_finisher(void)
{
    board_new(false);
    put(FINISHER_BASE, 4, 0x1234);
    put(FINISHER_BASE + 4, 4, 0x5555);
    CHECK_EQ(m.stop, STOP_NONE);
    put(FINISHER_BASE, 4, 0x5555);
    CHECK_EQ(m.stop, STOP_FINISHED);
    CHECK_EQ(m.s.finisher.asked, FINISHER_PASS);
    board_new(false);
    put(FINISHER_BASE, 4, 0x73333);
    CHECK_EQ(m.s.finisher.asked, FINISHER_FAIL);
    CHECK_EQ(m.s.finisher.code, 7);
}

static uint64
word_at(uint64 pa)
{
    uint64 value;
    memcpy(&value, ram_at(&m.ram, pa), sizeof(value));
    return value;
}

static void
set_word(uint64 pa, uint64 value)
{
    memcpy(ram_at(&m.ram, pa), &value, sizeof(value));
}

static void
test_htif(void)
{
    board_new(false);
    set_word(RAM_BASE, 1);
    pass(1);
    CHECK_EQ(m.stop, STOP_NONE); // no such word is known
    m.config.tohost = RAM_BASE;
    m.config.fromhost = RAM_BASE + 64;
    set_word(RAM_BASE, 0x0101000000000000 | 'c');
    pass(1);
    CHECK_STR(printed, "c");
    CHECK_EQ(word_at(RAM_BASE), 0);
    CHECK_EQ(word_at(RAM_BASE + 64), 1);
    memcpy(ram_at(&m.ram, RAM_BASE + 256), "lass", 4);
    set_word(RAM_BASE + 128, 64); // write(1, ..., 4)
    set_word(RAM_BASE + 144, RAM_BASE + 256);
    set_word(RAM_BASE + 152, 4);
    set_word(RAM_BASE, RAM_BASE + 128);
    pass(1);
    CHECK_STR(printed, "class");
    CHECK_EQ(word_at(RAM_BASE + 128), 4);
    set_word(RAM_BASE + 144, RAM_BASE + BOARD_RAM - 1); // runs out of RAM
    set_word(RAM_BASE + 128, 64);
    set_word(RAM_BASE, RAM_BASE + 128);
    pass(1);
    CHECK_EQ(word_at(RAM_BASE + 128), 1);
    set_word(RAM_BASE, 0x10); // arguments outside RAM
    pass(1);
    set_word(RAM_BASE, 7); // status 3
    pass(1);
    CHECK_EQ(m.stop, STOP_FINISHED);
    CHECK_EQ(m.s.finisher.asked, FINISHER_FAIL);
    CHECK_EQ(m.s.finisher.code, 3);
}

int
main(void)
{
    test_bus();
    test_clint_software();
    test_clint_timer();
    test_clint_mtime();
    test_plic_claim();
    test_plic_order();
    test_plic_edges();
    test_rtc();
    test_finisher();
    test_htif();
    return test_done();
}
