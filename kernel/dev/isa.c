// SPDX-License-Identifier: MIT
// isa.c - the extensions that a hart's description names.
//
// Theory    The older form is one string: "rv64", single letters, then longer names that each
//           follow an underscore; a number after a name is its version. The newer form is a list
//           of names.
// Locks     none: pure functions.
// Manual    unpriv: naming; devicetree binding riscv/extensions
// Next      dev/machine.c
#include "dev/isa.h"

#include "dev/machine.h"
#include "lib/string.h"

static const struct {
    const char *name;
    uint32 ext;
} names[] = {
    {"f", EXT_F},           {"d", EXT_D},
    {"c", EXT_C},           {"v", EXT_V},
    {"sstc", EXT_SSTC},     {"svade", EXT_SVADE},
    {"svadu", EXT_SVADU},   {"svinval", EXT_SVINVAL},
    {"svpbmt", EXT_SVPBMT}, {"svnapot", EXT_SVNAPOT},
};

// The bit of the extension that these `len` characters name; 0: one that the kernel does not use.
static uint32
named(const char *name, size_t len)
{
    for (size_t i = 0; i < NELEM(names); i++) {
        if (strlen(names[i].name) == len && strncmp(names[i].name, name, len) == 0)
            return names[i].ext;
    }
    return 0;
}

// Characters of the name at `s` up to its version or the next name.
static size_t
name_len(const char *s)
{
    size_t n = 0;
    while (s[n] >= 'a' && s[n] <= 'z')
        n++;
    return n;
}

// The single letters at the start; 'g' stands for several.
static uint32
letters(const char *s, const char *end)
{
    uint32 ext = 0;
    for (; s < end && *s != 'z' && *s != 'x'; s++) // these begin a longer name
        ext |= *s == 'g' ? EXT_F | EXT_D : named(s, 1);
    return ext;
}

// Returns   the extensions in a `riscv,isa` string; 0 for one that is not of a 64-bit hart.
uint32
isa_from_string(const char *isa)
{
    if (strncmp(isa, "rv64", 4) != 0)
        return 0;
    isa += 4;
    const char *end = strchr(isa, '_');
    if (!end)
        return letters(isa, isa + strlen(isa));
    uint32 ext = letters(isa, end);
    for (const char *s = end; s; s = strchr(s + 1, '_'))
        ext |= named(s + 1, name_len(s + 1));
    return ext;
}

// Returns   the extensions in a list of their names.
uint32
isa_from_list(const struct fdt_prop *list)
{
    uint32 ext = 0;
    for (size_t i = 0; i < NELEM(names); i++)
        ext |= fdt_lists(list, names[i].name) ? names[i].ext : 0;
    return ext;
}
