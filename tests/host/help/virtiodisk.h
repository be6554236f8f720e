// SPDX-License-Identifier: MIT
// virtiodisk.h - a model of a virtio disk, legacy or modern, and of its driver's environment.
//
// The model answers requests in any order, some with errors, and checks what the driver may assume:
// it reads the queue only when notified, and complains about registers that its version does not
// have.
#pragma once

#include "test.h"

#include "dev/disk/blk.h"
#include "dev/disk/virtio.h"
#include "dev/mmio.h"
#include "dev/plic.h"
#include "mm/frame/direct.h"
#include "mm/frame/frame.h"
#include "mm/frame/kmem.h"
#include "mm/kvm/kvm.h"

#define BLOCKS  64
#define SECTORS (BLOCKS * 8 + 5)
#define RAM     0x80000000UL

static uint8 arena[1 << 22] __attribute__((aligned(32768)));
static size_t arena_used;
static unsigned long frames_freed;
static uint8 contents[BLOCKS * BLKSIZE];

static struct {
    uint32 regs[64]; // the last value written to each
    uint32 version, id, queue_max;
    uint64 features;
    uint16 seen, used; // counters
    bool raised;
    bool holds; // requests stay in the queue until the test runs the device
    int fail;   // every so many-th request gets an error; 0: none
    uint64 bad; // this block + 1 cannot be transferred; 0: none
    uint32 seg_max;
    unsigned long notified, served, flushed, blocks, longest;
    irq_handler *handler;
    void *arg;
} dev;

static uint8 window[0x200] __attribute__((aligned(4096)));

void *
kvm_map_device(uint64 pa, size_t size)
{
    CHECK_EQ(size, sizeof(window));
    return pa == 0x10001000 ? window : NULL;
}

void *
kalloc_order(enum frame_kind kind, uint32 owner, int order)
{
    (void)owner;
    size_t size = PGSIZE << order;
    CHECK_EQ(kind, FRAME_DMA);
    arena_used = (arena_used + size - 1) & ~(size - 1);
    void *p = arena + arena_used;
    arena_used += size;
    CHECK(arena_used <= sizeof(arena));
    return memset(p, 0xa5, size);
}

void *
kzalloc(enum frame_kind kind, uint32 owner)
{
    return memset(kalloc_order(kind, owner, 0), 0, PGSIZE);
}

void
kfree(void *frame)
{
    CHECK((uint8 *)frame >= arena && (uint8 *)frame < arena + sizeof(arena));
    frames_freed++;
}

void *
kmem_alloc(size_t size)
{
    return malloc(size);
}

void *
kmem_zalloc(size_t size)
{
    return calloc(1, size);
}

void
kmem_free(void *obj)
{
    free(obj);
}

int
irq_register(uint32 irq, irq_handler *fn, void *arg)
{
    CHECK_EQ(irq, 1);
    dev.handler = fn;
    dev.arg = arg;
    return 0;
}

static uint64
reg64(uint32 at)
{
    return (uint64)dev.regs[at / 4 + 1] << 32 | dev.regs[at / 4];
}

static uint64
queue_pa(int part)
{
    static const uint32 modern[] = {0x80, 0x90, 0xa0};
    uint64 base = (uint64)dev.regs[0x40 / 4] * 4096, num = dev.regs[0x38 / 4];
    if (dev.version == 2)
        return reg64(modern[part]);
    if (part == 0)
        return base;
    return part == 1 ? base + 16 * num : PGROUNDUP(base + 16 * num + 6 + 2 * num);
}

// Transfers one block; returns false if it cannot be.
static bool
transfer_block(uint32 type, uint64 block, const struct virtq_desc *data)
{
    CHECK_EQ(data->len, BLKSIZE);
    CHECK_EQ(data->flags, type == 0 ? 3 : 1);
    CHECK(block < BLOCKS);
    if (block + 1 == dev.bad)
        return false;
    if (type == 0)
        memcpy(p2v(data->pa), contents + block * BLKSIZE, BLKSIZE);
    else
        memcpy(contents + block * BLKSIZE, p2v(data->pa), BLKSIZE);
    return true;
}

// Carries out the chain behind the header; returns its status descriptor, and the status.
static const struct virtq_desc *
carry_out(uint32 type, uint64 sector, const struct virtq_desc *data, uint8 *status)
{
    const struct virtq_desc *desc = p2v(queue_pa(0));
    unsigned long n = 0;
    bool bad = dev.fail && type != 4 && dev.served % (unsigned long)dev.fail == 0;
    CHECK_EQ(sector % 8, 0);
    for (; data->flags & 1; data = &desc[data->next], n++) {
        CHECK(type != 4 && n < dev.seg_max);
        CHECK(data->next < dev.regs[0x38 / 4]);
        bad |= !transfer_block(type, sector / 8 + n, data);
    }
    CHECK(type == 4 || n > 0);
    dev.flushed += type == 4;
    dev.blocks += n;
    if (n > dev.longest)
        dev.longest = n;
    *status = bad;
    return data;
}

static void
serve(uint16 head)
{
    const struct virtq_desc *desc = p2v(queue_pa(0)), *d = &desc[head];
    struct virtq_used *used = p2v(queue_pa(2));
    uint32 num = dev.regs[0x38 / 4];
    uint8 result;
    CHECK(head < num && d->next < num);
    CHECK_EQ(d->len, 16);
    CHECK_EQ(d->flags, 1);
    const uint32 *header = p2v(d->pa);
    uint64 sector = *(const uint64 *)(header + 2);
    dev.served++;
    const struct virtq_desc *status = carry_out(header[0], sector, &desc[d->next], &result);
    CHECK_EQ(status->len, 1);
    CHECK_EQ(status->flags, 2);
    *(uint8 *)p2v(status->pa) = result;
    used->ring[used->idx % num].id = head;
    __atomic_store_n(&used->idx, used->idx + 1, __ATOMIC_RELEASE); // as devices do
    dev.raised = true;
}

// Serves the requests of the queue, in random order.
static void
run_device(void)
{
    const struct virtq_avail *avail = p2v(queue_pa(1));
    uint16 heads[VIRTQ_MAXNUM];
    uint32 n = 0;
    while (dev.seen != avail->idx)
        heads[n++] = avail->ring[dev.seen++ % dev.regs[0x38 / 4]];
    while (n > 0) {
        uint32 i = (uint32)rnd_below(n);
        serve(heads[i]);
        heads[i] = heads[--n];
    }
}

static void
interrupt(void)
{
    if (dev.raised)
        dev.handler(dev.arg);
}

uint32
mmio_read32(const volatile void *reg)
{
    uint32 at = (uint32)((const volatile uint8 *)reg - window);
    switch (at) {
    case 0x00:
        return 0x74726976;
    case 0x04:
        return dev.version;
    case 0x08:
        return dev.id;
    case 0x10:
        return (uint32)(dev.features >> 32 * dev.regs[0x14 / 4]);
    case 0x34:
        return dev.queue_max;
    case 0x60:
        return dev.raised;
    case 0x70:
        return dev.regs[at / 4];
    case 0x40:
        CHECK_EQ(dev.version, 1);
        return dev.regs[at / 4];
    case 0x44:
    case 0xfc:
        CHECK_EQ(dev.version, 2);
        return dev.regs[at / 4];
    case 0x100:
        return SECTORS;
    case 0x104:
        return 0;
    case 0x10c:
        CHECK(dev.features & 1 << 2);
        return dev.seg_max;
    }
    CHECK(!"a register that can be read");
    return 0;
}

void
mmio_write32(volatile void *reg, uint32 v)
{
    uint32 at = (uint32)((volatile uint8 *)reg - window);
    CHECK(at < sizeof(dev.regs));
    if (at == 0x28 || at == 0x3c || at == 0x40)
        CHECK_EQ(dev.version, 1);
    if (at == 0x44 || at >= 0x80)
        CHECK_EQ(dev.version, 2);
    if (at == 0x64) {
        CHECK_EQ(v, 1);
        dev.raised = false;
    }
    dev.regs[at / 4] = v;
    if (at == 0x50) {
        CHECK(dev.regs[0x70 / 4] & 4); // not before the driver is ready
        dev.notified++;
        if (!dev.holds)
            run_device();
    }
}
