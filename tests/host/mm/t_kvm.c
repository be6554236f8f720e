// SPDX-License-Identifier: MIT
// t_kvm.c - the kernel's own table is built whole or not at all: each failed allocation of a table
// ends the boot with a message, and a device that cannot be mapped leaves the table as it was.
// Memory that the leaves of the image map is neither writable elsewhere nor allocated.
//
// SOURCES: kernel/mm/kvm/kvm.c kernel/mm/kvm/kimage.c kernel/pt/*.c kernel/pt/read/*.c tests/host/shim/host.c
// CFLAGS: -fPIC -iquote tests/host/mmu/shim -D_end=kernel_end
#include "test.h"

#include "lib/ranges.h"
#include "mm/frame/frame.h"
#include "mm/inspect/layoutrules.h"
#include "mm/kvm/kimage.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"
#include "rv/cpu.h"
#include "rv/csr.h"

#define TABLES 600          // more than all of the window for devices needs
#define START  0x80000000UL // of RAM
#define MIB    (1UL << 20)
#define SIZE   (128 * MIB)
#define FRAMES (SIZE / PGSIZE)

// kernel.ld and rv/entry.S: the image is at the physical addresses 0x80200000 to 0x80228000.
__asm__(".globl _text, _etext, _rodata, _erodata, _data, kernel_end\n"
        ".set _text, 0xffffffff80200000\n"
        ".set _etext, _text + 0x10000\n"
        ".set _rodata, _etext\n"
        ".set _erodata, _rodata + 0x8000\n"
        ".set _data, _erodata\n"
        ".set kernel_end, _data + 0x10000\n");
#define TEXT   0x80200000UL
#define RODATA 0x80210000UL
#define DATA   0x80218000UL
#define END    0x80228000UL
const uint64 boot_load_offset = 0xffffffff00000000;
char _trampoline[PGSIZE];
int model_hart;

static _Alignas(4096) char arena[TABLES][PGSIZE];
static int used, limit = TABLES; // tables handed out; how many there are
static bool reserved[FRAMES];
static struct ranges ram = {1, {{START, START + SIZE}}};

void *
kzalloc(enum frame_kind kind, uint32 owner)
{
    CHECK(kind == FRAME_PGTABLE && owner == 0);
    return used < limit ? memset(arena[used++], 0, PGSIZE) : NULL;
}

void
kfree(void *table)
{
    CHECK_EQ(table, arena[--used]); // only the table that was just taken is freed
}

void
frames_reserve(uint64 start, uint64 end)
{
    CHECK(start % PGSIZE == 0 && end % PGSIZE == 0 && start >= START && end <= ram.v[0].end);
    for (uint64 pa = start; pa < end; pa += PGSIZE)
        reserved[(pa - START) / PGSIZE] = true;
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
    jmp_buf here;
    used = 0;
    host_catch = &here;
    bool enough = setjmp(here) == 0;
    if (enough)
        kvminit(&ram);
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
    limit = 0;
    static const char *const said[] = {"kvminit: no memory for the root",
                                       "kvminit: no memory to map ", "kvminit: no memory"};
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
    CHECK_EQ(physical(KERNEL_LINK), TEXT);
    CHECK_EQ(physical(KERNEL_LINK + (END - TEXT) - 1), END - 1);
    CHECK_EQ(physical(KERNEL_LINK + (END - TEXT)), 0);
}

// ---- The image

// The rights to a frame of RAM by all its addresses.
struct access {
    bool write, execute, constant; // the last: seen where the image's text or constants are
};

// The leaf for va; its size in *size, of one page if there is none.
static pte_t
leaf(uint64 va, uint64 *size)
{
    int level;
    const pte_t *slot = walk_leaf(&kernel_pt, va, &level);
    pte_t pte = slot ? pte_load(slot) : 0;
    *size = pte_leaf(pte) ? pt_leaf_size(level) : PGSIZE;
    return pte_leaf(pte) ? pte : 0;
}

static void
note(struct access *found, uint64 start, uint64 end, uint64 pa)
{
    uint64 size;
    for (uint64 va = start; va != end; va += PGSIZE) {
        pte_t pte = leaf(va, &size);
        if (!pte)
            continue;
        uint64 there = pte_pa(pte) + va % size;
        CHECK_EQ(there, pa + (va - start));
        struct access *a = &found[(there - START) / PGSIZE];
        a->write |= !!(pte & PTE_W);
        a->execute |= !!(pte & PTE_X);
        a->constant |= start == KERNEL_LINK && !(pte & PTE_W);
    }
}

// Checks no-wx over all addresses of a frame, and that memory mapped by the leaves of text and
// constants is not allocated.
static void
check_names(void)
{
    static struct access found[FRAMES];
    memset(found, 0, sizeof found);
    note(found, DIRECT_MAP + START, DIRECT_MAP + ram.v[0].end, START);
    note(found, KERNEL_LINK, KERNEL_LINK + 8 * MIB, TEXT);
    for (uint64 i = 0; i < (ram.v[0].end - START) / PGSIZE; i++) {
        CHECK(!(found[i].write && found[i].execute));
        CHECK(!found[i].constant || (reserved[i] && !found[i].write));
        CHECK(reserved[i] || found[i].write);
    }
}

// The part [start, end) has leaves of its own, with these rights, and the direct map another name of it.
static void
check_part(uint64 start, uint64 end, pte_t rights)
{
    for (uint64 pa = start, size; pa < end; pa += PGSIZE) {
        uint64 va = KERNEL_LINK + (pa - TEXT);
        CHECK_EQ(leaf(va, &size) & PTE_RWX, rights);
        CHECK_EQ(size, PGSIZE);
        CHECK_EQ(leaf(DIRECT_MAP + pa, &size) & PTE_RWX, PTE_R | (rights & PTE_W));
        CHECK_EQ(kimage_find(va)->rights, rights);
        CHECK(reserved[(pa - START) / PGSIZE]);
    }
}

static void
test_image(void)
{
    kimage_reserve();
    CHECK(builds());
    check_part(TEXT, RODATA, PTE_R | PTE_X);
    check_part(RODATA, DATA, PTE_R);
    check_part(DATA, END, PTE_R | PTE_W);
    check_names();
    for (uint64 i = 0; i < FRAMES; i++) // nothing is lost beside it
        CHECK_EQ(reserved[i], START + i * PGSIZE >= TEXT && START + i * PGSIZE < END);
    CHECK(!kimage_find(KERNEL_LINK - 1) && !kimage_find(KERNEL_LINK + (END - TEXT)));
    struct part parts[KVM_PARTS];
    CHECK(kvm_parts(parts) == KVM_PARTS && parts[2].kind == PART_KERNEL);
    CHECK(parts[2].start == KERNEL_LINK && parts[2].end == KERNEL_LINK + (END - TEXT));
}

// Registers [pa, pa + size) are mapped, to the byte, and no others.
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
    CHECK(kvm_map_device(0x0c001000, 4UL << 20) == NULL); // no table
    CHECK_EQ(used, before);
    maps_device(0x0c000000, 4UL << 20); // this place is reused, and leaves of 2 MiB need no table
    CHECK_EQ(used, before);
    limit = TABLES;
    maps_device(0x0c001000, 4UL << 20);
}

int
main(void)
{
    test_image();
    test_no_memory();
    test_map();
    test_devices();
    return test_done();
}
