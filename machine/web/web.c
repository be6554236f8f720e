// SPDX-License-Identifier: MIT
// web.c - the exports of the module for WebAssembly, called by a page or by node.
//
// Theory    The caller keeps the pointers to the configuration and to the machine. Memory comes
//           from growing the module's and is never given back: one machine a module. It grows by
//           many pages at a time, for each growth makes the browser collect garbage. 64-bit numbers
//           are BigInts on the other side.
// Next      run.h, board/boot.h
#include "base/mem.h"
#include "board/boot.h"
#include "run.h"
#include "time/snapshot.h"
#include "web/web.h"

#define WASM_PAGE 65536
#define GROWTH    256 // pages

// The page prints a byte.
__attribute__((import_module("host"), import_name("console"))) void host_console(uint32 byte);

enum setting {
    SET_HARTS,
    SET_SEED,
    SET_TURN,
    SET_SHARP,
    SET_TLB,
    SET_MMU,
    SET_SVADE,
    SET_NO_PMP,
    SET_MODERN,
    SET_EPOCH,
};

EXPORT struct config *web_config(void);
EXPORT void web_set(struct config *c, uint32 setting, uint64 value);
EXPORT struct machine *web_machine(const struct config *c, uint64 ram);
EXPORT bool web_disk(struct machine *m, uint32 slot, uint8 *bytes, uint64 size, bool readonly);
EXPORT struct boot *web_boot(void);
EXPORT void web_kernel(struct boot *b, const uint8 *bytes, uint64 size);
EXPORT void web_firmware(struct boot *b, const uint8 *bytes, uint64 size);
EXPORT void web_append(struct boot *b, const char *words);
EXPORT uint32 web_load(struct machine *m, const struct boot *b, uint64 *value);
EXPORT const char *web_load_words(uint32 error);
EXPORT uint32 web_run(struct machine *m, uint64 steps);
EXPORT void web_limit(struct machine *m, uint64 clock);
EXPORT bool web_room(const struct machine *m);
EXPORT void web_input(struct machine *m, uint32 byte, bool idle);
EXPORT uint64 web_clock(const struct machine *m);
EXPORT uint64 web_due(const struct machine *m);
EXPORT uint8 *web_ram(const struct machine *m);
EXPORT uint64 web_ram_size(const struct machine *m);
EXPORT uint64 web_position(const struct machine *m);
EXPORT uint64 web_hash(const struct machine *m);
EXPORT uint32 web_status(const struct machine *m);

// The pages that the module has grown by and not given out yet.
static struct {
    size_t first, count;
} spare;

// Makes `spare` hold at least `pages` pages. Returns false if there is no memory.
static bool
grow(size_t pages)
{
    size_t more = pages > GROWTH ? pages : GROWTH;
    size_t first = __builtin_wasm_memory_grow(0, more);
    if (first == (size_t)-1)
        return false;
    if (first != spare.first + spare.count) {
        spare.first = first;
        spare.count = 0;
    }
    spare.count += more;
    return true;
}

// Returns `bytes` bytes of zeros, NULL if there is no memory.
void *
web_alloc(size_t bytes)
{
    size_t pages = (bytes + WASM_PAGE - 1) / WASM_PAGE;
    if (pages > spare.count && !grow(pages))
        return NULL;
    size_t first = spare.first;
    spare.first += pages;
    spare.count -= pages;
    return (void *)(first * WASM_PAGE);
}

// Returns a configuration: three harts, seed 1, as the native program has.
struct config *
web_config(void)
{
    struct config *c = web_alloc(sizeof(*c));
    if (c)
        *c = (struct config){.harts = 3,
                             .seed = 1,
                             .mean_turn = 1000,
                             .mmu = 57,
                             .modern_virtio = true,
                             .epoch = 1767225600};
    return c;
}

// Changes a setting. Numbers of settings are those of `enum setting`.
void
web_set(struct config *c, uint32 setting, uint64 value)
{
    switch (setting) {
    case SET_HARTS:
        c->harts = value >= 1 && value <= HARTS_MAX ? (unsigned)value : 1;
        break;
    case SET_SEED:
        c->seed = value;
        break;
    case SET_TURN:
        c->mean_turn = value ? value : 1;
        break;
    case SET_SHARP:
        c->sharp = value ? SHARP_TABLES | SHARP_AMO : 0;
        break;
    case SET_TLB:
        c->tlb = (enum tlb_mode)value;
        break;
    case SET_MMU:
        c->mmu = value == 39 || value == 48 ? (uint8)value : 57;
        break;
    case SET_SVADE:
        c->svade = value;
        break;
    case SET_NO_PMP:
        c->no_pmp = value;
        break;
    case SET_MODERN:
        c->modern_virtio = value;
        break;
    case SET_EPOCH:
        c->epoch = value;
        break;
    }
}

static void
print(void *arg, uint8 byte)
{
    host_console(byte);
    sight_printed(((struct web_host *)arg)->m, byte);
}

// Makes a machine with `ram` bytes of RAM, a multiple of 4096. Returns NULL without memory.
struct machine *
web_machine(const struct config *c, uint64 ram)
{
    struct machine *m = machine_new(c, ram, web_alloc);
    struct web_host *host = web_alloc(sizeof(*host));
    if (m == NULL || host == NULL)
        return NULL;
    host->m = m;
    m->host = (struct host_calls){.arg = host, .console = print};
    return m;
}

// Attaches a disk: `bytes` came from web_alloc(), so that there is room up to a whole page.
bool
web_disk(struct machine *m, uint32 slot, uint8 *bytes, uint64 size, bool readonly)
{
    return slot < DISKS_MAX && machine_disk(m, slot, bytes, size, readonly, web_alloc);
}

struct boot *
web_boot(void)
{
    return web_alloc(sizeof(struct boot));
}

void
web_kernel(struct boot *b, const uint8 *bytes, uint64 size)
{
    b->kernel = (struct file){bytes, size};
}

void
web_firmware(struct boot *b, const uint8 *bytes, uint64 size)
{
    b->firmware = (struct file){bytes, size};
}

// `words` end with a NUL.
void
web_append(struct boot *b, const char *words)
{
    b->append = words;
}

// Loads the files that are to be started. Returns 0, or an enum load_error, with its number in
// *value.
uint32
web_load(struct machine *m, const struct boot *b, uint64 *value)
{
    const struct file *culprit;
    uint64 number = 0;
    enum load_error error = boot_load(m, b, &culprit, &number);
    if (value != NULL)
        *value = number;
    return error;
}

const char *
web_load_words(uint32 error)
{
    return load_words((enum load_error)error);
}

// Makes steps; while a run is repeated, with the input that came then. Returns why it stopped: enum
// stop.
uint32
web_run(struct machine *m, uint64 steps)
{
    return history_run(m, steps);
}

// While all harts wait, the clock does not jump beyond `clock`; ~0: no limit.
void
web_limit(struct machine *m, uint64 clock)
{
    m->clock_limit = clock;
}

bool
web_room(const struct machine *m)
{
    return uart_room(m);
}

// The person types a byte; web_room() must have said that there is room. `idle`: the last run
// stopped since all harts wait.
void
web_input(struct machine *m, uint32 byte, bool idle)
{
    if (uart_room(m))
        history_input(m, (uint8)byte, idle);
}

uint64
web_position(const struct machine *m)
{
    return machine_position(m);
}

uint64
web_hash(const struct machine *m)
{
    return machine_hash(m);
}

// Returns the finisher's request, and above it the code: 0x5555 is a clean end.
uint32
web_status(const struct machine *m)
{
    return m->s.finisher.code << 16 | m->s.finisher.asked;
}

// The clock, and when something happens by itself next, in cycles << CLOCK_FRACTION; ~0: never.
uint64
web_clock(const struct machine *m)
{
    return machine_clock(m);
}

uint64
web_due(const struct machine *m)
{
    return machine_due(m);
}

// Where RAM is in the module's memory, and its size.
uint8 *
web_ram(const struct machine *m)
{
    return m->ram.bytes;
}

uint64
web_ram_size(const struct machine *m)
{
    return m->ram.size;
}
