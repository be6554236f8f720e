// SPDX-License-Identifier: MIT
// main.c - the order in which the kernel comes to life.
//
// Theory    boot() runs on the first hart, on the boot stack, with the boot-time table; it ends
//           as that hart's idle process. The other harts start when everything they use exists.
//           Process 1 mounts the disk and becomes the first program.
#include "debug/panic.h"
#include "debug/selftest.h"
#include "dev/blk.h"
#include "dev/console.h"
#include "dev/machine.h"
#include "dev/plic.h"
#include "dev/power.h"
#include "dev/virtio_blk.h"
#include "fs/devnode.h"
#include "fs/file.h"
#include "fs/fs.h"
#include "lib/panic.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/asid.h"
#include "mm/frame.h"
#include "mm/fresh.h"
#include "mm/kimage.h"
#include "mm/kmem.h"
#include "mm/kvm.h"
#include "mm/layout.h"
#include "mm/plan.h"
#include "proc/bootprint.h"
#include "proc/fpu.h"
#include "proc/proc.h"
#include "proc/sched.h"
#include "proc/ticks.h"
#include "proc/trap.h"
#include "rv/cpu.h"
#include "rv/csr.h"
#include "rv/sbi.h"
#include "rv/timer.h"
#include "sys/bootargs.h"
#include "sys/stats.h"

#define MIN_RAM           (12UL << 20) // behind the ledger; below it are some 4 MiB more, in gaps
#define PANIC_STACK_ORDER 2 // one slot, aligned, so that its upper half looks like a stack

_Static_assert(PGSIZE << PANIC_STACK_ORDER == KSTACK_SLOT, "one slot");

void boot(uint64 hartid, uint64 fdt_pa) noreturn;
void boot_secondary(void) noreturn;

extern char _end[];               // kernel.ld
extern char boot_table[];         // rv/entry.S
extern void _start(void);         // rv/entry.S
extern struct cpu *boot_starting; // rv/entry.S

static struct machine machine;
static struct bootargs args;

static void
sbi_write(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sbi_putchar(s[i]);
}

static void
sbi_nothing(void)
{
}

static const struct print_sink sbi_sink = {sbi_nothing, sbi_write, sbi_nothing};

// The machine lacks something: says what, and switches it off.
static void noreturn
refuse(const char *why)
{
    printf("vitrine: cannot start: %s\n", why);
    power_off(1);
}

// Where stvec leads until traps can be handled. What can go wrong that early is the device tree: on a
// machine with very little RAM its place is in the firmware's memory, which may not be read.
static void noreturn __attribute__((aligned(4))) boot_trap(void)
{
    printf("vitrine: trap while starting: scause 0x%lx sepc 0x%lx stval 0x%lx\n", csr_read(scause),
           csr_read(sepc), csr_read(stval));
    refuse("the device tree cannot be read; is there too little RAM? 32 MiB are needed");
}

static void
probe(uint64 hartid, uint64 fdt_pa)
{
    printf_set_sink(&sbi_sink);
    csr_write(stvec, boot_trap);
    const char *why = machine_probe(p2v(fdt_pa), hartid, &machine);
    if (why)
        refuse(why);
    power_init_early(&machine);
    if (!(machine.ext & EXT_SSTC) && !sbi_has(SBI_EXT_TIME))
        refuse("there is no timer: neither Sstc nor the firmware's TIME extension");
    struct cpu *c = &cpus[machine_hart_index(&machine, hartid)];
    c->id = (uint32)(c - cpus);
    c->hartid = hartid;
    cpu_become(c); // the boot code could not know which one is ours
}

// The bank of RAM that the kernel was loaded into; the ledger of frames goes behind the image.
static const struct machine_range *
home_bank(void)
{
    uint64 pa = kimage_pa(kimage[KIMAGE_TEXT].start);
    for (int i = 0; i < machine.nram; i++)
        if (pa >= machine.ram[i].start && pa < machine.ram[i].end)
            return &machine.ram[i];
    refuse("the kernel was loaded outside of the RAM that the device tree describes");
}

static void
reserve_holes(void)
{
    for (int i = 0; i < machine.nreserved; i++)
        frames_reserve(machine.reserved[i].start, machine.reserved[i].end);
    for (int i = 1; i < machine.nram; i++)
        frames_reserve(machine.ram[i - 1].end, machine.ram[i].start);
}

static void
memory_init(void)
{
    const struct machine_range *home = home_bank();
    uint64 start = machine.ram[0].start, end = machine.ram[machine.nram - 1].end;
    uint64 ledger = PGROUNDUP(kimage_pa((uint64)_end));
    uint64 ledger_end = PGROUNDUP(ledger + frames_ledger_size(start, end));
    if (ledger_end + MIN_RAM > home->end)
        refuse("there is too little RAM: 32 MiB are needed");
    if (end > DIRECT_SIZE)
        refuse("there is RAM beyond 128 GiB, where the direct map would meet the device registers");
    kimage_plan(home->end - home->start);
    frames_init(start, end, p2v(ledger));
    kimage_reserve();
    frames_reserve(ledger, ledger_end);
    reserve_holes();
    frames_ready();
    kmem_init();

    struct kvm_range ram[MACHINE_RAM];
    for (int i = 0; i < machine.nram; i++)
        ram[i] = (struct kvm_range){machine.ram[i].start, machine.ram[i].end};
    kvminit(ram, machine.nram);
    check_kernel_plan();
    power_init(&machine);
    kvminithart();
    kstack_init();
}

static uint64
reclaim(uint64 want)
{
    uint64 got = kstack_reclaim();
    return got < want ? got + fs_reclaim(want - got) : got;
}

static void
devices_init(void)
{
    panic_set_hooks(sched_kick_others, power_off);
    if (console_init(&machine) < 0)
        printf("vitrine: no serial port; output goes through the firmware\n");
    if (plic_init(&machine) < 0)
        refuse("there is no interrupt controller (PLIC) that can be reached");
    if (console_listen(&machine) < 0)
        printf("vitrine: the serial port has no interrupt; there will be no input\n");
    virtio_blk_init(&machine);
}

static void
mount_root(void)
{
    if (args.selftest)
        power_off(selftest_run(args.selftest));
    struct blkdev *disk = blk_find(args.root);
    if (!disk) {
        printf(
            "vitrine: there is no disk %s; start the machine with a virtio disk that holds an ext2 "
            "file system\n",
            args.root);
        power_off(1);
    }
    if (fs_mount(disk, args.readonly) < 0)
        power_off(1);
}

static int64
console_device_read(struct file *f, struct iobuf dst, size_t n)
{
    (void)f;
    return console_read(dst, n, &myproc()->interrupted);
}

static int64
console_device_write(struct file *f, struct iobuf src, size_t n)
{
    (void)f;
    return console_write(src, n);
}

static void
refuse_stopping(void)
{
    printf("^Z: programs cannot be stopped and continued; ^C ends one, & starts one in the\n"
           "background\n");
}

static void
files_init(void)
{
    static const struct devsw console = {console_device_read, console_device_write};
    fs_init();
    file_init();
    devsw_register(DEV_CONSOLE, &console);
    null_init();
    statistics_init();
    statistics_add(stats_text);
    console_set_hotkey('P' & 0x1f, procdump);
    console_set_hotkey('Z' & 0x1f, refuse_stopping);
    console_set_interrupt(proc_interrupt);
    frames_set_reclaim(reclaim);
}

static void noreturn
idle_entry(void)
{
    sched_idle();
}

// Gives a hart its idle process, with a stack to start on, and one for reporting that a stack is
// full.
static void
hart_prepare(struct cpu *c)
{
    struct proc *idle = kthread("idle", idle_entry);
    char *spare = kalloc_order(FRAME_KSTACK, 0, PANIC_STACK_ORDER);
    if (!idle || !spare)
        panic("no memory for hart %d", c->id);
    c->boot_sp = idle->own.kstack.top;
    c->panic_sp = (uint64)spare + KSTACK_SLOT; // in the direct map, which all tables contain
    sched_init_hart(c, idle);
}

static void
hart_online(struct cpu *c)
{
    trapinithart();
    fpu_init_hart();
    plic_init_hart((int)c->id);
    kstack_sync(&c->idle->own.kstack);
    asid_init_hart();
    __atomic_store_n(&c->online, 1, __ATOMIC_RELEASE); // pairs with start_others()
}

// Sleeps for 0.1 ms. A machine that runs its harts in turns, as QEMU does under -icount, lets the
// next one run only when this one sleeps.
static void
pause_briefly(void)
{
    timer_set(r_time() + machine.timebase / 10000);
    asm volatile("wfi");
}

static void
start_others(void)
{
    uint64 entry = kimage_pa((uint64)_start);
    for (int i = 0; i < nharts; i++) {
        struct cpu *c = &cpus[i];
        if (c == mycpu())
            continue;
        c->id = (uint32)i;
        c->hartid = machine.hart[i].id;
        hart_prepare(c);
        boot_starting = c;
        __atomic_thread_fence(__ATOMIC_SEQ_CST); // before the firmware lets it go: rv/entry.S
        if (sbi_hart_start(c->hartid, entry, 0) != 0)
            panic("hart %lu does not start", c->hartid);
        while (!__atomic_load_n(&c->online, __ATOMIC_ACQUIRE)) // pairs with hart_online()
            pause_briefly();
        printf("hart %d starting\n", i);
    }
}

void
boot_secondary(void)
{
    hart_online(mycpu());
    sched_idle();
}

// The table with the identity map has served its last hart.
static void
entry_close(void)
{
    memset(boot_table, 0, PGSIZE);
}

static int
count_harts(void)
{
    int n = machine.nharts < args.harts ? machine.nharts : args.harts;
    return (int)mycpu()->id < n ? n : (int)mycpu()->id + 1; // the one we run on must be among them
}

static void
choose_mode(void)
{
    int levels = kvm_deepen(args.levels);
    if (levels < args.levels)
        printf("vitrine: mmu=sv%d: this hart has no Sv%d; using Sv%d\n", PXSHIFT(args.levels),
               PXSHIFT(levels + 1), PXSHIFT(levels));
}

static void
banner(void)
{
    printf("vitrine: %d hart%s, %lu MiB RAM, Sv%d, kpt=%s\n", nharts, nharts == 1 ? "" : "s",
           frames_total() * PGSIZE >> 20, PXSHIFT(kernel_pt.env->levels), kpt->name);
    if (FRESH_LEAKS)
        printf("vitrine: INSECURE BUILD: a program reads in new memory what others left there\n");
}

void
boot(uint64 hartid, uint64 fdt_pa)
{
    probe(hartid, fdt_pa);
    memory_init();
    devices_init();
    bootargs_parse(machine.bootargs, &args);
    nharts = count_harts();
    choose_mode();
    banner();

    timer_init(machine.ext & EXT_SSTC);
    ticks_init(machine.timebase);
    procinit();
    sched_init();
    aspace_init();
    trapinit();
    files_init();
    if (args.quiet)
        bootprint_quiet();

    hart_prepare(mycpu());
    hart_online(mycpu());
    start_others();
    asid_init();
    entry_close();
    userinit(args.init, args.arguments, mount_root);
    sched_idle();
}
