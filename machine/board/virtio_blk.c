// SPDX-License-Identifier: MIT
// virtio_blk.c - disks: the registers of the virtio MMIO transport, legacy and modern.
//
// Theory    A notification names the cycle at which the device looks at its queue. Then it serves
//           all chains that are available, gives them back and raises its interrupt. So buffers
//           change some time after the notification, as with a real disk, and the time is the same
//           in every run.
// Promises  distrust: a driver's mistake is counted and described (virtio_blk.h). A request gets an
//           error status if it can; otherwise the device stops until it is reset.
// Manual    virtio 1.2: 4.2 virtio over MMIO, 5.2 block device
// Next      board/virtio_ring.c, board/virtio_request.c
#include "board/virtio_blk.h"

#include "board/board.h"
#include "board/virtio_request.h"
#include "board/virtio_ring.h"
#include "machine.h"

enum {
    MAGIC = 0x000,
    VERSION = 0x004,
    DEVICE_ID = 0x008,
    VENDOR_ID = 0x00c,
    DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_SEL = 0x014,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SEL = 0x024,
    GUEST_PAGE_SIZE = 0x028, // legacy
    QUEUE_SEL = 0x030,
    QUEUE_NUM_MAX = 0x034,
    QUEUE_NUM = 0x038,
    QUEUE_ALIGN = 0x03c, // legacy
    QUEUE_PFN = 0x040,   // legacy
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    INTERRUPT_STATUS = 0x060,
    INTERRUPT_ACK = 0x064,
    STATUS = 0x070,
    QUEUE_DESC = 0x080, // and the upper half in the next register, as below
    QUEUE_AVAIL = 0x090,
    QUEUE_USED = 0x0a0,
    CONFIG = 0x100,
};

#define THE_MAGIC    0x74726976 // "virt"
#define THE_VENDOR   0x554d4551 // xv6 refuses other vendors than QEMU
#define BLOCK_DEVICE 2

#define STATUS_DRIVER_OK   4
#define STATUS_FEATURES_OK 8
#define STATUS_NEEDS_RESET 0x40

#define F_SEG_MAX   (1ULL << 2)
#define F_RO        (1ULL << 5)
#define F_BLK_SIZE  (1ULL << 6)
#define F_FLUSH     (1ULL << 9)
#define F_INDIRECT  (1ULL << 28)
#define F_EVENT_IDX (1ULL << 29)
#define F_VERSION_1 (1ULL << 32)

#define DEFAULT_PAGE 4096 // of a legacy driver that does not say

// Sets the registers to their values at power-on; the count of faults goes on.
static void
reset(struct virtio_blk *v)
{
    uint32 faults = v->faults, fault = v->fault;
    uint64 value = v->fault_value;
    *v = (struct virtio_blk){.due = ~0ULL, .page_size = DEFAULT_PAGE, .queue.align = DEFAULT_PAGE};
    v->faults = faults;
    v->fault = fault;
    v->fault_value = value;
}

void
virtio_blk_power_on(struct virtio_blk *v)
{
    v->faults = 0;
    v->fault = VIRTIO_OK;
    v->fault_value = 0;
    reset(v);
}

void
virtio_blk_fault(struct virtio_blk *v, enum virtio_fault fault, uint64 value)
{
    if (v->faults++ == 0) {
        v->fault = fault;
        v->fault_value = value;
    }
}

// Stops the device until its driver resets it.
static void
stop(struct virtio_blk *v, enum virtio_fault fault, uint64 value)
{
    virtio_blk_fault(v, fault, value);
    v->status |= STATUS_NEEDS_RESET;
}

static bool
present(const struct machine *m, unsigned unit)
{
    return m->disk_sectors[unit] > 0;
}

static uint64
offered(const struct machine *m, unsigned unit)
{
    return F_SEG_MAX | F_BLK_SIZE | F_FLUSH | F_INDIRECT | F_EVENT_IDX |
           (m->disk_readonly[unit] ? F_RO : 0) | (m->config.modern_virtio ? F_VERSION_1 : 0);
}

static void
set_interrupt(struct machine *m, unsigned unit, uint32 isr)
{
    m->s.virtio[unit].isr = isr;
    plic_line(m, IRQ_SOURCE_VIRTIO + unit, isr != 0);
}

// Serves the chains that are available. Returns the fault that stops the device, or VIRTIO_OK.
static enum virtio_fault
serve(struct machine *m, unsigned unit, uint64 *value)
{
    struct virtio_queue *q = &m->s.virtio[unit].queue;
    struct virtio_chain chain;
    uint16 count = 0;
    uint32 written = 0;
    enum virtio_fault fault = ring_check(m, q, value);
    if (!fault)
        fault = ring_available(m, q, &count, value);
    for (uint16 i = 0; i < count && !fault; i++) {
        fault = ring_take(m, q, &chain, value);
        if (!fault)
            fault = virtio_request(m, unit, &chain, &written, value);
        if (!fault)
            ring_give(m, q, chain.head, written);
    }
    return fault;
}

void
virtio_blk_tick(struct machine *m, unsigned unit)
{
    struct virtio_blk *v = &m->s.virtio[unit];
    if (board_cycles(m) < v->due)
        return;
    v->due = ~0ULL;
    uint16 before = v->queue.done;
    uint64 value = 0;
    enum virtio_fault fault = serve(m, unit, &value);
    if (fault)
        stop(v, fault, value);
    bool reached = fault != VIRTIO_QUEUE_SIZE && fault != VIRTIO_RING;
    if (reached && ring_end(m, &v->queue, v->queue.done - before, v->accepted & F_EVENT_IDX))
        set_interrupt(m, unit, v->isr | 1);
}

uint64
virtio_blk_due(const struct machine *m, unsigned unit)
{
    return m->s.virtio[unit].due;
}

static void
notify(struct machine *m, struct virtio_blk *v, uint32 queue)
{
    if (v->status & STATUS_NEEDS_RESET)
        return;
    if (queue != 0 || !v->queue.ready || !(v->status & STATUS_DRIVER_OK))
        virtio_blk_fault(v, VIRTIO_NOT_READY, queue);
    else if (v->due == ~0ULL)
        v->due = board_cycles(m) + VIRTIO_BLK_DELAY;
}

static void
write_status(struct machine *m, unsigned unit, uint32 value)
{
    struct virtio_blk *v = &m->s.virtio[unit];
    if (value == 0) {
        set_interrupt(m, unit, 0);
        reset(v);
        return;
    }
    if (v->accepted & ~offered(m, unit))
        value &= ~(uint32)STATUS_FEATURES_OK;
    v->status = value | (v->status & STATUS_NEEDS_RESET);
}

// A legacy queue has one address: descriptors and available ring, then, aligned, the used ring.
static void
write_pfn(struct virtio_blk *v, uint32 pfn)
{
    struct virtio_queue *q = &v->queue;
    uint64 align = q->align ? q->align : 1;
    q->pfn = pfn;
    q->ready = pfn != 0;
    q->seen = q->done = 0;
    q->desc = (uint64)pfn * v->page_size;
    q->avail = q->desc + 16 * (uint64)q->num;
    q->used = (q->avail + 6 + 2 * (uint64)q->num + align - 1) / align * align;
}

static void
write_ready(struct virtio_queue *q, bool ready)
{
    q->ready = ready;
    q->seen = q->done = 0;
}

static void
write_half(uint64 *whole, uint64 reg, uint32 value)
{
    uint64 shift = reg & 4 ? 32 : 0;
    *whole = (*whole & ~(0xffffffffULL << shift)) | (uint64)value << shift;
}

static void
write_legacy(struct virtio_blk *v, uint64 reg, uint32 value)
{
    if (reg == GUEST_PAGE_SIZE)
        v->page_size = value;
    else if (v->queue_select != 0)
        return;
    else if (reg == QUEUE_ALIGN)
        v->queue.align = value;
    else if (reg == QUEUE_PFN)
        write_pfn(v, value);
}

static void
write_modern(struct virtio_blk *v, uint64 reg, uint32 value)
{
    struct virtio_queue *q = &v->queue;
    if (v->queue_select != 0)
        return;
    if (reg == QUEUE_READY)
        write_ready(q, value & 1);
    else if ((reg & ~4ULL) == QUEUE_DESC)
        write_half(&q->desc, reg, value);
    else if ((reg & ~4ULL) == QUEUE_AVAIL)
        write_half(&q->avail, reg, value);
    else if ((reg & ~4ULL) == QUEUE_USED)
        write_half(&q->used, reg, value);
}

static void
write_register(struct machine *m, unsigned unit, uint64 reg, uint32 value)
{
    struct virtio_blk *v = &m->s.virtio[unit];
    switch (reg) {
    case DEVICE_FEATURES_SEL:
        v->device_half = value;
        break;
    case DRIVER_FEATURES_SEL:
        v->driver_half = value;
        break;
    case DRIVER_FEATURES:
        if (v->driver_half < 2)
            write_half(&v->accepted, 4 * v->driver_half, value);
        break;
    case QUEUE_SEL:
        v->queue_select = value;
        break;
    case QUEUE_NUM:
        if (v->queue_select == 0)
            v->queue.num = value;
        break;
    case QUEUE_NOTIFY:
        notify(m, v, value);
        break;
    case INTERRUPT_ACK:
        set_interrupt(m, unit, v->isr & ~value);
        break;
    case STATUS:
        write_status(m, unit, value);
        break;
    default:
        (m->config.modern_virtio ? write_modern : write_legacy)(v, reg, value);
    }
}

static uint32
read_features(const struct machine *m, unsigned unit)
{
    uint32 half = m->s.virtio[unit].device_half;
    return half < 2 ? (uint32)(offered(m, unit) >> 32 * half) : 0;
}

static uint32
read_register(const struct machine *m, unsigned unit, uint64 reg)
{
    const struct virtio_blk *v = &m->s.virtio[unit];
    switch (reg) {
    case DEVICE_FEATURES:
        return read_features(m, unit);
    case QUEUE_NUM_MAX:
        return v->queue_select == 0 ? VIRTIO_QUEUE_MAX : 0;
    case QUEUE_PFN:
        return m->config.modern_virtio || v->queue_select != 0 ? 0 : v->queue.pfn;
    case QUEUE_READY:
        return m->config.modern_virtio && v->queue_select == 0 && v->queue.ready;
    case INTERRUPT_STATUS:
        return v->isr;
    case STATUS:
        return v->status;
    default:
        return 0;
    }
}

// Registers that an empty slot has, too.
static uint32
read_identity(const struct machine *m, unsigned unit, uint64 reg)
{
    switch (reg) {
    case MAGIC:
        return THE_MAGIC;
    case VERSION:
        return m->config.modern_virtio ? 2 : 1;
    case DEVICE_ID:
        return present(m, unit) ? BLOCK_DEVICE : 0;
    default:
        return THE_VENDOR;
    }
}

// Loads a register in 4 bytes, two of them in 8, or 1 to 8 bytes of the configuration.
bool
virtio_blk_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value)
{
    *value = 0;
    if (bytes == 8) {
        uint64 high;
        virtio_blk_load(m, unit, offset, 4, value);
        virtio_blk_load(m, unit, offset + 4, 4, &high);
        *value |= high << 32;
    } else if (present(m, unit) && offset >= CONFIG) {
        *value = virtio_config(m, unit, offset - CONFIG, bytes);
    } else if (bytes != 4) {
        virtio_blk_fault(&m->s.virtio[unit], VIRTIO_ACCESS, offset);
    } else if (offset <= VENDOR_ID) {
        *value = read_identity(m, unit, offset);
    } else if (present(m, unit)) {
        *value = read_register(m, unit, offset);
    }
    return true;
}

// Stores a register in 4 bytes, or two of them in 8. The configuration is read-only.
bool
virtio_blk_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value)
{
    if (!present(m, unit) || offset >= CONFIG)
        return true;
    if (bytes < 4) {
        virtio_blk_fault(&m->s.virtio[unit], VIRTIO_ACCESS, offset);
        return true;
    }
    write_register(m, unit, offset, (uint32)value);
    if (bytes == 8)
        write_register(m, unit, offset + 4, (uint32)(value >> 32));
    return true;
}
