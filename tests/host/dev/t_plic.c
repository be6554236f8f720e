// SPDX-License-Identifier: MIT
// t_plic.c - two interrupt controllers, each wired to two of four harts: each interrupt reaches its
// handler by a hart that is wired to its controller.
//
// SOURCES: kernel/dev/plic.c kernel/sync/spinlock.c tests/host/shim/host.c
#include "test.h"

#include "abi/errno.h"
#include "dev/machine.h"
#include "dev/mmio.h"
#include "dev/plic.h"
#include "mm/frame/kmem.h"
#include "mm/kvm/kvm.h"

#define SIZE 0x204000UL // of a controller's registers: four contexts

static uint8 regs[2][SIZE];
static uint32 pending[2]; // by source
static bool no_memory;

static struct machine m = {
    .nharts = 4,
    .nplics = 2,
    .plic = {{.base = 0, .size = SIZE, .sources = 31, .context = {1, 3, ~0U, ~0U}},
             {.base = SIZE, .size = SIZE, .sources = 40, .context = {~0U, ~0U, 1, 3}}},
};

void *
kmem_zalloc(size_t n)
{
    return no_memory ? NULL : calloc(1, n);
}

void
kmem_free(void *p)
{
    free(p);
}

void *
kvm_map_device(uint64 pa, size_t size)
{
    return pa + size <= sizeof regs ? (uint8 *)regs + pa : NULL;
}

static uint32 *
reg(int plic, size_t offset)
{
    return (uint32 *)(regs[plic] + offset);
}

// Which controller and offset a register is.
static size_t
place(const volatile void *at, int *plic)
{
    size_t offset = (size_t)((const uint8 *)at - (uint8 *)regs);
    CHECK(offset < sizeof regs);
    *plic = (int)(offset / SIZE);
    return offset % SIZE;
}

static bool
passes(int plic, size_t context, uint32 source)
{
    uint32 enabled = *reg(plic, 0x2000 + 0x80 * context + source / 32 * 4);
    return enabled >> source % 32 & 1 &&
           *reg(plic, 4 * source) > *reg(plic, 0x200000 + 0x1000 * context);
}

uint32
mmio_read32(const volatile void *at)
{
    int plic;
    size_t offset = place(at, &plic), context = (offset - 0x200004) / 0x1000;
    CHECK_EQ(offset % 0x1000, 4); // a claim
    uint32 source = pending[plic];
    if (!source || !passes(plic, context, source))
        return 0;
    pending[plic] = 0;
    return source;
}

void
mmio_write32(volatile void *at, uint32 v)
{
    int plic;
    *reg(plic, place(at, &plic)) = v;
}

static int served[4]; // calls of each handler

static void
handler(void *arg)
{
    served[(int *)arg - served]++;
}

// Raises an interrupt and lets all harts but `absent` look.
static void
raise(int plic, uint32 source, int absent)
{
    pending[plic] = source;
    for (int hart = 0; hart < m.nharts; hart++)
        if (hart != absent)
            plic_handle(hart);
}

static void
test_no_memory(void)
{
    no_memory = true;
    CHECK_EQ(plic_init(&m), -ENOMEM);
    no_memory = false;
    uint64 size = m.plic[0].size;
    m.plic[0].size = 3 * SIZE;
    CHECK_EQ(plic_init(&m), -ENODEV);
    m.plic[0].size = size;
}

int
main(void)
{
    test_no_memory();
    for (int plic = 0; plic < 2; plic++)
        for (uint32 context = 0; context < 4; context++)
            *reg(plic, 0x200000 + 0x1000 * context) = 7; // as firmware leaves it
    CHECK_EQ(plic_init(&m), 0);
    CHECK(plic_reaches_harts());
    plic_init_hart(0);
    CHECK_EQ(irq_register(machine_irq(0, 10), handler, &served[0]), 0);
    CHECK(plic_reaches_harts());
    CHECK_EQ(irq_register(machine_irq(1, 10), handler, &served[1]), 0);
    CHECK(!plic_reaches_harts()); // none of the second controller's harts runs
    plic_init_hart(1);
    plic_init_hart(3);
    CHECK(plic_reaches_harts());
    CHECK_EQ(irq_register(machine_irq(1, 40), handler, &served[2]), 0);
    plic_init_hart(2);
    CHECK_EQ(irq_register(machine_irq(1, 10), handler, NULL), -EBUSY);
    CHECK_EQ(irq_register(machine_irq(0, 32), handler, NULL), -EINVAL);
    CHECK_EQ(irq_register(machine_irq(1, 0), handler, NULL), -EINVAL);
    CHECK_EQ(irq_register(machine_irq(2, 1), handler, NULL), -EINVAL);
    CHECK_EQ(irq_register(0, handler, NULL), -EINVAL);

    raise(0, 10, 0);
    raise(1, 10, 2);
    raise(1, 10, 3);
    raise(1, 40, -1);
    raise(0, 11, -1); // an interrupt that is not enabled
    CHECK_EQ(served[0], 1);
    CHECK_EQ(served[1], 2);
    CHECK_EQ(served[2], 1);
    CHECK_EQ(*reg(1, 0x201004), 40); // what hart 2 has claimed, it has completed
    return test_done();
}
