// SPDX-License-Identifier: MIT
// options.c - the words of the command line.
//
// Theory    Each option is a line of a table: its name, the kind of its value, where that goes, and
//           its line of help.
#include "host/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/answer.h"
#include "host/say.h"

// OPTIONAL: a text behind "=", or none, which is "".
enum kind { FLAG, NUMBER, SIZE, TEXT, OPTIONAL, TLB, MMU };

struct option {
    const char *name, *value;
    enum kind kind;
    size_t offset;
    const char *help;
};

#define AT(field) offsetof(struct options, field)

static const struct option table[] = {
    {"harts", "N", NUMBER, AT(harts), "1 to 8 harts; 3 without this option"},
    {"mem", "SIZE", SIZE, AT(mem), "RAM; 128M without this option"},
    {"seed", "N", NUMBER, AT(seed), "chooses how the harts take turns: another N, another run"},
    {"turn", "N", NUMBER, AT(turn), "mean length of a turn, in instructions"},
    {"sharp", NULL, FLAG, AT(sharp), "turns also end at atomic instructions and page-table stores"},
    {"tlb", "MODE", TLB, AT(tlb), "strict, lax, oldest, newest, random, late or exact"},
    {"mmu", "MODE", MMU, AT(mmu), "sv39, sv48 or sv57: the largest that satp takes"},
    {"races", NULL, FLAG, AT(races), "look for data races; that is slow"},
    {"svade", NULL, FLAG, AT(svade), "an access with A or D clear faults"},
    {"no-pmp", NULL, FLAG, AT(no_pmp), "S-mode may run although no PMP entry is set"},
    {"legacy", NULL, FLAG, AT(legacy), "disks are of virtio-mmio version 1"},
    {"modern", NULL, FLAG, AT(modern), "disks are of virtio-mmio version 2: the usual"},
    {"firmware", "FILE", TEXT, AT(firmware), "start this in M-mode, the kernel in S-mode"},
    {"append", "TEXT", TEXT, AT(append), "the kernel's command line"},
    {"initrd", "FILE", TEXT, AT(initrd), "an initial RAM disk for Linux"},
    {"epoch", "SECONDS", NUMBER, AT(epoch), "the date at the start, since 1970"},
    {"readonly", NULL, FLAG, AT(readonly), "disks refuse writes"},
    {"keep", NULL, FLAG, AT(keep), "write the disks back at a clean end"},
    {"in-place", NULL, FLAG, AT(in_place), "write them at once, as QEMU does"},
    {"record", "FILE", TEXT, AT(record), "note each key and when it came"},
    {"replay", "FILE", TEXT, AT(replay), "type what was recorded, when it was"},
    {"max", "N", NUMBER, AT(max), "end after N instructions with status 124"},
    {"at", "N", NUMBER, AT(at), "at the end go back to N instructions and say where the harts are"},
    {"stop", NULL, FLAG, AT(stop), "ask what to do at a report, a panic, the end, and at --at"},
    {"fail", "F:N", TEXT, AT(fail), "call N of the function F returns 0; F:all: each, one by one"},
    {"expect", "FILE", TEXT, AT(expect), "reports that are known: lines of a kind and a function"},
    {"json", "FILE", TEXT, AT(json),
     "write each report there, as JSON; N is descriptor N, - stdout"},
    {"again", "COMMAND", TEXT, AT(again), "how to tell the way to see a report again; {at}: where"},
    {"gdb", "=PORT", OPTIONAL, AT(gdb), "wait for gdb at the port, 26000 without a number"},
    {"gdb-go", NULL, FLAG, AT(gdb_go), "with --gdb: run before gdb comes"},
    {"history", "SIZE", SIZE, AT(history),
     "memory for going back; 500M, in a run of typed lines 28M"},
    {"realtime", NULL, FLAG, AT(realtime), "the machine's clock is not faster than yours"},
    {"fast", NULL, FLAG, AT(fast), "as fast as it goes, at a terminal too"},
    {"hash", NULL, FLAG, AT(hash), "print a hash of RAM, disks and registers at the end"},
    {"blind", NULL, FLAG, AT(blind), "watch nothing: no check, no report"},
    {"facts", "FILE", TEXT, AT(facts), "what debug information tells of the kernel"},
    {"lang", "LANG", TEXT, AT(lang), "reports in en or zh; else as the environment's LANG says"},
    {"count", "=FILE", OPTIONAL, AT(count), "count instructions; tell at the end, or in FILE"},
};

static const struct {
    const char *name;
    enum tlb_mode mode;
} tlb_modes[] = {
    {"strict", TLB_STRICT}, {"lax", TLB_LAX},   {"oldest", TLB_OLDEST}, {"newest", TLB_STRICT},
    {"random", TLB_RANDOM}, {"late", TLB_LATE}, {"exact", TLB_EXACT},
};

const char *
tlb_name(enum tlb_mode mode)
{
    for (unsigned i = 0; i < NELEM(tlb_modes); i++) {
        if (tlb_modes[i].mode == mode)
            return tlb_modes[i].name;
    }
    return "unknown";
}

static noreturn void
help(void)
{
    puts(said("usage: glass [OPTION...] KERNEL [DISK...] [-- LINE...]\n\n"
              "Runs a kernel for QEMU's virt machine: an ELF file that starts in M-mode, or with\n"
              "--firmware one that starts in S-mode. Disks are copied into memory.\n"
              "The lines are typed, each at a prompt that ends in \"$ \"; the run ends at the last "
              "prompt.\n"
              "At the keyboard, Ctrl-A X ends the run and Ctrl-A ? shows more.\n"));
    for (unsigned i = 0; i < NELEM(table); i++) {
        char word[40];
        bool optional = table[i].kind == OPTIONAL, value = table[i].value;
        snprintf(word, sizeof(word), "--%s%s%s%s", table[i].name,
                 optional ? "["
                 : value  ? " "
                          : "",
                 value ? table[i].value : "", optional ? "]" : "");
        printf("  %-20s %s\n", word, said(table[i].help));
    }
    fputs(said("\nStatus: 0 after a clean end, N if the kernel ended the run with code N, 1 if a "
               "replay\n"
               "differs, 2 for words or files that cannot be used, 3 after a clean end with "
               "reports, 124\n"
               "at --max, 125 if all harts are stuck.\n"),
          stdout);
    exit(EXIT_CLEAN);
}

static uint64
read_number(const char *name, const char *text, uint64 unit)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 0);
    if (end == text || *text == '-' || errno || *end || n > ~0ULL / unit)
        refuse("--%s %s: a number is expected", name, text);
    return n * unit;
}

// An amount of memory: a number with K, M or G behind it.
static uint64
read_size(const char *name, const char *text)
{
    size_t n = strlen(text);
    char digits[32];
    uint64 unit = 1;
    if (n == 0 || n >= sizeof(digits))
        refuse("--%s %s: an amount such as 128M is expected", name, text);
    memcpy(digits, text, n + 1);
    if (strchr("kK", digits[n - 1]))
        unit = 1ULL << 10;
    else if (strchr("mM", digits[n - 1]))
        unit = 1ULL << 20;
    else if (strchr("gG", digits[n - 1]))
        unit = 1ULL << 30;
    if (unit > 1)
        digits[n - 1] = '\0';
    return read_number(name, digits, unit);
}

static enum tlb_mode
read_tlb(const char *text)
{
    for (unsigned i = 0; i < NELEM(tlb_modes); i++) {
        if (strcmp(text, tlb_modes[i].name) == 0)
            return tlb_modes[i].mode;
    }
    refuse("--tlb %s: strict, lax, oldest, newest, random, late or exact is expected", text);
}

static uint64
read_mmu(const char *text)
{
    if (strcmp(text, "sv39") == 0 || strcmp(text, "sv48") == 0 || strcmp(text, "sv57") == 0)
        return strtoull(text + 2, NULL, 10);
    refuse("--mmu %s: sv39, sv48 or sv57 is expected", text);
}

static void
set(struct options *o, const struct option *option, const char *value)
{
    void *at = (char *)o + option->offset;
    switch (option->kind) {
    case FLAG:
        *(bool *)at = true;
        break;
    case NUMBER:
        *(uint64 *)at = read_number(option->name, value, 1);
        break;
    case SIZE:
        *(uint64 *)at = read_size(option->name, value);
        break;
    case TEXT:
    case OPTIONAL:
        *(const char **)at = value ? value : "";
        break;
    case TLB:
        *(enum tlb_mode *)at = read_tlb(value);
        break;
    case MMU:
        *(uint64 *)at = read_mmu(value);
        break;
    }
}

static const struct option *
find(const char *word, size_t length)
{
    for (unsigned i = 0; i < NELEM(table); i++) {
        if (strlen(table[i].name) == length && strncmp(table[i].name, word, length) == 0)
            return &table[i];
    }
    refuse("there is no option --%.*s; --help shows those there are", (int)length, word);
}

// Reads the option argv[i]. Returns how many words it has.
static int
read_option(struct options *o, char **argv, int i)
{
    const char *word = argv[i] + 2, *equals = strchr(word, '=');
    if (strcmp(word, "help") == 0)
        help();
    const struct option *option = find(word, equals ? (size_t)(equals - word) : strlen(word));
    if (option->kind == FLAG && equals)
        refuse("--%s takes no value", option->name);
    if (option->kind == FLAG || option->kind == OPTIONAL || equals) {
        set(o, option, equals ? equals + 1 : NULL);
        return 1;
    }
    if (!argv[i + 1])
        refuse("--%s needs a value: --%s %s", option->name, option->name, option->value);
    set(o, option, argv[i + 1]);
    return 2;
}

static void
read_file_name(struct options *o, const char *word)
{
    if (word[0] == '-')
        refuse("there is no option %s; --help shows those there are", word);
    if (!o->kernel)
        o->kernel = word;
    else if (o->disks < DISKS_MAX)
        o->disk[o->disks++] = word;
    else
        refuse("%s is one disk too many: there is room for %d", word, DISKS_MAX);
}

static void
check(const struct options *o)
{
    if (!o->kernel)
        refuse("which kernel? usage: glass [OPTION...] KERNEL [DISK...]; --help shows more");
    if (o->harts < 1 || o->harts > HARTS_MAX)
        refuse("--harts %llu: 1 to %d are possible", (unsigned long long)o->harts, HARTS_MAX);
    if (o->mem < 1 << 20 || o->mem > 1ULL << 36 || o->mem % PAGE_BYTES)
        refuse("--mem: 1M to 64G in whole pages are possible");
    if (o->turn < 1 || o->turn > 1 << 30)
        refuse("--turn: 1 to %d instructions are possible", 1 << 30);
    if (o->legacy && o->modern)
        refuse("--legacy and --modern exclude each other");
    if (o->realtime && o->fast)
        refuse("--realtime and --fast exclude each other");
    if (o->blind && (o->fail || o->json || o->expect))
        refuse("--blind sees nothing: --fail, --json and --expect need its eyes");
    if (o->keep && o->in_place)
        refuse("--keep and --in-place exclude each other");
    if (o->at != ~0ULL && o->keep)
        refuse("--at and --keep exclude each other: the disks would be those of the past");
    if (strcmp(o->lang, "en") != 0 && strcmp(o->lang, "zh") != 0)
        refuse("--lang %s: en or zh is expected", o->lang);
    if (o->replay && (o->record || o->lines >= 0))
        refuse("--replay has its input already: neither --record nor lines go with it");
}

// Returns   the language of the environment, as programs of the host choose it: the locale, and
//           before it the list LANGUAGE, unless the locale is C.
static const char *
environment_language(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *locale = NULL, *list = getenv("LANGUAGE");
    for (unsigned i = 0; i < NELEM(names) && (!locale || !*locale); i++)
        locale = getenv(names[i]);
    if (!locale || !*locale || strcmp(locale, "C") == 0 || strncmp(locale, "C.", 2) == 0 ||
        strcmp(locale, "POSIX") == 0)
        return "en";
    return strncmp(list && *list ? list : locale, "zh", 2) == 0 ? "zh" : "en";
}

// The language for what is wrong with the words themselves: of --lang wherever it stands, else of
// the environment.
static void
choose_language(int argc, char **argv)
{
    const char *language = environment_language();
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            language = argv[i] + 7;
        else if (strcmp(argv[i], "--lang") == 0 && argv[i + 1])
            language = argv[i + 1];
    }
    answer_in_chinese(strcmp(language, "zh") == 0);
}

void
options_read(struct options *o, int argc, char **argv)
{
    choose_language(argc, argv);
    *o = (struct options){.harts = 3, .mem = 128 << 20, .seed = 1, .turn = 1000};
    o->max = o->at = o->history = ~0ULL;
    o->mmu = 57;
    o->epoch = 1767225600; // 2026-01-01
    o->lines = -1;
    o->lang = environment_language();
    for (int i = 1; i < argc;) {
        answer_in_chinese(strcmp(o->lang, "zh") == 0);
        if (strcmp(argv[i], "--") == 0) {
            o->line = argv + i + 1;
            o->lines = argc - i - 1;
            break;
        }
        if (strcmp(argv[i], "-h") == 0)
            help();
        if (strncmp(argv[i], "--", 2) == 0)
            i += read_option(o, argv, i);
        else
            read_file_name(o, argv[i++]);
    }
    answer_in_chinese(strcmp(o->lang, "zh") == 0);
    check(o);
}
