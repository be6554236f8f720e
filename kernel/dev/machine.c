// SPDX-License-Identifier: MIT
// machine.c - reads the device tree: the machine that Vitrine runs on.
//
// Theory    One walk over the tree collects the devices that the kernel can use. References to
//           nodes that may come later (interrupt controllers) are resolved after the walk.
// Promises  Works before there is an allocator, prints nothing and never panics: a sentence tells
//           the caller what is missing. Nothing in *m points into the tree.
// Locks     none: called once, by the first hart.
// Manual    devicetree bindings riscv/cpus, riscv/extensions
// Next      lib/parse/fdt.c, kernel/boot/main.c
#include "dev/machine.h"

#include "dev/ram.h"
#include "lib/parse/fdt.h"
#include "lib/string.h"

#define IRQ_S_EXT 9 // a hart's interrupt for devices in S-mode, as controllers are wired to it

struct probe {
    const struct fdt *t;
    struct machine *m;
    uint64 boot_hart;
    uint32 console;                       // the node that /chosen names for output; 0: none
    struct machine_hart *hart;            // whose children follow; or NULL
    struct fdt_prop wires[MACHINE_PLICS]; // where the contexts of each PLIC lead
    const char *problem;
};

// Makes room in an array of `n` elements of `each` bytes, sorted by the uint64 that they start
// with.
// Returns   the free element; the caller counts it.
static void *
insert_sorted(void *array, int n, size_t each, uint64 key)
{
    char *at = array;
    while (n > 0 && *(uint64 *)at <= key) { // the key is the first field of every element
        at += each;
        n--;
    }
    memmove(at + each, at, n * each);
    memset(at, 0, each);
    return at;
}

static void
add_reserved(struct probe *p, uint64 base, uint64 size)
{
    if (!ram_reserve(p->m, base, size))
        p->problem = "too many ranges of memory are reserved";
}

static bool
is_device_type(struct probe *p, const struct fdt_node *n, const char *type)
{
    const char *s = fdt_string(p->t, n, "device_type");
    return s && strcmp(s, type) == 0;
}

static void
visit_memory(struct probe *p, const struct fdt_node *n)
{
    uint64 base, size;
    if (n->depth == 1 && is_device_type(p, n, "memory")) {
        for (uint32 i = 0; fdt_reg(p->t, n, i, &base, &size); i++)
            ram_add(p->m, base, size);
    } else if (n->depth == 2 && strcmp(n->parent, "reserved-memory") == 0) {
        for (uint32 i = 0; fdt_reg(p->t, n, i, &base, &size); i++)
            add_reserved(p, base, size);
    }
}

// Returns whether the hart has an MMU that the kernel can use. The deepest mode is tried with satp.
static bool
has_mmu(struct probe *p, const struct fdt_node *n)
{
    static const char *const types[] = {"riscv,sv39", "riscv,sv48", "riscv,sv57"};
    const char *type = fdt_string(p->t, n, "mmu-type");
    for (int i = 0; type && i < (int)NELEM(types); i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

// Returns whether the hart has a supervisor timer of its own. The older form of its description is
// one string with an underscore before each longer name; a version may follow the name.
static bool
has_sstc(struct probe *p, const struct fdt_node *n)
{
    struct fdt_prop list;
    if (fdt_prop(p->t, n, "riscv,isa-extensions", &list))
        return fdt_lists(&list, "sstc");
    const char *isa = fdt_string(p->t, n, "riscv,isa");
    for (isa = isa ? strchr(isa, '_') : NULL; isa; isa = strchr(isa + 1, '_'))
        if (strncmp(isa, "_sstc", 5) == 0 && (isa[5] < 'a' || isa[5] > 'z'))
            return true;
    return false;
}

// Makes room for one more hart; NULL: there is none. The hart that runs this code always gets some.
static struct machine_hart *
hart_slot(struct probe *p, uint64 id)
{
    struct machine *m = p->m;
    if (m->nharts == MACHINE_HARTS) {
        if (id != p->boot_hart)
            return NULL;
        m->nharts--;
    }
    return insert_sorted(m->hart, m->nharts++, sizeof(m->hart[0]), id);
}

static void
visit_cpu(struct probe *p, const struct fdt_node *n)
{
    uint64 id, none;
    if (!has_mmu(p, n) || !fdt_reg(p->t, n, 0, &id, &none))
        return;
    p->hart = hart_slot(p, id);
    if (!p->hart)
        return;
    *p->hart = (struct machine_hart){.id = id, .sstc = has_sstc(p, n)};
    if (p->m->timebase == 0)
        p->m->timebase = fdt_u32(p->t, n, "timebase-frequency", 0);
}

static void
visit_cpus(struct probe *p, const struct fdt_node *n)
{
    if (n->depth <= 2)
        p->hart = NULL;
    if (n->depth == 1 && strcmp(n->name, "cpus") == 0)
        p->m->timebase = fdt_u32(p->t, n, "timebase-frequency", 0);
    else if (n->depth == 2 && strcmp(n->parent, "cpus") == 0)
        visit_cpu(p, n);
    else if (n->depth == 3 && p->hart && fdt_has(p->t, n, "interrupt-controller"))
        p->hart->intc = fdt_u32(p->t, n, "phandle", 0);
}

// Fills in the device's registers and its interrupt.
// Returns   false, with *d unchanged, when the node gives no usable address.
static bool
read_device(struct probe *p, const struct fdt_node *n, struct machine_dev *d)
{
    struct fdt_prop irq;
    uint64 base, size;
    if (!fdt_reg(p->t, n, 0, &base, &size) || size == 0 || base + size < base)
        return false;
    *d = (struct machine_dev){.base = base, .size = size};
    if (fdt_prop(p->t, n, "interrupts-extended", &irq)) {
        d->intc = fdt_cell(&irq, 0);
        d->irq = fdt_cell(&irq, 1);
    } else if (fdt_prop(p->t, n, "interrupts", &irq)) {
        d->intc = n->intr_parent;
        d->irq = fdt_cell(&irq, 0);
    }
    return true;
}

// Takes the UART that /chosen names, else the first one.
static void
visit_uart(struct probe *p, const struct fdt_node *n)
{
    struct machine *m = p->m;
    if ((m->uart.size && n->props != p->console) || !read_device(p, n, &m->uart))
        return;
    m->uart_shift = fdt_u32(p->t, n, "reg-shift", 0);
    m->uart_width = fdt_u32(p->t, n, "reg-io-width", 1);
}

static void
visit_plic(struct probe *p, const struct fdt_node *n)
{
    struct machine *m = p->m;
    struct machine_dev d;
    if (m->nplics == MACHINE_PLICS || !read_device(p, n, &d))
        return;
    if (!fdt_prop(p->t, n, "interrupts-extended", &p->wires[m->nplics]))
        p->wires[m->nplics].len = 0;
    uint32 sources = fdt_u32(p->t, n, "riscv,ndev", 0);
    m->plic[m->nplics++] = (struct machine_plic){
        .base = d.base,
        .size = d.size,
        .phandle = fdt_u32(p->t, n, "phandle", 0),
        .sources = sources < MACHINE_SOURCES ? sources : MACHINE_SOURCES - 1,
    };
}

static void
visit_virtio(struct probe *p, const struct fdt_node *n)
{
    struct machine *m = p->m;
    struct machine_dev d;
    if (m->nvirtio == MACHINE_VIRTIO || !read_device(p, n, &d))
        return;
    struct machine_dev *slot = insert_sorted(m->virtio, m->nvirtio++, sizeof(d), d.base);
    *slot = d;
}

static void
visit_finisher(struct probe *p, const struct fdt_node *n)
{
    if (!p->m->finisher.size)
        (void)read_device(p, n, &p->m->finisher);
}

static void
visit_rtc(struct probe *p, const struct fdt_node *n)
{
    if (!p->m->rtc.size)
        (void)read_device(p, n, &p->m->rtc);
}

static void
visit_device(struct probe *p, const struct fdt_node *n)
{
    static const struct {
        const char *model;
        void (*visit)(struct probe *p, const struct fdt_node *n);
    } known[] = {
        {"virtio,mmio", visit_virtio},    {"ns16550a", visit_uart},
        {"ns16550", visit_uart},          {"snps,dw-apb-uart", visit_uart},
        {"riscv,plic0", visit_plic},      {"sifive,plic-1.0.0", visit_plic},
        {"sifive,test0", visit_finisher}, {"google,goldfish-rtc", visit_rtc},
    };
    struct fdt_prop models;
    if (!fdt_prop(p->t, n, "compatible", &models))
        return;
    for (size_t i = 0; i < NELEM(known); i++) {
        if (fdt_lists(&models, known[i].model)) {
            known[i].visit(p, n);
            return;
        }
    }
}

// The path of the console's node: written out, or an alias before the options.
static const char *
console_path(const struct fdt *t, const struct fdt_node *chosen)
{
    const char *path = fdt_string(t, chosen, "stdout-path");
    struct fdt_node aliases;
    if (!path || *path == '/' || !fdt_find(t, "/aliases", &aliases))
        return path;
    char alias[32];
    safestrcpy(alias, path, sizeof(alias));
    char *options = strchr(alias, ':');
    if (options)
        *options = '\0';
    return fdt_string(t, &aliases, alias);
}

static void
read_chosen(struct probe *p)
{
    struct fdt_node chosen, console;
    if (!fdt_find(p->t, "/chosen", &chosen))
        return;
    const char *path = console_path(p->t, &chosen);
    if (path && fdt_find(p->t, path, &console))
        p->console = console.props;
    const char *args = fdt_string(p->t, &chosen, "bootargs");
    if (args)
        safestrcpy(p->m->bootargs, args, sizeof(p->m->bootargs));
}

// Finds the context by which a PLIC interrupts a hart in S-mode: its place among the PLIC's wires.
static uint32
context_of(const struct fdt_prop *wires, const struct machine_hart *hart)
{
    for (uint32 c = 0; c < fdt_cells(wires) / 2; c++)
        if (fdt_cell(wires, 2 * c) == hart->intc && fdt_cell(wires, 2 * c + 1) == IRQ_S_EXT)
            return c;
    return MACHINE_NO_CONTEXT;
}

// Translates a device's interrupt to the machine's number; 0: no PLIC that is used takes it.
static void
resolve_irq(const struct machine *m, struct machine_dev *d)
{
    uint32 source = d->irq;
    d->irq = 0;
    for (int i = 0; source && i < m->nplics; i++)
        if (m->plic[i].phandle == d->intc && source <= m->plic[i].sources)
            d->irq = machine_irq(i, source);
}

static void
resolve_references(struct probe *p)
{
    struct machine *m = p->m;
    ram_settle(m);
    for (int i = 0; i < m->nplics; i++)
        for (int hart = 0; hart < m->nharts; hart++)
            m->plic[i].context[hart] = context_of(&p->wires[i], &m->hart[hart]);
    resolve_irq(m, &m->uart);
    resolve_irq(m, &m->rtc);
    for (int i = 0; i < m->nvirtio; i++)
        resolve_irq(m, &m->virtio[i]);
    m->sstc = true;
    for (int i = 0; i < m->nharts; i++)
        m->sstc &= m->hart[i].sstc;
}

static const char *
missing(const struct probe *p)
{
    const struct machine *m = p->m;
    if (p->problem)
        return p->problem;
    if (m->ram.n == 0)
        return "the device tree describes no memory";
    if (m->nharts == 0)
        return "no hart has an MMU: Vitrine needs Sv39 or a larger mode";
    if (machine_hart_index(m, p->boot_hart) < 0)
        return "the device tree lacks the hart that was started";
    if (m->timebase == 0)
        return "the device tree has no timebase-frequency";
    if (m->nplics == 0)
        return "there is no PLIC, so device interrupts cannot be taken";
    if (m->uart.size == 0)
        return "there is no 16550 UART for a console";
    return NULL;
}

// Describes the machine to which the device tree at `fdt` belongs.
// Returns   NULL; otherwise a sentence that says what is missing, and *m holds what was found.
const char *
machine_probe(const void *fdt, uint64 boot_hart, struct machine *m)
{
    struct fdt tree;
    struct fdt_walk walk;
    struct fdt_node n;
    struct probe p = {.t = &tree, .m = m, .boot_hart = boot_hart};
    uint64 base, size;

    memset(m, 0, sizeof(*m));
    if (!fdt || fdt_open(&tree, fdt, FDT_MAX_SIZE) != 0)
        return "the firmware handed over no usable device tree";
    for (uint32 i = 0; fdt_reservation(&tree, i, &base, &size); i++)
        add_reserved(&p, base, size);
    read_chosen(&p);
    fdt_walk_init(&walk, &tree);
    while (fdt_walk_next(&walk, &n)) {
        if (!n.enabled)
            continue;
        visit_memory(&p, &n);
        visit_cpus(&p, &n);
        visit_device(&p, &n);
    }
    resolve_references(&p);
    return missing(&p);
}

// Returns   the kernel's number for the hart that SBI calls `id`; -1 when it is not used.
int
machine_hart_index(const struct machine *m, uint64 id)
{
    for (int i = 0; i < m->nharts; i++) {
        if (m->hart[i].id == id)
            return i;
    }
    return -1;
}
