// SPDX-License-Identifier: MIT
// main.c - the order in which the kernel comes to life.
//
// Theory    boot() runs on the first hart, on the boot stack, with the boot-time table; it ends as
//           that hart's idle process. The other harts start when all that they use is prepared.
//           Process 1 mounts the disk and becomes the first program.
#include "boot/bootargs.h"
#include "boot/harts.h"
#include "dev/console/console.h"
#include "dev/disk/blk.h"
#include "dev/disk/virtio_blk.h"
#include "dev/machine.h"
#include "dev/plic.h"
#include "dev/power.h"
#include "dev/ram.h"
#include "dev/rtc.h"
#include "explain/explain.h"
#include "explain/layoutcheck.h"
#include "fs/file/devnode.h"
#include "fs/file/openfile.h"
#include "fs/fs.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace/asid.h"
#include "mm/aspace/fresh.h"
#include "mm/design/select.h"
#include "mm/frame/frame.h"
#include "mm/frame/kmem.h"
#include "mm/kvm/kimage.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"
#include "panic/panic.h"
#include "proc/proc.h"
#include "proc/sched/sched.h"
#include "proc/sched/ticks.h"
#include "proc/selftest.h"
#include "proc/trap.h"
#include "rv/cpu.h"
#include "rv/csr.h"
#include "rv/sbi.h"
#include "rv/timer.h"
#include "sys/stats.h"

#define DISK_PATIENCE 10           // seconds for a disk to answer
#define MIN_FREE      (16UL << 20) // bytes of RAM, when the kernel has what it takes itself

void boot(uint64 hartid, uint64 fdt_pa) noreturn;

extern char _end[];       // kernel.ld
extern char boot_table[]; // rv/entry.S

static struct machine machine;

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

// Prints what the machine lacks, and turns it off.
static void noreturn
refuse(const char *why)
{
    printf("vitrine: cannot start: %s\n", why);
    power_off(1);
}

// The target of stvec until traps can be handled. A trap that early comes from reading the device
// tree: on a machine with very little RAM it lies in the firmware's memory, which may not be read.
static void noreturn __attribute__((aligned(4))) boot_trap(void)
{
    printf("vitrine: trap while starting: scause 0x%lx sepc 0x%lx stval 0x%lx\n", csr_read(scause),
           csr_read(sepc), csr_read(stval));
    refuse("no readable device tree; perhaps too little RAM (32 MiB)");
}

static void
probe(uint64 hartid, uint64 fdt_pa)
{
    printf_set_sink(&sbi_sink);
    explain_init();
    csr_write(stvec, boot_trap);
    const char *why = machine_probe(p2v(fdt_pa), hartid, &machine);
    if (why)
        refuse(why);
    power_init_early(&machine);
    if (!machine.sstc && !sbi_has(SBI_EXT_TIME))
        refuse("there is no timer: neither Sstc nor SBI's TIME extension");
    struct cpu *c = &cpus[machine_hart_index(&machine, hartid)];
    c->id = (uint32)(c - cpus);
    c->hartid = hartid;
    cpu_become(c); // the boot code has used cpus[0]
}

// The bank of RAM that the kernel was loaded into.
static struct range
home_bank(void)
{
    uint64 pa = kimage_pa(kimage[KIMAGE_TEXT].start);
    for (int i = 0; i < machine.ram.n; i++)
        if (range_has(machine.ram.v[i], pa))
            return machine.ram.v[i];
    refuse("the device tree has no RAM where the kernel was loaded");
}

static struct range
all_ram(void)
{
    return (struct range){machine.ram.v[0].start, machine.ram.v[machine.ram.n - 1].end};
}

static void noreturn
refuse_memory(void)
{
    refuse("too little RAM: 32 MiB are needed beside what is reserved");
}

// Finds a place for the ledger of frames: behind the image, in its bank. The ledger covers holes,
// too, so banks that lie so far apart that the ledger has no room are not used.
static struct range
place_ledger(struct range home)
{
    struct range room = {PGROUNDUP(kimage_pa((uint64)_end)), home.end};
    for (;;) {
        uint64 size = PGROUNDUP(frames_ledger_size(all_ram().start, all_ram().end));
        uint64 start =
            room.start < room.end ? ranges_gap(&machine.reserved, room, size, PGSIZE) : room.end;
        if (start != room.end)
            return (struct range){start, start + size};
        if (all_ram().end == home.end)
            refuse_memory();
        ram_drop_last(&machine);
    }
}

static void
frames_setup(void)
{
    if (all_ram().end > DIRECT_SIZE)
        refuse("RAM beyond 128 GiB would overlap the devices' addresses");
    struct range ledger = place_ledger(home_bank());
    frames_init(all_ram().start, all_ram().end, p2v(ledger.start));
    kimage_reserve();
    frames_reserve(ledger.start, ledger.end);
    for (int i = 0; i < machine.reserved.n; i++)
        frames_reserve(machine.reserved.v[i].start, machine.reserved.v[i].end);
    for (int i = 1; i < machine.ram.n; i++)
        frames_reserve(machine.ram.v[i - 1].end, machine.ram.v[i].start);
    frames_ready();
    if (frames_free() * PGSIZE < MIN_FREE)
        refuse_memory();
}

static void
memory_init(void)
{
    frames_setup();
    kmem_init();
    kvminit(&machine.ram);
    check_kernel_layout();
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
        refuse("no interrupt controller (PLIC) can be reached");
    if (console_listen(&machine) < 0)
        printf("vitrine: the serial port has no interrupt; there will be no input\n");
    virtio_blk_init(&machine);
    rtc_init(&machine);
}

static void
note_answer(struct blk_req *r)
{
    __atomic_store_n((bool *)r->arg, true,
                     __ATOMIC_RELEASE); // pairs with the load in disk_answers()
}

// Returns whether a disk answers a request in time: its interrupts may go to no hart that runs. A
// disk that does not answer keeps the request, and the frame, to which it may still write.
// Sleeps    until the answer.
static bool
disk_answers(struct blkdev *disk)
{
    static struct blk_req req;
    static bool answered;
    uint64 end = r_time() + DISK_PATIENCE * machine.timebase;
    void *frame = kalloc(FRAME_DMA, 0);
    if (!frame)
        return true; // the mount will report that there is no memory
    req = (struct blk_req){.op = BLK_READ, .pa = v2p(frame), .done = note_answer, .arg = &answered};
    blk_submit(disk, &req);
    while (!__atomic_load_n(&answered, __ATOMIC_ACQUIRE)) { // pairs with note_answer()
        if (r_time() > end || ticks_sleep_until(r_time() + machine.timebase / 10000) < 0)
            return false;
    }
    kfree(frame);
    return true;
}

// Prints that there is no disk of that name, and the disks that there are; turns the machine off.
static void noreturn
no_root(const char *name)
{
    const struct blkdev *disk;
    printf("vitrine: there is no disk %s; start the machine with a virtio disk that\n"
           "vitrine: holds an ext2 file system, or name another disk by root=\n",
           name);
    for (int i = 0; (disk = blk_get(i)); i++)
        printf("vitrine: there is %s, %lu MiB\n", disk->name, disk->blocks >> (20 - 12));
    power_off(1);
}

static void
mount_root(void)
{
    if (bootargs.selftest && DEBUG_BUILD)
        power_off(selftest_run(bootargs.selftest));
    if (bootargs.selftest) {
        printf("vitrine: selftest=%s needs a kernel built with DEBUG=1\n", bootargs.selftest);
        power_off(2);
    }
    struct blkdev *disk = blk_find(bootargs.root);
    if (!disk)
        no_root(bootargs.root);
    if (!disk_answers(disk)) {
        printf("vitrine: the disk %s does not answer: no interrupt of it arrives\n", disk->name);
        power_off(1);
    }
    if (fs_mount(disk, bootargs.readonly) < 0)
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
    static const struct file_ops console = {console_device_read, console_device_write,
                                            device_close};
    fs_init();
    file_init();
    devsw_register(DEV_CONSOLE, &console);
    statistics_set(stats_text);
    console_set_hotkey('P' & 0x1f, procdump);
    console_set_hotkey('Z' & 0x1f, refuse_stopping);
    console_set_hotkey('C' & 0x1f, proc_interrupt);
    frames_set_reclaim(reclaim);
}

static int
count_harts(void)
{
    int n = machine.nharts < bootargs.harts ? machine.nharts : bootargs.harts;
    return (int)mycpu()->id < n ? n : (int)mycpu()->id + 1; // this hart must be among them
}

static void
choose_mode(void)
{
    int wanted = PT_MIN_LEVELS + bootargs.mmu, levels = kvm_deepen(wanted);
    if (levels < wanted)
        printf("vitrine: mmu=sv%d: this hart has no Sv%d; using Sv%d\n", PXSHIFT(wanted),
               PXSHIFT(levels + 1), PXSHIFT(levels));
}

static void
banner(void)
{
    uint64 mib = (ram_usable(&machine) + (1 << 19)) >> 20; // the firmware's part is less than half
    printf("vitrine: %d hart%s, %lu MiB RAM, Sv%d, kpt=%s\n", nharts, nharts == 1 ? "" : "s", mib,
           PXSHIFT(kernel_pt.env->levels), design->name);
    ram_tell_dropped(&machine);
    if (FRESH_LEAKS)
        printf("vitrine: INSECURE BUILD: a program reads in new memory what others left there\n");
}

// Boots the kernel on the first hart, whose machine number is `hartid`, with the device tree at
// fdt_pa, and becomes its idle process. Entered once from rv/entry.S, on the boot stack.
void
boot(uint64 hartid, uint64 fdt_pa)
{
    probe(hartid, fdt_pa);
    memory_init();
    devices_init();
    design = &design_unified; // unless the command line chooses another
    bootargs_parse(machine.bootargs);
    nharts = count_harts();
    choose_mode();
    banner();

    timer_init(machine.sstc);
    ticks_init(machine.timebase);
    procinit();
    sched_init();
    aspace_init();
    trapinit();
    files_init();

    harts_start(&machine);
    if (!plic_reaches_harts())
        refuse("device interrupts reach no hart that runs; see harts=");
    asid_init();
    memset(boot_table, 0, PGSIZE); // with its identity map: no hart needs it any more
    userinit(mount_root);
    sched_idle();
}
