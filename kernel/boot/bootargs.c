// SPDX-License-Identifier: MIT
// bootargs.c - the kernel command line. An unknown word is named and ignored.
#include "boot/bootargs.h"

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
#include "pt/sv.h"
#include "rv/cpu.h"
#include "sys/syscall.h"

static void
set_kpt(struct bootargs *args, const char *value)
{
    (void)args;
    if (design_select(value) < 0)
        printf("vitrine: kpt=%s: no such design; choose unified, global, fullcopy, sharedroot\n",
               value);
}

static void
set_mmu(struct bootargs *args, const char *value)
{
    static const char *const modes[] = {"sv39", "sv48", "sv57"};
    for (size_t i = 0; i < NELEM(modes); i++) {
        if (strcmp(value, modes[i]) == 0) {
            args->levels = PT_MIN_LEVELS + (int)i;
            return;
        }
    }
    printf("vitrine: mmu=%s: the modes are sv39, sv48 and sv57; ignored\n", value);
}

static void
set_init(struct bootargs *args, const char *value)
{
    args->init = value;
}

static void
set_root(struct bootargs *args, const char *value)
{
    args->root = value;
}

static void
set_harts(struct bootargs *args, const char *value)
{
    if (value[0] >= '1' && value[0] <= '0' + MAXHART && !value[1])
        args->harts = value[0] - '0';
    else
        printf("vitrine: harts=%s: not a number from 1 to %d; ignored\n", value, MAXHART);
}

static void
set_asids(struct bootargs *args, const char *value)
{
    (void)args;
    if (asid_set_limit(value) < 0)
        printf("vitrine: asids=%s: not a number; ignored\n", value);
}

static void
set_lang(struct bootargs *args, const char *value)
{
    (void)args;
    if (say_set_language(value) < 0)
        printf("vitrine: lang=%s: neither en nor zh; ignored\n", value);
}

static void
set_explain(struct bootargs *args, const char *value)
{
    (void)args;
    if (explain_set_mode(value) < 0)
        printf("vitrine: explain=%s: neither auto, full, short nor off; ignored\n", value);
}

static void
set_selftest(struct bootargs *args, const char *value)
{
    args->selftest = value;
}

static void
set_quiet(struct bootargs *args, const char *value)
{
    (void)value;
    args->quiet = true;
}

static void
set_readonly(struct bootargs *args, const char *value)
{
    (void)value;
    args->readonly = true;
}

static void
set_vmprint(struct bootargs *args, const char *value)
{
    (void)args;
    if (view_style_select(value) < 0)
        printf("vitrine: vmprint=%s: the styles are 2020, plain, 2024 and verbose; ignored\n",
               value);
}

static void
set_sbrk(struct bootargs *args, const char *value)
{
    (void)args;
    if (brk_select(value) < 0)
        printf("vitrine: sbrk=%s: the choices are eager and lazy; ignored\n", value);
}

static void
set_commit(struct bootargs *args, const char *value)
{
    (void)args;
    if (commit_select(value) < 0)
        printf("vitrine: commit=%s: the choices are overcommit and strict; ignored\n", value);
}

static void
set_superpages(struct bootargs *args, const char *value)
{
    (void)args;
    if (super_select(value) < 0)
        printf("vitrine: superpages=%s: the choices are share, copy and off; ignored\n", value);
}

static void
set_data(struct bootargs *args, const char *value)
{
    (void)args;
    if (strcmp(value, "journal") == 0)
        fs_journal_data();
    else if (strcmp(value, "ordered") != 0)
        printf("vitrine: data=%s: the choices are ordered and journal; ignored\n", value);
}

static void
set_durable(struct bootargs *args, const char *value)
{
    (void)args;
    if (strcmp(value, "on") == 0)
        fs_durable();
    else if (strcmp(value, "off") != 0)
        printf("vitrine: durable=%s: the choices are on and off; ignored\n", value);
}

static void
set_preempt(struct bootargs *args, const char *value)
{
    (void)args;
    uint32 seed = 0;
    for (const char *c = value; *c; c++)
        seed = seed * 31 + (uint8)*c;
    ticks_scatter(seed);
}

static void
set_usyscall(struct bootargs *args, const char *value)
{
    (void)args;
    if (copy_select_usyscall(value) < 0)
        printf("vitrine: usyscall=%s: neither shared nor private; ignored\n", value);
}

static void
set_call23(struct bootargs *args, const char *value)
{
    (void)args;
    if (call23_select(value) < 0)
        printf("vitrine: call23=%s: neither sysinfo nor interpose; ignored\n", value);
}

static void
set_maxfile(struct bootargs *args, const char *value)
{
    uint64 kib = 0;
    const char *s = value;
    (void)args;
    while (*s >= '0' && *s <= '9' && kib < 1UL << 40)
        kib = kib * 10 + (uint64)(*s++ - '0');
    if (*s || fs_limit_size(kib << 10) < 0)
        printf("vitrine: maxfile=%s: not a size of files in KiB; ignored\n", value);
}

static void set_year(struct bootargs *args, const char *value);
static void set_lab(struct bootargs *args, const char *value);

static const struct option {
    const char *key; // with '=' at the end if it takes a value
    void (*set)(struct bootargs *args, const char *value);
} options[] = {
    {"kpt=", set_kpt},
    {"mmu=", set_mmu},
    {"quiet", set_quiet},
    {"init=", set_init},
    {"root=", set_root},
    {"harts=", set_harts},
    {"ro", set_readonly},
    {"vmprint=", set_vmprint},
    {"data=", set_data},
    {"lang=", set_lang},
    {"explain=", set_explain},
    {"selftest=", set_selftest},
    {"preempt=", set_preempt},
    {"asids=", set_asids},
    {"year=", set_year},
    {"lab=", set_lab},
    {"maxfile=", set_maxfile},
    {"call23=", set_call23},
    {"usyscall=", set_usyscall},
    {"commit=", set_commit},
    {"sbrk=", set_sbrk},
    {"durable=", set_durable},
    {"superpages=", set_superpages},
};

static bool
matches(const char *word, const char *key)
{
    size_t n = strlen(key);
    if (key[n - 1] == '=')
        return strncmp(word, key, n) == 0;
    return strcmp(word, key) == 0;
}

static void
parse_word(const char *word, struct bootargs *args)
{
    for (size_t i = 0; i < NELEM(options); i++) {
        if (matches(word, options[i].key)) {
            options[i].set(args, word + strlen(options[i].key));
            return;
        }
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
obey_profiles(struct bootargs *args, const char *lab, bool aloud)
{
    int n = 0;
    for (const struct profile *p = profiles; p < profiles + NELEM(profiles); p++) {
        if (!same(p->lab, lab) || (p->year && !same(p->year, args->year)))
            continue;
        for (size_t i = 0; i < NELEM(p->words) && p->words[i]; i++, n++) {
            if (aloud)
                printf(" %s", p->words[i]);
            parse_word(p->words[i], args);
        }
    }
    return n;
}

static void
set_year(struct bootargs *args, const char *value)
{
    const char *before = args->year;
    args->year = value;
    if (obey_profiles(args, NULL, false) == 0) {
        args->year = before;
        printf("vitrine: year=%s: the years are 2020, 2022, 2024 and 2025; ignored\n", value);
    }
}

static bool
is_lab(const char *name)
{
    static const char *const labs[] = {"util", "syscall", "pgtbl", "traps", "lazy",
                                       "cow",  "lock",    "fs",    "mmap"};
    for (size_t i = 0; i < NELEM(labs); i++)
        if (strcmp(name, labs[i]) == 0)
            return true;
    return false;
}

static void
set_lab(struct bootargs *args, const char *value)
{
    if (!is_lab(value)) {
        printf("vitrine: lab=%s: the labs are util, syscall, pgtbl, traps, lazy, cow, lock, fs and "
               "mmap; ignored\n",
               value);
        return;
    }
    if (!args->year) {
        printf("vitrine: lab=%s: year= must stand before it; ignored\n", value);
        return;
    }
    printf("vitrine: lab=%s of the xv6 course of %s:", value, args->year);
    printf("%s\n", obey_profiles(args, value, true) ? "" : " as the year");
}

// Cuts off the next word and moves *line behind it. NULL: there is none.
static char *
next_word(char **line)
{
    char *start = *line;
    while (*start == ' ')
        start++;
    if (!*start)
        return NULL;
    char *end = start;
    while (*end && *end != ' ')
        end++;
    *line = *end ? end + 1 : end;
    *end = '\0';
    return start;
}

// Reads the kernel command line, which it divides into words in place; *args points into it. An
// unknown word is printed and ignored. Some words take effect at once: those that choose a policy
// of another room.
void
bootargs_parse(char *line, struct bootargs *args)
{
    *args = (struct bootargs){
        .init = "/init", .root = "vda", .harts = MAXHART, .levels = PT_MIN_LEVELS, .arguments = ""};
    char *word;
    while ((word = next_word(&line))) {
        if (strcmp(word, "--") == 0) {
            args->arguments = line;
            return;
        }
        parse_word(word, args);
    }
}
