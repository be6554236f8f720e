// SPDX-License-Identifier: MIT
// words.c - parses the words of a command: numbers, moments, addresses, registers.
#include "host/words.h"

#include <stdlib.h>
#include <string.h>

#include "host/answer.h"

#define WORD_LENGTH 64

// --- numbers ---------------------------------------------------------------------------------

bool
word_number(const char *word, uint64 *n)
{
    char plain[WORD_LENGTH], *end;
    size_t used = 0;
    for (const char *w = word; *w != '\0' && used < sizeof(plain) - 1; w++) {
        if (*w != ',')
            plain[used++] = *w;
    }
    plain[used] = '\0';
    if (plain[0] < '0' || plain[0] > '9')
        return false;
    *n = strtoull(plain, &end, strncmp(plain, "0x", 2) == 0 ? 16 : 10);
    return *end == '\0';
}

bool
word_moment(const char *word, uint64 *position)
{
    return word[0] == '@' && word_number(word + 1, position);
}

// --- registers -------------------------------------------------------------------------------

// The registers behind the 32 of the instruction set.
static const struct {
    const char *name;
    size_t offset;
} others[] = {
    {"pc", offsetof(struct hart, pc)},           {"satp", offsetof(struct hart, satp)},
    {"sstatus", offsetof(struct hart, mstatus)}, {"scause", offsetof(struct hart, scause)},
    {"sepc", offsetof(struct hart, sepc)},       {"stval", offsetof(struct hart, stval)},
    {"stvec", offsetof(struct hart, stvec)},     {"sscratch", offsetof(struct hart, sscratch)},
    {"mstatus", offsetof(struct hart, mstatus)}, {"mcause", offsetof(struct hart, mcause)},
    {"mepc", offsetof(struct hart, mepc)},       {"mtval", offsetof(struct hart, mtval)},
    {"mie", offsetof(struct hart, mie)},         {"mtvec", offsetof(struct hart, mtvec)},
};

#define SSTATUS_BITS 0x80000003000de762ULL

int
register_number(const char *word)
{
    char *end;
    if (word[0] == '$')
        word++;
    for (int i = 0; i < 32; i++) {
        if (strcmp(word, register_names[i]) == 0)
            return i;
    }
    for (int i = 0; i < (int)NELEM(others); i++) {
        if (strcmp(word, others[i].name) == 0)
            return 32 + i;
    }
    if (strcmp(word, "fp") == 0)
        return 8;
    long n = word[0] == 'x' && word[1] ? strtol(word + 1, &end, 10) : -1;
    return n >= 0 && n < 32 && *end == '\0' ? (int)n : -1;
}

uint64
register_value(const struct control *c, unsigned hart, int number)
{
    const struct hart *h = &c->m->s.hart[hart];
    if (number < 32)
        return h->x[number];
    uint64 value = *(const uint64 *)((const char *)h + others[number - 32].offset);
    return strcmp(others[number - 32].name, "sstatus") == 0 ? value & SSTATUS_BITS : value;
}

const char *
register_name(int number)
{
    if (number < 32)
        return register_names[number];
    return number < 32 + (int)NELEM(others) ? others[number - 32].name : NULL;
}

bool
word_register(const struct control *c, const char *word, uint64 *value)
{
    int n = register_number(word);
    if (n < 0)
        return false;
    *value = register_value(c, c->hart, n);
    return true;
}

// --- addresses -------------------------------------------------------------------------------

static bool
base_address(const struct control *c, const char *word, uint64 *va)
{
    return word_number(word, va) || (word[0] == '$' && word_register(c, word, va)) ||
           symbols_any(&c->names->symbols, word, va) || word_register(c, word, va);
}

bool
word_address(const struct control *c, const char *word, uint64 *va)
{
    char base[WORD_LENGTH];
    size_t length = strcspn(word, "+-");
    uint64 more = 0;
    if (length == 0 || length >= sizeof(base))
        return false;
    memcpy(base, word, length);
    base[length] = '\0';
    if (!base_address(c, base, va) || (word[length] && !word_number(word + length + 1, &more)))
        return false;
    *va += word[length] == '-' ? -more : more;
    return true;
}

bool
need_address(const struct control *c, const char *word, uint64 *va)
{
    if (word_address(c, word, va))
        return true;
    answer(c->out,
           "There is no symbol or register `%.60s': an address such as 0x3fffffe000, a "
           "symbol of the kernel, or a register is expected.",
           word);
    return false;
}
