// SPDX-License-Identifier: MIT
// stubdata.c - the debugger reads and changes registers and memory.
//
// Theory    Registers have gdb's numbers: 0 to 31, pc 32, f0 to f31 33 to 64, CSR n 65 + n, and
//           `priv`, the mode, behind the CSRs.
//           A change makes another run, with another future, and the way back ends here.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hart/csr.h"
#include "host/stub.h"
#include "mmu/access.h"
#include "mmu/contexts.h"
#include "sight/guest.h"
#include "time/snapshot.h"

enum { REG_PC = 32, REG_F = 33, REG_CSR = 65, REG_PRIV = REG_CSR + 4096 };

// --- registers -------------------------------------------------------------------------------

static bool
read_register(const struct stub *s, unsigned number, uint64 *value)
{
    const struct hart *h = &s->control->m->s.hart[s->thread];
    if (number < 32)
        *value = h->x[number];
    else if (number == REG_PC)
        *value = h->pc;
    else if (number < REG_CSR)
        *value = h->f[number - REG_F];
    else if (number == REG_PRIV)
        *value = h->mode;
    else
        return csr_peek(s->control->m, s->thread, number - REG_CSR, value);
    return true;
}

// The machine is changed: the run that was cannot be repeated any more.
static void
another_run(struct stub *s)
{
    history_restart(s->control->m);
    s->control->front = machine_position(s->control->m);
    contexts_drop_all(s->control->m);
}

static bool
write_register(struct stub *s, unsigned number, uint64 value)
{
    struct hart *h = &s->control->m->s.hart[s->thread];
    if (number > 0 && number < 32)
        h->x[number] = value;
    else if (number == REG_PC)
        h->pc = value;
    else if (number >= REG_F && number < REG_CSR)
        h->f[number - REG_F] = value;
    else
        return number == 0;
    another_run(s);
    return true;
}

// Eight bytes of hexadecimal digits, the lowest first.
static uint64
read_hex(const char *hex)
{
    uint64 value = 0;
    for (int i = 7; i >= 0; i--) {
        char byte[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        value = value << 8 | strtoul(byte, NULL, 16);
    }
    return value;
}

static void
one_register(struct stub *s, const char *packet)
{
    char *end;
    unsigned number = (unsigned)strtoul(packet + 1, &end, 16);
    uint64 value;
    if (packet[0] == 'P') {
        bool whole = *end == '=' && strlen(end + 1) >= 16;
        stub_add(s, whole && write_register(s, number, read_hex(end + 1)) ? "OK" : "E01");
    } else if (read_register(s, number, &value)) {
        stub_add_hex(s, &value, sizeof(value));
    } else {
        stub_add(s, "xxxxxxxxxxxxxxxx");
    }
}

static void
all_registers(struct stub *s, const char *packet)
{
    uint64 value = 0;
    for (unsigned i = 0; i <= REG_PC; i++) {
        if (packet[0] == 'g') {
            read_register(s, i, &value);
            stub_add_hex(s, &value, sizeof(value));
        } else if (strlen(packet + 1) >= 16 * (i + 1)) {
            write_register(s, i, read_hex(packet + 1 + 16 * i));
        }
    }
    if (packet[0] == 'G')
        stub_add(s, "OK");
}

// --- memory ----------------------------------------------------------------------------------

// Where the byte at `va` is. Returns false if that is not in RAM.
static bool
reach(const struct stub *s, uint64 va, uint64 *pa)
{
    const struct machine *m = s->control->m;
    *pa = va;
    return (!s->physical && (guest_translate(m, s->thread, va, PT_READ, pa) ||
                             guest_translate(m, s->thread, va, PT_EXEC, pa))) ||
           (*pa = va, ram_has(&m->ram, va, 1));
}

static void
read_memory(struct stub *s, uint64 va, uint64 bytes)
{
    uint64 pa;
    size_t before = s->used;
    for (uint64 i = 0; i < bytes && i < PACKET_MAX / 2 - 16 && reach(s, va + i, &pa);) {
        uint64 run = PAGE_BYTES - (pa & (PAGE_BYTES - 1));
        run = run < bytes - i ? run : bytes - i;
        run = run < PACKET_MAX / 2 - 16 - i ? run : PACKET_MAX / 2 - 16 - i;
        stub_add_hex(s, ram_at(&s->control->m->ram, pa), run);
        i += run;
    }
    if (s->used == before && bytes > 0)
        stub_add(s, "E0e");
}

static void
write_memory(struct stub *s, uint64 va, uint64 bytes, const char *hex)
{
    uint64 pa;
    for (uint64 i = 0; i < bytes && hex[2 * i] && hex[2 * i + 1]; i++) {
        char byte[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        if (!reach(s, va + i, &pa)) {
            stub_add(s, "E0e");
            return;
        }
        ram_store(s->control->m, s->thread, pa, 1, strtoul(byte, NULL, 16));
    }
    another_run(s);
    stub_add(s, "OK");
}

// m or M: ADDRESS,LENGTH[:BYTES].
static void
memory(struct stub *s, const char *packet)
{
    char *end;
    uint64 va = strtoull(packet + 1, &end, 16);
    uint64 bytes = *end == ',' ? strtoull(end + 1, &end, 16) : 0;
    if (packet[0] == 'm')
        read_memory(s, va, bytes);
    else if (*end == ':')
        write_memory(s, va, bytes, end + 1);
}

bool
stub_data(struct stub *s, char *packet)
{
    switch (packet[0]) {
    case 'g':
    case 'G':
        all_registers(s, packet);
        return true;
    case 'p':
    case 'P':
        one_register(s, packet);
        return true;
    case 'm':
    case 'M':
        memory(s, packet);
        return true;
    default:
        return false;
    }
}
