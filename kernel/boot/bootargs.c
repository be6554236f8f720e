// SPDX-License-Identifier: MIT
// bootargs.c - the kernel command line. An unknown word, or a word with an unknown value, is printed
// and ignored.
#include "boot/bootargs.h"

#include "abi/errno.h"
#include "abi/language.h"
#include "explain/explain.h"
#include "explain/say.h"
#include "fs/fs.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace/asid.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/super.h"
#include "mm/copy/copy.h"
#include "mm/design/select.h"
#include "mm/inspect/view.h"
#include "proc/sched/ticks.h"
#include "rv/cpu.h"
#include "sys/syscall.h"

#define LABS "util, syscall, pgtbl, traps, lazy, cow, lock, fs, mmap"

struct bootargs bootargs = {.init = "/init", .root = "vda", .harts = MAXHART, .arguments = ""};

// The place of the word in a list like "share, copy, off"; -EINVAL: it is not there.
static int
number_in(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (int i = 0; list; i++) {
        if (strncmp(list, word, n) == 0 && (list[n] == ',' || !list[n]))
            return i;
        list = strchr(list, ',');
        list = list ? list + strlen(", ") : NULL;
    }
    return -EINVAL;
}

static void
choose_language(int number)
{
    (void)!say_choose(number ? LANGUAGE_CHINESE : LANGUAGE_ENGLISH);
}

static int
set_harts(const char *value)
{
    if (value[0] < '1' || value[0] > '0' + MAXHART || value[1])
        return -EINVAL;
    bootargs.harts = value[0] - '0';
    return 0;
}

static int
set_preempt(const char *value)
{
    uint32 seed = 0;
    for (const char *c = value; *c; c++)
        seed = seed * 31 + (uint8)*c;
    ticks_scatter(seed);
    return 0;
}

static int
set_maxfile(const char *value)
{
    uint64 kib = 0;
    for (; *value >= '0' && *value <= '9' && kib < 1UL << 40; value++)
        kib = kib * 10 + (uint64)(*value - '0');
    return *value ? -EINVAL : fs_limit_size(kib << 10);
}

static int set_year(const char *value);
static int set_lab(const char *value);

static const struct option {
    const char *key;               // with '=' at the end if it takes a value
    const char *choices;           // the values, as they are shown
    int (*set)(const char *value); // takes the value; -EINVAL
    const char **text;             // gets the value
    void (*choose)(int number);    // takes the value's place in `choices`
    int *number;                   // gets this place
    bool *flag;                    // becomes true, or false for the first of the choices
} options[] = {
    {"kpt=", "unified, global, fullcopy, sharedroot", .set = design_select},
    {"mmu=", "sv39, sv48, sv57", .number = &bootargs.mmu},
    {"quiet", .flag = &bootargs.quiet},
    {"init=", .text = &bootargs.init},
    {"root=", .text = &bootargs.root},
    {"harts=", "1 to 8", .set = set_harts},
    {"ro", .flag = &bootargs.readonly},
    {"vmprint=", "2020, plain, 2024, verbose", .number = &view_selected},
    {"data=", "ordered, journal", .flag = &fs_journals_data},
    {"lang=", "en, zh", .choose = choose_language},
    {"explain=", "auto, full, short, off", .number = &explain_mode},
    {"selftest=", .text = &bootargs.selftest},
    {"preempt=", .set = set_preempt},
    {"asids=", "0, 1, 2, ...", .set = asid_set_limit},
    {"year=", "2020, 2022, 2024, 2025", .set = set_year},
    {"lab=", LABS, .set = set_lab},
    {"maxfile=", "1, 2, 3, ... KiB", .set = set_maxfile},
    {"call23=", "sysinfo, interpose", .flag = &sys_call23_interposes},
    {"usyscall=", "shared, private", .choose = copy_choose_usyscall},
    {"commit=", "overcommit, strict", .choose = commit_choose},
    {"sbrk=", "eager, lazy", .flag = &brk_lazy},
    {"durable=", "off, on", .flag = &fs_durable},
    {"superpages=", "share, copy, off", .number = &super_policy},
};

_Static_assert(MAXHART == 8, "what harts= shows");

// Gives the option its value.
// Returns   false: it cannot have this one.
static bool
obey(const struct option *o, const char *value)
{
    if (o->set)
        return o->set(value) == 0;
    int number = o->choices ? number_in(o->choices, value) : 1;
    if (number < 0)
        return false;
    if (o->text)
        *o->text = value;
    else if (o->choose)
        o->choose(number);
    else if (o->number)
        *o->number = number;
    else
        *o->flag = number > 0;
    return true;
}

static void
parse_word(const char *word)
{
    for (const struct option *o = options; o < options + NELEM(options); o++) {
        size_t n = strlen(o->key);
        const char *value = word + n;
        if (strncmp(word, o->key, n) != 0 || (o->key[n - 1] != '=' && *value))
            continue;
        if (!obey(o, value))
            printf("vitrine: %s%s: the choices are %s; ignored\n", o->key, value, o->choices);
        return;
    }
    printf("vitrine: unknown word on the kernel command line: %s\n", word);
}

// The words that the course of a year, or a lab of that year, asks for. Words behind `year=` and
// `lab=` on the command line change parts of it.
static const struct profile {
    const char *year; // NULL: any
    const char *lab;  // NULL: all labs
    const char *words[4];
} profiles[] = {
    {"2020", NULL, {"kpt=fullcopy", "vmprint=2020"}},
    {"2022", NULL, {"kpt=global", "vmprint=2020"}},
    {"2024", NULL, {"kpt=global", "vmprint=2024"}},
    {"2025", NULL, {"kpt=global", "vmprint=2024", "usyscall=private"}},
    {"2020", "lazy", {"sbrk=lazy"}},
    {"2020", "lock", {"kpt=global"}},
    {"2024", "pgtbl", {"superpages=copy"}},
    {"2025", "pgtbl", {"superpages=copy"}},
    {"2025", "lock", {"superpages=off"}},
    {"2025", "syscall", {"call23=interpose"}},
    {NULL, "fs", {"maxfile=65803"}},
    {"2025", "fs", {"durable=on"}},
    {"2025", "util", {"durable=on"}},
};

static bool
same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

// Obeys the words of all profiles of this lab, or of the whole year if it is NULL, and prints them
// if `aloud`.
// Returns   how many words there were.
static int
obey_profiles(const char *lab, bool aloud)
{
    int n = 0;
    for (const struct profile *p = profiles; p < profiles + NELEM(profiles); p++) {
        if (!same(p->lab, lab) || (p->year && !same(p->year, bootargs.year)))
            continue;
        for (size_t i = 0; i < NELEM(p->words) && p->words[i]; i++, n++) {
            if (aloud)
                printf(" %s", p->words[i]);
            parse_word(p->words[i]);
        }
    }
    return n;
}

static int
set_year(const char *value)
{
    const char *before = bootargs.year;
    bootargs.year = value;
    if (obey_profiles(NULL, false) > 0)
        return 0;
    bootargs.year = before;
    return -EINVAL;
}

static int
set_lab(const char *value)
{
    if (number_in(LABS, value) < 0)
        return -EINVAL;
    if (!bootargs.year) {
        printf("vitrine: lab=%s: year= must stand before it; ignored\n", value);
        return 0;
    }
    printf("vitrine: lab=%s of the xv6 course of %s:", value, bootargs.year);
    printf("%s\n", obey_profiles(value, true) ? "" : " as the year");
    return 0;
}

// Reads the kernel command line, which it divides into words in place; bootargs points into it.
// Some words take effect at once: those that choose a policy of another room.
void
bootargs_parse(char *line)
{
    char *word;
    while ((word = bootargs_word(&line))) {
        if (strcmp(word, "--") == 0) {
            bootargs.arguments = line;
            return;
        }
        parse_word(word);
    }
}
