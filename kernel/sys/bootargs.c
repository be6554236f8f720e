// SPDX-License-Identifier: MIT
// bootargs.c - see bootargs.h. A word that nobody knows is named and ignored.
#include "sys/bootargs.h"

#include "debug/explain.h"
#include "debug/say.h"
#include "fs/fs.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/asid.h"
#include "mm/view.h"
#include "proc/ticks.h"
#include "pt/sv.h"
#include "rv/cpu.h"

static void
set_kpt(struct bootargs *args, const char *value)
{
    (void)args;
    if (kpt_select(value) < 0)
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

// What a year's course expects to see; words behind this one change parts of it.
static void
set_year(struct bootargs *args, const char *value)
{
    static const struct {
        const char *year, *kpt, *vmprint;
    } years[] = {{"2020", "fullcopy", "2020"},
                 {"2022", "global", "2020"},
                 {"2024", "global", "2024"},
                 {"2025", "global", "2024"}};
    for (size_t i = 0; i < NELEM(years); i++) {
        if (strcmp(value, years[i].year) == 0) {
            set_kpt(args, years[i].kpt);
            set_vmprint(args, years[i].vmprint);
            return;
        }
    }
    printf("vitrine: year=%s: the years are 2020, 2022, 2024 and 2025; ignored\n", value);
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
set_preempt(struct bootargs *args, const char *value)
{
    (void)args;
    uint32 seed = 0;
    for (const char *c = value; *c; c++)
        seed = seed * 31 + (uint8)*c;
    ticks_scatter(seed);
}

static const struct option {
    const char *key; // with '=' at the end: takes a value
    void (*set)(struct bootargs *args, const char *value);
} options[] = {
    {"kpt=", set_kpt},         {"mmu=", set_mmu},         {"quiet", set_quiet},
    {"init=", set_init},       {"root=", set_root},       {"harts=", set_harts},
    {"ro", set_readonly},      {"vmprint=", set_vmprint}, {"data=", set_data},
    {"lang=", set_lang},       {"explain=", set_explain}, {"selftest=", set_selftest},
    {"preempt=", set_preempt}, {"asids=", set_asids},     {"year=", set_year},
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
