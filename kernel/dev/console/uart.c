// SPDX-License-Identifier: MIT
// uart.c - the 16550 serial port.
//
// Theory    A port that has room for one character has room for a whole FIFO, because it reports
//           room when the FIFO has run empty: one look at the status is enough for a burst.
// Promises  The line speed is left as the firmware set it. The kernel waits once, for a bounded
//           time, for a port that takes nothing; from then on output is lost until it has room.
// Locks     none: the console serialises output, and only its interrupt handler reads.
// Next      dev/console/console.c
#include "dev/console/uart.h"

#include "abi/errno.h"
#include "dev/machine.h"
#include "dev/mmio.h"
#include "mm/kvm/kvm.h"
#include "rv/csr.h"

#define RBR 0 // receive (reading)
#define THR 0 // transmit (writing)
#define IER 1
#define IIR 2 // reading
#define FCR 2 // writing
#define LCR 3
#define MCR 4
#define LSR 5

#define IER_RX      0x01
#define FCR_ENABLE  0x01
#define IIR_FIFO    0xc0 // both bits: the FIFOs work
#define LCR_8N1     0x03
#define MCR_OUT     0x0b // DTR, RTS, and OUT2, which lets interrupts through on some boards
#define LSR_RX      0x01
#define LSR_TX_ROOM 0x20

#define FIFO_SIZE 16
#define PATIENCE  10 // seconds without room until the port counts as stuck: a reader may pause

static struct {
    uint8 *regs; // NULL: no port yet
    uint32 shift, width;
    uint32 burst;    // characters that fit when the port reports room
    uint64 patience; // in steps of the time CSR
    bool stuck;      // it had no room for so long
} uart;

static uint8
read_reg(uint32 reg)
{
    uint8 *at = uart.regs + (reg << uart.shift);
    return uart.width == 4 ? (uint8)mmio_read32(at) : mmio_read8(at);
}

static void
write_reg(uint32 reg, uint8 v)
{
    uint8 *at = uart.regs + (reg << uart.shift);
    if (uart.width == 4)
        mmio_write32(at, v);
    else
        mmio_write8(at, v);
}

// Makes the port usable for output and for polled input; interrupts stay off.
// Returns   0; -ENODEV when its registers cannot be mapped, and then output goes nowhere.
int
uart_init(const struct machine *m)
{
    uint8 *regs = kvm_map_device(m->uart.base, m->uart.size);
    if (!regs)
        return -ENODEV;
    uart.regs = regs;
    uart.shift = m->uart_shift;
    uart.width = m->uart_width;
    uart.patience = PATIENCE * m->timebase;
    write_reg(IER, 0);
    write_reg(LCR, LCR_8N1);
    write_reg(FCR, FCR_ENABLE); // clears nothing: bytes typed during the boot wait there
    write_reg(MCR, MCR_OUT);
    uart.burst = (read_reg(IIR) & IIR_FIFO) == IIR_FIFO ? FIFO_SIZE : 1;
    return 0;
}

// Waits until the port has room for a burst.
// Returns   false: it has none, and none is to be expected soon.
static bool
has_room(void)
{
    uint64 start = r_time();
    while (!(read_reg(LSR) & LSR_TX_ROOM)) {
        if (uart.stuck || r_time() - start > uart.patience) {
            uart.stuck = true;
            return false;
        }
    }
    uart.stuck = false;
    return true;
}

// Writes n bytes, as the port takes them. Bytes for which the port has no room for a long time are
// lost.
// Locks     none: the caller serialises output.
void
uart_write(const char *s, size_t n)
{
    while (uart.regs && n > 0 && has_room()) {
        size_t part = n < uart.burst ? n : uart.burst;
        n -= part;
        while (part-- > 0)
            write_reg(THR, (uint8)*s++);
    }
}

// Takes a byte that has arrived.
// Returns   -1: none has.
int
uart_getc(void)
{
    return uart.regs && (read_reg(LSR) & LSR_RX) ? read_reg(RBR) : -1;
}

// Turns the port's interrupt for received bytes on or off.
void
uart_listen(bool on)
{
    if (uart.regs)
        write_reg(IER, on ? IER_RX : 0);
}
