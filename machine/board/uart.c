// SPDX-License-Identifier: MIT
// uart.c - the console: a 16550A.
//
// Theory    Sending takes no time: the transmitter is always empty, and its interrupt is pending
//           again as soon as a byte has been stored. Received bytes wait in the FIFO, or in one
//           register when the FIFO is off; the host keeps further bytes until there is room. The
//           timeout for fewer bytes than the trigger level has no delay.
//           The line to the PLIC is updated by accesses that send, receive or change the enabled
//           interrupts, and by no others: xv6 of 2020 leaves the transmitter's interrupt pending
//           for ever, and would hang if reading LSR requested it again.
// Manual    PC16550D data sheet, section 8
// Next      board/plic.c
#include "board/uart.h"

#include "machine.h"

enum { DATA, IER, IIR_FCR, LCR, MCR, LSR, MSR, SCRATCH, REGISTERS };

#define IER_RECEIVED 1
#define IER_THRE     2
#define IER_LINE     4

#define IIR_NONE     1
#define IIR_THRE     2
#define IIR_RECEIVED 4
#define IIR_LINE     6
#define IIR_TIMEOUT  0xc
#define IIR_FIFO     0xc0

#define FCR_ENABLE  1
#define FCR_CLEAR   2
#define FCR_TRIGGER 0xc0

#define LCR_DLAB 0x80
#define MCR_LOOP 0x10

#define LSR_READY   1
#define LSR_OVERRUN 2
#define LSR_EMPTY   0x60 // the holding register and the transmitter

#define MSR_CONNECTED 0xb0 // CTS, DSR and DCD

// Resets the registers: no interrupt enabled, FIFO off and empty.
void
uart_reset(struct uart *u)
{
    *u = (struct uart){.divisor = {1, 0}};
}

static unsigned
capacity(const struct uart *u)
{
    return u->fcr & FCR_ENABLE ? UART_FIFO : 1;
}

// The number of bytes that makes a full interrupt of a timeout.
static unsigned
trigger(const struct uart *u)
{
    static const uint8 levels[] = {1, 4, 8, 14};
    return u->fcr & FCR_ENABLE ? levels[u->fcr >> 6] : 1;
}

// The interrupt of highest priority, as IIR shows it.
static uint8
cause(const struct uart *u)
{
    if (u->ier & IER_LINE && u->overrun)
        return IIR_LINE;
    if (u->ier & IER_RECEIVED && u->count > 0)
        return u->count >= trigger(u) ? IIR_RECEIVED : IIR_TIMEOUT;
    return u->ier & IER_THRE && u->thre ? IIR_THRE : IIR_NONE;
}

static void
update_line(struct machine *m)
{
    plic_line(m, IRQ_SOURCE_UART, cause(&m->s.uart) != IIR_NONE);
}

bool
uart_room(const struct machine *m)
{
    return m->s.uart.count < capacity(&m->s.uart);
}

void
uart_input(struct machine *m, uint8 byte)
{
    struct uart *u = &m->s.uart;
    u->received[(u->first + u->count++) % UART_FIFO] = byte;
    update_line(m);
}

static uint8
take_received(struct uart *u)
{
    uint8 byte = u->received[u->first];
    if (u->count == 0)
        return 0;
    u->first = (u->first + 1) % UART_FIFO;
    u->count--;
    return byte;
}

static uint8
read_iir(struct uart *u)
{
    uint8 now = cause(u);
    if (now == IIR_THRE)
        u->thre = false;
    return now | (u->fcr & FCR_ENABLE ? IIR_FIFO : 0);
}

static uint8
read_lsr(struct uart *u)
{
    uint8 lsr = LSR_EMPTY | (u->count > 0 ? LSR_READY : 0) | (u->overrun ? LSR_OVERRUN : 0);
    u->overrun = false;
    return lsr;
}

// The modem's lines. In loopback they are the outputs of MCR: RTS, DTR, OUT1, OUT2 in this order.
static uint8
read_msr(const struct uart *u)
{
    if (!(u->mcr & MCR_LOOP))
        return MSR_CONNECTED;
    return (uint8)((u->mcr & 2) << 3 | (u->mcr & 1) << 5 | (u->mcr & 0xc) << 4);
}

static uint8
read_register(struct uart *u, uint64 reg)
{
    if (u->lcr & LCR_DLAB && reg <= IER)
        return u->divisor[reg];
    switch (reg) {
    case DATA:
        return take_received(u);
    case IER:
        return u->ier;
    case IIR_FCR:
        return read_iir(u);
    case LCR:
        return u->lcr;
    case MCR:
        return u->mcr;
    case LSR:
        return read_lsr(u);
    case MSR:
        return read_msr(u);
    default:
        return u->scratch;
    }
}

// Loads a register; an access wider than a byte sees zeros above it.
bool
uart_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value)
{
    (void)unit;
    (void)bytes;
    if (offset >= REGISTERS)
        return false;
    struct uart *u = &m->s.uart;
    uint8 before = cause(u);
    *value = read_register(u, offset);
    if ((offset == DATA && !(u->lcr & LCR_DLAB)) || cause(u) != before)
        update_line(m);
    return true;
}

static void
transmit(struct machine *m, uint8 byte)
{
    struct uart *u = &m->s.uart;
    u->thre = true;
    if (!(u->mcr & MCR_LOOP))
        m->host.console(m->host.arg, byte);
    else if (uart_room(m))
        uart_input(m, byte);
    else
        u->overrun = true;
}

static void
write_fcr(struct uart *u, uint8 value)
{
    if (value & FCR_CLEAR || (value ^ u->fcr) & FCR_ENABLE)
        u->first = u->count = 0;
    u->fcr = value & FCR_ENABLE ? value & (FCR_ENABLE | FCR_TRIGGER) : 0;
}

static void
write_ier(struct uart *u, uint8 value)
{
    if (value & ~u->ier & IER_THRE)
        u->thre = true;
    u->ier = value & 0xf;
}

static void
write_register(struct machine *m, uint64 reg, uint8 value)
{
    struct uart *u = &m->s.uart;
    if (u->lcr & LCR_DLAB && reg <= IER)
        u->divisor[reg] = value;
    else if (reg == DATA)
        transmit(m, value);
    else if (reg == IER)
        write_ier(u, value);
    else if (reg == IIR_FCR)
        write_fcr(u, value);
    else if (reg == LCR)
        u->lcr = value;
    else if (reg == MCR)
        u->mcr = value & 0x1f;
    else if (reg == SCRATCH)
        u->scratch = value;
}

// Stores the low byte to a register. Stores to LSR and MSR, which are read-only, are ignored.
bool
uart_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value)
{
    (void)unit;
    (void)bytes;
    if (offset >= REGISTERS)
        return false;
    write_register(m, offset, (uint8)value);
    if (offset <= IIR_FCR && !(m->s.uart.lcr & LCR_DLAB))
        update_line(m);
    return true;
}
