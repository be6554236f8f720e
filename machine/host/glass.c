// SPDX-License-Identifier: MIT
// glass.c - the program: makes a machine as the options say, runs it, and tells how it ended.
//
// Next      host/options.c, host/session.c
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "board/boot.h"
#include "host/answer.h"
#include "host/count.h"
#include "host/files.h"
#include "host/names.h"
#include "host/options.h"
#include "host/say.h"
#include "host/session.h"
#include "run.h"
#include "time/snapshot.h"

#define HISTORY_PERSON (500ULL << 20) // a person may go back and forth
#define HISTORY_SCRIPT (28ULL << 20)  // reports alone use it

#define SCRIPT_INTERVAL (2 * HISTORY_INTERVAL) // of snapshots: there are no steps back

#define HUGE_PAGE (2ULL << 20)
#define LARGE     (20ULL << 20) // RAM is, and nothing else of the machine

// Zeroed memory for RAM. In huge pages the host gives it faster and finds it faster.
static void *
allocate_huge(size_t bytes)
{
    uint8 *p = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    p += -(uintptr_t)p % HUGE_PAGE;
    madvise(p, bytes, MADV_HUGEPAGE);
    return p;
}

static void *
allocate(size_t bytes)
{
    return bytes < LARGE ? calloc(1, bytes ? bytes : 1) : allocate_huge(bytes);
}

static struct machine *
make_machine(const struct options *o)
{
    struct config c = {
        .harts = (unsigned)o->harts,
        .no_pmp = o->no_pmp,
        .svade = o->svade,
        .modern_virtio = !o->legacy,
        .seed = o->seed,
        .mean_turn = o->turn,
        .races = o->races,
        .sharp = o->sharp ? SHARP_TABLES | SHARP_AMO : 0,
        .epoch = o->epoch,
        .mmu = (uint8)o->mmu,
        .tlb = o->tlb,
    };
    struct machine *m = machine_new(&c, o->mem, allocate);
    if (!m)
        refuse("there is not enough memory for a machine with %" PRIu64 " bytes of RAM",
               (uint64_t)o->mem);
    return m;
}

static void
plug_disk(struct machine *m, const struct options *o, unsigned slot)
{
    const char *path = o->disk[slot];
    if (o->keep && !o->readonly)
        file_check_writable(path);
    struct file f = o->in_place && !o->readonly ? file_share(path) : file_read(path, PAGE_BYTES);
    if (f.size == 0)
        refuse("%s is empty; a disk has at least one sector of 512 bytes", path);
    if (f.size % 512 != 0)
        refuse("%s has %" PRIu64 " bytes, which is no whole number of sectors of 512", path,
               (uint64_t)f.size);
    if (!machine_disk(m, slot, (uint8 *)f.bytes, f.size, o->readonly, allocate))
        refuse("there is not enough memory for %s", path);
}

static struct file
read_optional(const char *path)
{
    return path ? file_read(path, 1) : (struct file){0};
}

// Says why a file is refused; most errors have a number.
static noreturn void
refuse_file(const struct options *o, const struct boot *b, enum load_error error,
            const struct file *culprit, uint64 value)
{
    const char *words = said(load_words(error)), *path = "--append";
    if (culprit == &b->kernel)
        path = o->kernel;
    else if (culprit == &b->firmware)
        path = o->firmware;
    else if (culprit == &b->initrd)
        path = o->initrd;
    bool number = load_has_value(error);
    refuse(number ? "%s: %s 0x%" PRIx64 : "%s: %s", path, words, (uint64_t)value);
}

// Loads the files. The kernel's stays in memory, for its names.
static void
load(struct machine *m, const struct options *o, struct names *names)
{
    struct boot b = {
        .kernel = file_read(o->kernel, 1),
        .firmware = read_optional(o->firmware),
        .initrd = read_optional(o->initrd),
        .append = o->append,
    };
    const struct file *culprit;
    uint64 value;
    enum load_error error = boot_load(m, &b, &culprit, &value);
    if (error)
        refuse_file(o, &b, error, culprit, value);
    names_read(names, b.kernel);
    free((void *)b.firmware.bytes);
    free((void *)b.initrd.bytes);
}

static void
tell_faults(const struct machine *m)
{
    for (unsigned i = 0; i < DISKS_MAX; i++) {
        const struct virtio_blk *v = &m->s.virtio[i];
        if (v->faults > 0)
            say("disk %u: the driver made %u mistakes; the first: %s 0x%" PRIx64, i, v->faults,
                said(virtio_words((enum virtio_fault)v->fault)), (uint64_t)v->fault_value);
    }
}

static bool
keep_disks(const struct machine *m, const struct options *o)
{
    bool done = true;
    for (unsigned i = 0; i < o->disks; i++)
        done &= file_replace(o->disk[i], (struct file){m->disk[i].bytes, m->disk_sectors[i] * 512});
    return done;
}

// Returns whether the run goes on to its end without a person or a debugger.
static bool
is_script(const struct options *o)
{
    return (o->lines >= 0 || o->replay) && !o->stop && !o->gdb && o->at == ~0ULL;
}

// The memory for snapshots.
static uint64
history_bytes(const struct options *o)
{
    if (o->history != ~0ULL)
        return o->history;
    if (is_script(o) && o->blind)
        return 0;
    return is_script(o) ? HISTORY_SCRIPT : HISTORY_PERSON;
}

// Keeps snapshots: a report can name the code that stored a word, and the run can go back.
static void
remember(struct machine *m, const struct options *o)
{
    uint64 limit = history_bytes(o);
    if (limit != 0 && !history_new(m, allocate, limit))
        refuse("--history: there is not enough memory, or that is too little");
    if (limit != 0 && is_script(o))
        m->history->interval = SCRIPT_INTERVAL;
}

// Goes to --at and says where each hart is.
static void
go_back(struct machine *m, const struct options *o)
{
    static const char *const mode[] = {"U", "S", "?", "M"};
    uint64 end = machine_position(m);
    if (o->at == ~0ULL || o->stop)
        return;
    if (o->at > end || !history_go(m, o->at)) {
        say("--at %" PRIu64 ": the run has ended at %" PRIu64, (uint64_t)o->at, (uint64_t)end);
        return;
    }
    for (unsigned i = 0; i < m->config.harts; i++) {
        const struct hart *h = &m->s.hart[i];
        say("at %" PRIu64 " hart %u: pc 0x%" PRIx64 ", %s-mode%s", (uint64_t)o->at, i,
            (uint64_t)h->pc, mode[h->mode], h->waiting ? said(", waiting") : "");
    }
}

int
main(int argc, char **argv)
{
    static struct options o;
    static struct names names;
    static struct counting counting;
    bool clean;
    options_read(&o, argc, argv);
    struct machine *m = make_machine(&o);
    for (unsigned i = 0; i < o.disks; i++)
        plug_disk(m, &o, i);
    load(m, &o, &names);
    counting_start(&counting, m, &o);
    remember(m, &o);
    int status = session_run(m, &o, &names, &clean);
    tell_faults(m);
    if (!counting_end(&counting, m) && status == EXIT_CLEAN)
        status = EXIT_USAGE;
    go_back(m, &o);
    if (o.hash)
        say("hash %016" PRIx64 " at %" PRIu64, (uint64_t)machine_hash(m),
            (uint64_t)machine_position(m));
    if (o.keep && !o.readonly && !clean)
        say("the end was not clean: the disks are as they were");
    else if (o.keep && !o.readonly && !keep_disks(m, &o) && status == EXIT_CLEAN)
        status = EXIT_USAGE;
    return status;
}
