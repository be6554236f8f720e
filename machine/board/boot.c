// SPDX-License-Identifier: MIT
// boot.c - the contents of memory and registers when the harts start.
//
// Theory    There are two ways to start. Without firmware, all harts enter the kernel in M-mode.
//           With firmware, all harts enter that, and a record tells it where the kernel is
//           (OpenSBI's fw_dynamic). In both, a0 is the hart's number and a1 the device tree's
//           address; a2 is the record's address.
//           The tree lies at a multiple of 2 MiB near the end of RAM, the record behind it, and the
//           initial RAM disk below it.
// Manual    OpenSBI's page about fw_dynamic
// Next      board/fdt.c
#include "board/boot.h"

#include "base/mem.h"
#include "board/fdt.h"
#include "machine.h"

#define TREE_ALIGN 0x200000ULL

#define A0 10
#define A1 11
#define A2 12

#define DYNAMIC_MAGIC   0x4942534f // "OSBI"
#define DYNAMIC_VERSION 2

struct dynamic_info {
    uint64 magic, version;
    uint64 next_addr, next_mode;
    uint64 options, boot_hart;
};

// The addresses of the parts.
struct places {
    struct loaded kernel, firmware;
    uint64 tree, info, initrd;
};

// Copies the initial RAM disk below the tree.
static enum load_error
place_initrd(struct machine *m, const struct boot *b, struct places *p, uint64 *value)
{
    struct loaded l;
    *value = b->initrd.size;
    p->initrd = p->tree;
    if (b->initrd.size == 0)
        return LOAD_OK;
    if (b->initrd.size > p->tree - p->kernel.end)
        return LOAD_NO_ROOM;
    p->initrd = (p->tree - b->initrd.size) & ~(PAGE_BYTES - 1);
    return p->initrd < p->kernel.end ? LOAD_NO_ROOM : load_raw(m, b->initrd, p->initrd, &l, value);
}

// Finds a place for the tree behind the kernel and builds it.
static enum load_error
place_tree(struct machine *m, const struct boot *b, struct places *p, uint64 *value)
{
    struct fdt_chosen c = {b->append, p->initrd, p->initrd + b->initrd.size};
    uint64 length = 0;
    while (b->append && b->append[length])
        length++;
    *value = length;
    return fdt_build(m, &c, ram_at(&m->ram, p->tree), FDT_ROOM / 2) ? LOAD_OK : LOAD_APPEND;
}

static enum load_error
choose_tree(const struct machine *m, struct places *p, uint64 *value)
{
    uint64 end = m->ram.base + m->ram.size;
    p->tree = (end - FDT_ROOM) & ~(TREE_ALIGN - 1);
    p->info = p->tree + FDT_ROOM - sizeof(struct dynamic_info);
    *value = FDT_ROOM;
    return m->ram.size < FDT_ROOM || p->tree < p->kernel.end ? LOAD_NO_ROOM : LOAD_OK;
}

static void
set_registers(struct machine *m, uint64 entry, const struct places *p)
{
    for (unsigned i = 0; i < m->config.harts; i++) {
        struct hart *h = &m->s.hart[i];
        h->pc = entry;
        h->x[A0] = i;
        h->x[A1] = p->tree;
        h->x[A2] = p->info;
    }
}

static void
tell_firmware(struct machine *m, const struct places *p)
{
    struct dynamic_info info = {DYNAMIC_MAGIC, DYNAMIC_VERSION, p->kernel.entry, MODE_S, 0, 0};
    mem_copy(ram_at(&m->ram, p->info), &info, sizeof(info));
}

// Looks for the symbols of HTIF, which test programs have.
static void
find_htif(struct machine *m, struct file kernel)
{
    uint64 pa;
    m->config.tohost = m->config.fromhost = 0;
    if (load_symbol(kernel, "tohost", &pa) && ram_has(&m->ram, pa, 8))
        m->config.tohost = pa;
    if (m->config.tohost && load_symbol(kernel, "fromhost", &pa) && ram_has(&m->ram, pa, 8))
        m->config.fromhost = pa;
}

static enum load_error
load_files(struct machine *m, const struct boot *b, struct places *p, const struct file **culprit,
           uint64 *value)
{
    *culprit = &b->kernel;
    enum load_error error = load_kernel(m, b->kernel, &p->kernel, value);
    if (error || b->firmware.size == 0)
        return error;
    *culprit = &b->firmware;
    error = load_firmware(m, b->firmware, &p->firmware, value);
    *value = error ? *value : p->kernel.start;
    return error || p->firmware.end <= p->kernel.start ? error : LOAD_OVERLAP;
}

// Lays out the parts behind the kernel.
static enum load_error
place_all(struct machine *m, const struct boot *b, struct places *p, const struct file **culprit,
          uint64 *value)
{
    *culprit = &b->kernel;
    enum load_error error = choose_tree(m, p, value);
    if (error)
        return error;
    *culprit = &b->initrd;
    error = place_initrd(m, b, p, value);
    if (error)
        return error;
    *culprit = NULL;
    return place_tree(m, b, p, value);
}

enum load_error
boot_load(struct machine *m, const struct boot *b, const struct file **culprit, uint64 *value)
{
    struct places p;
    bool firmware = b->firmware.size > 0;
    enum load_error error = load_files(m, b, &p, culprit, value);
    if (!error)
        error = place_all(m, b, &p, culprit, value);
    if (error)
        return error;
    if (firmware)
        tell_firmware(m, &p);
    else
        find_htif(m, b->kernel);
    set_registers(m, firmware ? p.firmware.entry : p.kernel.entry, &p);
    return LOAD_OK;
}
