// SPDX-License-Identifier: MIT
// text.c - flags, sizes, names and addresses as text. No system call.
#include "pgtbl.h"

#include "user/user.h"

#include "ulib/format.h"
#include "ulib/string.h"

#define FLAG_LETTERS "rwxugadc" // bits 1 to 8

char *
flags_of_many(unsigned long all, unsigned long any, char *buf)
{
    static const char letters[] = FLAG_LETTERS;
    int i;

    for (i = 0; letters[i]; i++) {
        unsigned long bit = 2UL << i;
        buf[i] = all & bit ? letters[i] : any & bit ? '~' : '-';
    }
    buf[i] = 0;
    return buf;
}

char *
flags_text(unsigned long pte, char *buf)
{
    return flags_of_many(pte, pte, buf);
}

char *
size_text(unsigned long bytes, char *buf)
{
    static const char units[] = "KMGT";
    int i = 0;

    bytes /= 1024;
    while (units[i + 1] && bytes && bytes % 1024 == 0) {
        bytes /= 1024;
        i++;
    }
    snprintf(buf, TEXT, "%lu%c", bytes, units[i]);
    return buf;
}

// The two ends of a range. The end is left out of a range whose addresses have more digits than
// user addresses in Sv39, unless lines may be wide.
char *
span_text(unsigned long start, unsigned long end, char *buf)
{
    if (wide)
        snprintf(buf, TEXT, "%016lx %016lx", start, end);
    else if (end - 1 < (1UL << 40) - 1)
        snprintf(buf, TEXT, "%010lx %010lx", start, end);
    else
        snprintf(buf, TEXT, "%016lx     ", start);
    return buf;
}

const char *
span_head(void)
{
    return wide ? tr("START            END             ") : tr("START      END       ");
}

const char *
kind_id(int kind)
{
    static const char *const names[] = {"free",  "reserved", "pgtable",   "user",
                                        "cache", "kstack",   "trapframe", "usyscall",
                                        "slab",  "dma",      "-"};

    return kind >= 0 && kind <= PGK_NONE ? names[kind] : "?";
}

const char *
kind_name(int kind)
{
    return tr(kind_id(kind));
}

const char *
region_id(int region, int prot)
{
    static const char *const names[] = {"-",      "data",     "guard",     "stack",      "heap",
                                        "mmap",   "usyscall", "trapframe", "trampoline", "ram",
                                        "device", "kstack",   "ktext",     "krodata",    "kdata"};

    if (region == PGR_IMAGE && (prot & 4))
        return "text";
    return region >= 0 && region < PGR_COUNT ? names[region] : "?";
}

const char *
region_name(int region, int prot)
{
    return tr(region_id(region, prot));
}

// The names are those of the kernel's pt/read/translate.c, which follows the manual step by step.
// Only one rule depends on the mode.
const char *
rule_text(const char *rule, int levels)
{
    static const char *const canonical[] = {"bits 63-39 of the address must all equal bit 38",
                                            "bits 63-48 of the address must all equal bit 47",
                                            "bits 63-57 of the address must all equal bit 56"};
    static const struct {
        const char *rule, *text;
    } all[] = {
        {"ok", "every rule holds"},
        {"pte-access", "the entry itself is not in memory"},
        {"valid", "V is 0: nothing is mapped here"},
        {"w-needs-r", "W without R is reserved"},
        {"reserved", "one of bits 63-54 is set, which are reserved"},
        {"pointer-aud", "a pointer to a table must have A, U and D clear"},
        {"no-leaf", "the entry of the last level is a pointer, and must be a leaf"},
        {"aligned", "a larger leaf must map memory aligned to its size"},
        {"user", "U is 0: the page is not for user code"},
        {"sum", "U is 1: the kernel may use it only while sstatus.SUM is 1"},
        {"user-fetch", "U is 1: the kernel must never execute it"},
        {"read", "R is 0: the page may not be read"},
        {"write", "W is 0: the page may not be written"},
        {"exec", "X is 0: the page may not be executed"},
        {"accessed", "A is 0, and this hart leaves setting it to software"},
        {"dirty", "D is 0, and this hart leaves setting it to software"},
    };

    if (strcmp(rule, "canonical") == 0)
        return tr(canonical[levels - 3]);
    for (unsigned int i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (strcmp(all[i].rule, rule) == 0)
            return tr(all[i].text);
    }
    return tr("a rule that this program does not know");
}

static int
digit(char c)
{
    if (isdigit(c))
        return c - '0';
    c = (char)tolower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

// All of s as a number, hexadecimal after 0x; up to 64 bits.
bool
address(const char *s, unsigned long *value)
{
    unsigned long base = 10, v = 0;

    if (s[0] == '0' && tolower(s[1]) == 'x') {
        base = 16;
        s += 2;
    }
    if (!*s)
        return false;
    for (; *s; s++) {
        unsigned long d = (unsigned long)digit(*s);
        if (d >= base || v > (~0UL - d) / base)
            return false;
        v = v * base + d;
    }
    *value = v;
    return true;
}
