// SPDX-License-Identifier: MIT
// facts.c - reads the file of facts, and the guest's structures with their help.
#include "sight/facts.h"

#include "machine.h"

static const char *const names[] = {
#define FACT(id, question) #id,
#include "sight/facts.def"
#undef FACT
};

_Static_assert(FACTS <= 64, "a mask has a bit for each");

#define NO_PROCESSES 4096 // a table of more is none

// --- the file --------------------------------------------------------------------------------

static bool
space(uint8 c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

// Returns the number of the fact whose name is the `n` bytes at `word`; FACTS: there is none.
static unsigned
named(const uint8 *word, uint64 n)
{
    for (unsigned i = 0; i < FACTS; i++) {
        uint64 k = 0;
        while (k < n && names[i][k] != '\0' && (uint8)names[i][k] == word[k])
            k++;
        if (k == n && names[i][k] == '\0')
            return i;
    }
    return FACTS;
}

// Reads "0x" and digits. Returns false if the text is something else.
static bool
hexadecimal(const uint8 *at, uint64 n, uint64 *value)
{
    *value = 0;
    if (n < 3 || n > 18 || at[0] != '0' || at[1] != 'x')
        return false;
    for (uint64 i = 2; i < n; i++) {
        uint8 c = at[i];
        unsigned digit = c >= 'a' ? c - 'a' + 10u : c - '0' + 0u;
        if (digit > 15)
            return false;
        *value = *value << 4 | digit;
    }
    return true;
}

static void
read_line(struct facts *f, const uint8 *line, uint64 n)
{
    uint64 name = 0, from, to = n, value;
    while (name < n && !space(line[name]))
        name++;
    for (from = name; from < n && space(line[from]);)
        from++;
    while (to > from && space(line[to - 1]))
        to--;
    unsigned id = named(line, name);
    if (id == FACTS || !hexadecimal(line + from, to - from, &value))
        return;
    f->known |= 1ULL << id;
    f->value[id] = value;
}

void
facts_read(struct facts *f, struct file text)
{
    *f = (struct facts){0};
    for (uint64 at = 0; at < text.size;) {
        uint64 n = 0;
        while (at + n < text.size && text.bytes[at + n] != '\n')
            n++;
        read_line(f, text.bytes + at, n);
        at += n + 1;
    }
}

bool
facts_have(const struct machine *m, uint64 mask)
{
    return (m->sight->facts.known & mask) == mask;
}

uint64
fact(const struct machine *m, enum fact_id id)
{
    return m->sight->facts.value[id];
}

// --- memory ----------------------------------------------------------------------------------

bool
facts_memory(const struct machine *m, uint64 va, unsigned bytes, uint64 *value)
{
    uint64 pa;
    *value = 0;
    if (!symbols_physical(&m->sight->symbols, va, &pa))
        pa = va;
    if (!ram_has(&m->ram, pa, bytes))
        return false;
    for (unsigned i = 0; i < bytes; i++)
        *value |= (uint64)ram_at(&m->ram, pa)[i] << (8 * i);
    return true;
}

bool
facts_string(const struct machine *m, uint64 va, char *to, unsigned size)
{
    uint64 byte = 1;
    unsigned n = 0;
    for (; byte != 0 && n + 1 < size; n++) {
        if (!facts_memory(m, va + n, 1, &byte))
            return false;
        to[n] = (char)byte;
    }
    to[n] = '\0';
    return n > 0;
}

bool
facts_field(const struct machine *m, uint64 at, enum fact_id field, unsigned bytes, uint64 *value)
{
    *value = 0;
    return (m->sight->facts.known >> field & 1) &&
           facts_memory(m, at + fact(m, field), bytes, value);
}

// --- processes -------------------------------------------------------------------------------

void
facts_number(struct machine *m, unsigned hart, uint64 number)
{
    if (number < fact(m, FACT_COUNT_CPUS))
        m->sight->facts.number[hart] = number + 1;
}

uint64
facts_cpu(const struct machine *m, unsigned hart)
{
    uint64 known = m->sight->facts.number[hart], number = known != 0 ? known - 1 : hart;
    if (!facts_have(m, FACT_BIT(AT_CPUS) | FACT_BIT(CPU_SIZE)) || fact(m, FACT_AT_CPUS) == 0)
        return 0;
    return fact(m, FACT_AT_CPUS) + number * fact(m, FACT_CPU_SIZE);
}

uint64
facts_current(const struct machine *m, unsigned hart)
{
    uint64 proc, cpu = facts_cpu(m, hart);
    return cpu != 0 && facts_field(m, cpu, FACT_CPU_PROC, 8, &proc) ? proc : 0;
}

uint64
facts_root(const struct machine *m, unsigned hart)
{
    uint64 root, proc = facts_current(m, hart);
    return proc != 0 && facts_field(m, proc, FACT_PROC_PAGETABLE, 8, &root) ? root : 0;
}

int
facts_pid(const struct machine *m, unsigned hart)
{
    uint64 pid, proc = facts_current(m, hart);
    if (facts_cpu(m, hart) == 0 || !facts_have(m, FACT_BIT(CPU_PROC) | FACT_BIT(PROC_PID)))
        return -1;
    if (proc == 0)
        return 0;
    return facts_field(m, proc, FACT_PROC_PID, 4, &pid) ? (int)pid : -1;
}

uint64
facts_slot(const struct machine *m, unsigned i)
{
    uint64 need = FACT_BIT(AT_PROC) | FACT_BIT(COUNT_PROC) | FACT_BIT(PROC_SIZE);
    uint64 value;
    if (!facts_have(m, need) || i >= fact(m, FACT_COUNT_PROC) || i >= NO_PROCESSES)
        return 0;
    uint64 at = fact(m, FACT_AT_PROC) + i * fact(m, FACT_PROC_SIZE);
    return facts_memory(m, at, 1, &value) ? at : 0;
}

bool
facts_tree(const struct machine *m, uint64 proc, uint64 *root)
{
    uint64 state;
    return facts_have(m, FACT_BIT(STATE_SLEEPING) | FACT_BIT(STATE_RUNNABLE) |
                             FACT_BIT(STATE_RUNNING)) &&
           facts_field(m, proc, FACT_PROC_STATE, 4, &state) &&
           (state == fact(m, FACT_STATE_SLEEPING) || state == fact(m, FACT_STATE_RUNNABLE) ||
            state == fact(m, FACT_STATE_RUNNING)) &&
           facts_field(m, proc, FACT_PROC_PAGETABLE, 8, root) && *root != 0;
}

uint64
facts_process(const struct machine *m, int pid)
{
    uint64 at, its;
    for (unsigned i = 0; (at = facts_slot(m, i)) != 0; i++)
        if (facts_field(m, at, FACT_PROC_PID, 4, &its) && (int)its == pid)
            return at;
    return 0;
}

void
facts_name(const struct machine *m, uint64 proc, char name[PROCESS_NAME + 1])
{
    name[0] = '\0';
    if (proc == 0 || !facts_have(m, FACT_BIT(PROC_NAME)) ||
        !facts_string(m, proc + fact(m, FACT_PROC_NAME), name, PROCESS_NAME + 1))
        name[0] = '\0';
    for (unsigned i = 0; name[i] != '\0'; i++)
        if (name[i] < ' ' || name[i] > '~')
            name[i] = '?';
}
