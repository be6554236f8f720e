// SPDX-License-Identifier: MIT
// t_kvm.c - the kernel's own table is built whole or not at all: each table that cannot be had ends
// the boot in words, and a device that cannot be mapped leaves the table as it was.
//
// SOURCES: kernel/mm/kvm.c kernel/pt/*.c tests/host/shim/host.c
// CFLAGS: -fPIC -iquote tests/host/mmu/shim -D_end=kernel_end
#include "test.h"

#include "mm/frame.h"
#include "mm/kvm.h"
#include "mm/layout.h"
#include "rv/cpu.h"
#include "rv/csr.h"

#define TABLES 600          // more than all of the window for devices needs
#define START  0x80000000UL // of RAM
#define SIZE   (128UL << 20)

// kernel.ld and rv/entry.S: the image is at the physical addresses 0x80200000 to 0x80228000.
__asm__(".globl _text, _etext, _erodata, kernel_end\n"
        ".set _text, 0xffffffff80200000\n"
        ".set _etext, _text + 0x10000\n"
        ".set _erodata, _text + 0x18000\n"
        ".set kernel_end, _text + 0x28000\n");
const uint64 boot_load_offset = 0xffffffff00000000;
char _trampoline[PGSIZE];
int model_hart;

static _Alignas(4096) char arena[TABLES][PGSIZE];
static int used, limit; // tables handed out; how many there are

void *
kzalloc(enum frame_kind kind, uint32 owner)
{
    CHECK(kind == FRAME_PGTABLE && owner == 0);
    return used < limit ? memset(arena[used++], 0, PGSIZE) : NULL;
}

void
kfree(void *table)
{
    CHECK_EQ(table, arena[--used]); // only what an operation has just taken goes back
}

void
late_store(const pte_t *slot, pte_t pte)
{
    (void)slot, (void)pte;
}

// Nothing is executed by way of this table.
void
sfence_vma(void)
{
}

uint64
r_satp(void)
{
    return 0;
}

void
w_satp(uint64 satp)
{
    (void)satp;
}

// Builds the table with `limit` tables. Returns whether they are enough; if not, the kernel says so.
static bool
builds(void)
{
    static const struct kvm_range ram = {START, START + SIZE};
    jmp_buf here;
    used = 0;
    host_catch = &here;
    bool enough = setjmp(here) == 0;
    if (enough)
        kvminit(&ram, 1);
    host_catch = NULL;
    return enough;
}

static uint64
physical(uint64 va)
{
    int level;
    pte_t pte = pte_load(walk_leaf(&kernel_pt, va, &level));
    return pte_leaf(pte) ? pte_translate(pte, level, va) : 0;
}

static void
test_no_memory(void)
{
    static const char *const said[] = {"kvmmap: no memory for the root",
                                       "kvmmap: no memory to map ", "kvmmap: no memory"};
    while (!builds()) {
        const char *want = said[limit < 2 ? limit : 2];
        CHECK_EQ(strncmp(host_panic_text, want, strlen(want)), 0);
        CHECK(++limit < TABLES);
    }
    CHECK(limit > 5);
    CHECK_EQ(used, limit);
}

static void
test_map(void)
{
    CHECK_EQ(physical(DIRECT_MAP + START), START);
    CHECK_EQ(physical(DIRECT_MAP + START + SIZE - 1), START + SIZE - 1);
    CHECK_EQ(physical(DIRECT_MAP + START + SIZE), 0);
    CHECK_EQ(physical(DIRECT_MAP + START - 1), 0);
    CHECK_EQ(physical(KERNEL_LINK), 0x80200000);
    CHECK_EQ(physical(KERNEL_LINK + 0x27fff), 0x80227fff);
    CHECK_EQ(physical(KERNEL_LINK + 0x28000), 0);
}

// Registers [pa, pa + size) are reached, to the byte, and those of nobody else.
static void
maps_device(uint64 pa, size_t size)
{
    uint64 va = (uint64)kvm_map_device(pa, size);
    CHECK(va >= DEVICES && va + size <= DEVICES + DEVICES_SIZE);
    CHECK_EQ(physical(va), pa);
    CHECK_EQ(physical(va + size - 1), pa + size - 1);
    CHECK_EQ(physical(PGROUNDDOWN(va) - 1), 0);
    CHECK_EQ(physical(PGROUNDUP(va + size)), 0);
}

static void
test_devices(void)
{
    limit = TABLES;
    maps_device(0x10000000, 0x100);
    maps_device(0x10000ff8, 8);
    maps_device(0x10000ffc, 8);           // across the end of a page
    maps_device(0x0c000004, 0x600000);    // three tables
    maps_device(0x10001000, PGSIZE);      // a page
    maps_device(0x10001000, PGSIZE + 1);  // and a byte
    maps_device((1UL << PA_BITS) - 8, 8); // the last registers that an entry can lead to
    static const size_t wrong[] = {0, DEVICES_SIZE, DEVICES_SIZE + 1, 1UL << 63, -PGSIZE, -1UL};
    int before = used;
    for (size_t i = 0; i < NELEM(wrong); i++)
        CHECK(kvm_map_device(0x10000004, wrong[i]) == NULL);
    CHECK(kvm_map_device((1UL << PA_BITS) - 4, 8) == NULL); // beyond all physical addresses
    CHECK(kvm_map_device(1UL << PA_BITS, 8) == NULL);
    CHECK(kvm_map_device(-8UL, 8) == NULL);
    CHECK_EQ(used, before);
    limit = used;
    CHECK(kvm_map_device(0x0c000000, 4UL << 20) == NULL); // no table
    CHECK_EQ(used, before);
    limit = TABLES;
    maps_device(0x0c000000, 4UL << 20); // the same place is used
}

int
main(void)
{
    test_no_memory();
    test_map();
    test_devices();
    return test_done();
}
