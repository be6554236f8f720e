// SPDX-License-Identifier: MIT
// world.c - see world.h.
//
// Theory    RAM is an arena of the host at such an address that DIRECT_MAP + physical address points into it. The
//           kernel's own table maps an image and a bank of RAM that is not accessed: only changing
//           mappings need checks. Harts take turns, one event at a time, as the seed decides.
#include "mmu/world.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "boot/bootargs.h"
#include "lib/ranges.h"
#include "mm/aspace/asid.h"
#include "mm/design/select.h"
#include "mm/frame/commit.h"
#include "mm/frame/frame.h"
#include "mm/frame/kmem.h"
#include "mm/frame/ledger.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"
#include "mmu/files.h"
#include "mmu/hart.h"
#include "mmu/traps.h"
#include "mmu/user.h"
#include "proc/proc.h"
#include "proc/sched/fpu.h"
#include "proc/sched/sched.h"
#include "proc/sched/ticks.h"
#include "proc/trap.h"
#include "rv/csr.h"

#define ARENA      (1UL << 45)
#define RAM        (ARENA - DIRECT_MAP)
#define BANK       0x80000000UL // memory, through the kernel's direct map
#define BANK_SIZE  (64UL << 20)
#define MANY       9000 // frames
#define FEW        420
#define LINK_START 0xffffffff80200000

struct bootargs bootargs = {.quiet = true, .init = "0", .arguments = ""};

static const int asid_bits[] = {5, 1, 0, 5, 2};

// kernel.ld and rv/entry.S
__asm__(".globl _text, _etext, _rodata, _erodata, _data, kernel_end\n"
        ".set _text, 0xffffffff80200000\n"
        ".set _etext, _text + 0x10000\n"
        ".set _rodata, _etext\n"
        ".set _erodata, _rodata + 0x8000\n"
        ".set _data, _erodata\n"
        ".set kernel_end, _data + 0x10000\n");
const uint64 boot_load_offset = LINK_START - 0x80200000;

// The table that a hart starts with, like that of rv/entry.S. Except for the image, the hart has
// cached the kernel's addresses as not mapped.
static void
first_table(void)
{
    static const uint64 places[] = {DIRECT_MAP + BANK, DEVICES, KSTACKS};
    static pagetable_t table;
    uint64 pa;
    if (!table)
        table = kzalloc(FRAME_PGTABLE, 0);
    table[PX(2, LINK_START)] = pte_make(BANK, PTE_V | PTE_R | PTE_X | PTE_A);
    sfence_vma();
    hart_load(MAKE_SATP(PT_MIN_LEVELS, 0, v2p(table)));
    for (size_t i = 0; i < NELEM(places); i++)
        for (uint64 va = places[i]; va != places[i] + 64 * PGSIZE; va += PGSIZE)
            (void)hart_look(va, PT_READ, MODE_KERNEL, false, &pa);
}

static void
kernel_table(void)
{
    uint64 pa;
    kvminithart();
    if (hart_look(DIRECT_MAP + BANK, PT_READ, MODE_KERNEL, true, &pa) != SIGHT_OK)
        model_fail("the direct map cannot be used after kvminithart()");
}

static uint64
reclaim(uint64 want)
{
    uint64 got = kstack_reclaim();
    return got < want ? got + files_drop() : got;
}

static void
memory_init(uint64 frames)
{
    static const struct ranges ram = {1, {{BANK, BANK + BANK_SIZE}}};
    uint64 end = RAM + frames * PGSIZE;
    void *arena = mmap((void *)ARENA, frames * PGSIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);
    if (arena != (void *)ARENA)
        model_fail("no room for RAM at 0x%lx", ARENA);
    frames_init(RAM, end, aligned_alloc(64, frames_ledger_size(RAM, end)));
    frames_ready();
    frames_set_reclaim(reclaim);
    kmem_init();
    first_table();
    kvminit(&ram);
    kernel_table();
}

// Where the tables of kernel stacks come to be, a hart has seen none.
static void
stacks_init(void)
{
    uint64 pa;
    for (uint64 va = KSTACKS; va != KSTACKS + 64 * PGSIZE; va += PGSIZE)
        (void)hart_look(va, PT_READ, MODE_KERNEL, false, &pa);
    kstack_init();
}

// A device is mapped where a hart has looked before.
static void
device_init(void)
{
    uint64 pa;
    for (uint64 va = DEVICES; va != DEVICES + 8 * PGSIZE; va += PGSIZE)
        (void)hart_look(va, PT_READ, MODE_KERNEL, false, &pa);
    uint64 window = (uint64)kvm_map_device(BANK + BANK_SIZE, 2 * PGSIZE);
    for (uint64 va = window; va != window + 2 * PGSIZE; va += PGSIZE)
        if (hart_look(va, PT_WRITE, MODE_KERNEL, true, &pa) != SIGHT_OK)
            model_fail("a device's window at 0x%lx cannot be used", va);
}

// Asks for a mode, which the harts may lack: then they get the deepest that they have, and no frame is lost.
static void
choose_mode(int levels)
{
    uint64 before[FRAME_KINDS], now[FRAME_KINDS], pa;
    frames_by_kind(before);
    int got = kvm_deepen(levels);
    frames_by_kind(now);
    if (got != (levels < model_levels ? levels : model_levels))
        model_fail("%d levels asked for, %d there, %d chosen", levels, model_levels, got);
    if (now[FRAME_PGTABLE] - before[FRAME_PGTABLE] != (uint64)(got - PT_MIN_LEVELS))
        model_fail("%d levels: from %lu tables to %lu", got, before[FRAME_PGTABLE],
                   now[FRAME_PGTABLE]);
    if (hart_look(DIRECT_MAP + BANK, PT_READ, MODE_KERNEL, true, &pa) != SIGHT_OK)
        model_fail("the direct map cannot be used after kvm_deepen()");
}

static void
nothing(void)
{
}

static void
first_process(void)
{
    for (int i = 0; i < nharts; i++)
        while (!cpus[i].online)
            model_pause();
    asid_init();
    userinit(nothing);
}

// A hart begins: on its idle process's stack.
static void
hart_main(void)
{
    if (model_hart != 0) {
        first_table();
        kernel_table();
    }
    trapinithart();
    traps_vector();
    fpu_init_hart();
    kstack_sync(&mycpu()->idle->own.kstack);
    asid_init_hart();
    __atomic_store_n(&mycpu()->online, 1, __ATOMIC_RELEASE); // pairs with kvm_shootdown()
    if (model_hart == 0)
        first_process();
    sched_idle();
}

static void
hart_prepare(int i)
{
    struct cpu *c = &cpus[i];
    c->id = (uint32)i;
    c->hartid = (uint64)i;
    struct proc *idle = kthread("idle", sched_idle);
    sched_init_hart(c, idle);
    model_running[i] = traps_fiber(&idle->context);
    fiber_start(model_running[i], hart_main);
    idle->context.ra = 0; // it has been started
}

static void
boot(const char *name, int harts, uint64 frames, int levels)
{
    model_harts = nharts = harts;
    memory_init(frames);
    device_init();
    if (design_select(name) < 0)
        model_fail("there is no design %s", name);
    choose_mode(levels);
    stacks_init();
    ticks_init(10000000);
    procinit();
    sched_init();
    aspace_init();
    trapinit();
    for (int i = 0; i < harts; i++)
        hart_prepare(i);
}

// Lets one hart run until its next pause.
static void
turn(void)
{
    int ready[HARTS], n = 0;
    for (int i = 0; i < model_harts; i++)
        if (!model_waits[i] || model_kicked[i])
            ready[n++] = i;
    if (n == 0)
        model_fail("all harts wait, and none is awake");
    model_hart = ready[model_rnd((uint64)n)];
    model_waits[model_hart] = false;
    model_in_turn = true;
    fiber_switch(&model_driver, model_running[model_hart]);
    model_in_turn = false;
    hart_check_roots();
}

// Unused memory is freed; freed stacks are fenced on every hart.
static void
memory_is_short(void)
{
    (void)files_drop();
    if (model_rnd(4))
        return;
    (void)kstack_reclaim();
    hart_check_kind(KSTACKS, KSTACKS + KSTACKS_SIZE, FRAME_KSTACK);
}

void
world_run(const char *design, uint64 seed, uint64 steps)
{
    model_seed(seed);
    model_sets_ad = seed / HARTS % 2;
    model_asid_bits = asid_bits[seed % NELEM(asid_bits)];
    model_levels = model_rnd(4) ? PT_MAX_LEVELS : PT_MIN_LEVELS + (int)model_rnd(3);
    boot(design, 1 + (int)(seed % HARTS), seed % 3 == 2 ? FEW : MANY,
         PT_MIN_LEVELS + (int)(seed / 3 % 3));
    for (uint64 i = 0; !users_done; i++) {
        users_stop = i > steps;
        if (i > 20 * steps + 100000)
            model_fail("the processes do not come to an end: %d are left", users);
        if (model_rnd(60) == 0)
            memory_is_short();
        turn();
    }
}

static void
take_stock(uint64 *count)
{
    (void)files_drop();
    while (kstack_reclaim())
        ;
    (void)kmem_drain();
    check_ledger();
    frames_by_kind(count);
}

void
world_rest(void)
{
    static uint64 before[FRAME_KINDS], before_committed;
    uint64 now[FRAME_KINDS];
    take_stock(now);
    if (!before[FRAME_PGTABLE]) {
        memcpy(before, now, sizeof before);
        before_committed = commit_sum();
    }
    for (int kind = 0; kind < FRAME_KINDS; kind++)
        if (before[kind] != now[kind])
            model_fail("at rest: %lu frames of kind %s, %lu at first", now[kind],
                       frame_kind_name(kind), before[kind]);
    if (commit_sum() != before_committed)
        model_fail("at rest: %lu pages are committed, %lu at first", commit_sum(),
                   before_committed);
}
