// SPDX-License-Identifier: MIT
// ledger.c - pgtbl ledger and stats: the owners of memory, and the cost of page tables.
#include "pgtbl.h"

#include "json.h"

#include "user/user.h"

#include "ulib/alloc.h"
#include "ulib/cmd.h"
#include "ulib/format.h"
#include "ulib/out.h"
#include "ulib/string.h"

#define COLUMNS 80
#define OWNERS  28 // the column where the owners begin

static struct ledgerline *line;
static int nlines;

static int
load(void)
{
    int room = 0;

    while ((nlines = ledger(line, room)) > room) {
        room = nlines + 16;
        line = must_alloc(realloc(line, (unsigned long)room * sizeof(*line)));
    }
    return nlines < 0 ? fail("pgtbl", "ledger") : 0;
}

static unsigned long
frames_of(int kind, int owner)
{
    unsigned long sum = 0;

    for (int i = 0; i < nlines; i++) {
        if ((int)line[i].kind == kind && (owner < 0 || (int)line[i].owner == owner))
            sum += line[i].frames;
    }
    return sum;
}

static bool
owned_by_process(int kind)
{
    return kind == PGK_PGTABLE || kind == PGK_USER || kind == PGK_KSTACK || kind == PGK_TRAPFRAME ||
           kind == PGK_USYSCALL;
}

// Prints one owner, on a new row when the current one is full.
static void
print_owner(int *column, const char *text)
{
    int width = 2 + text_columns(text, (int)strlen(text));

    if (*column + width > COLUMNS && !wide) {
        out_printf("\n%*s", OWNERS, "");
        *column = OWNERS;
    }
    out_printf("  %s", text);
    *column += width;
}

// The owners of a kind: processes by number and name, files only counted.
static void
print_owners(int kind)
{
    int owners = 0, column = OWNERS;
    char text[TEXT];

    for (int i = 0; i < nlines; i++) {
        const struct ledgerline *l = &line[i];
        if ((int)l->kind != kind || !l->frames)
            continue;
        owners++;
        if (!owned_by_process(kind))
            continue;
        if (l->owner == LEDGER_OTHERS)
            snprintf(text, sizeof(text), tr("others:%lu"), l->frames);
        else if (l->owner == 0)
            snprintf(text, sizeof(text), tr("kernel:%lu"), l->frames);
        else
            snprintf(text, sizeof(text), "%d(%s):%lu", l->owner, process_name((int)l->owner),
                     l->frames);
        print_owner(&column, text);
    }
    if (kind == PGK_CACHE)
        out_printf(tr("  of %d files and disks"), owners);
    out_printf("\n");
}

static void
json_owners(int kind)
{
    json_begin("owners", '[');
    for (int i = 0; i < nlines; i++) {
        const struct ledgerline *l = &line[i];
        if ((int)l->kind != kind || !l->frames)
            continue;
        json_begin(0, '{');
        if (l->owner == LEDGER_OTHERS)
            json_null("owner");
        else
            json_number("owner", l->owner);
        json_number("frames", l->frames);
        json_end('}');
    }
    json_end(']');
}

static int
json_ledger(void)
{
    json_begin(0, '{');
    json_text("view", "ledger");
    json_begin("kinds", '[');
    for (int kind = 0; kind < PGK_KINDS; kind++) {
        json_begin(0, '{');
        json_text("kind", kind_id(kind));
        json_number("frames", frames_of(kind, -1));
        json_text("owned_by", owned_by_process(kind) ? "process"
                              : kind == PGK_CACHE    ? "inode"
                                                     : "kernel");
        json_owners(kind);
        json_end('}');
    }
    json_end(']');
    json_end('}');
    return 0;
}

int
cmd_ledger(void)
{
    unsigned long total = 0;

    if (load())
        return 1;
    if (json)
        return json_ledger();
    out_str(tr("KIND         FRAMES       KB  OWNERS (process:frames)\n"));
    for (int kind = 0; kind < PGK_KINDS; kind++) {
        unsigned long n = frames_of(kind, -1);
        total += n;
        if (!n)
            continue;
        out_printf("%-10s %8lu %8lu", kind_name(kind), n, n * 4);
        print_owners(kind);
    }
    out_printf("%-10s %8lu %8lu\n", tr("all"), total, total * 4);
    return 0;
}

// The design in force, and counts since boot.
struct counters {
    const char *design;
    unsigned long satps, fences;
};

// Reads the counters from the line `tables: DESIGN, N satp writes, N fences` of the statistics device.
static struct counters
read_counters(void)
{
    static char text[4096];
    int n = statistics(text, sizeof(text) - 1);
    char *name, *comma;
    struct counters c = {"-", 0, 0};

    text[n > 0 ? n : 0] = 0;
    name = strstr(text, "tables: ");
    comma = name ? strchr(name, ',') : 0;
    if (!comma)
        return c;
    *comma = 0;
    c.design = name + strlen("tables: ");
    c.satps = (unsigned long)strtol(comma + 1, &comma, 10);
    comma = strchr(comma, ',');
    c.fences = comma ? (unsigned long)strtol(comma + 1, 0, 10) : 0;
    return c;
}

static int
json_stats(const struct procinfo *p, int n)
{
    struct counters c = read_counters();

    json_begin(0, '{');
    json_text("view", "stats");
    json_begin("processes", '[');
    for (int i = 0; i < n; i++) {
        json_begin(0, '{');
        json_number("pid", (unsigned long)p[i].pid);
        json_text("name", p[i].name);
        json_number("pages", p[i].pages);
        json_number("tables", frames_of(PGK_PGTABLE, p[i].pid));
        json_end('}');
    }
    json_end(']');
    json_number("kernel_tables", frames_of(PGK_PGTABLE, 0));
    json_text("design", c.design);
    json_number("satp_writes", c.satps);
    json_number("fences", c.fences);
    json_end('}');
    return 0;
}

int
cmd_stats(void)
{
    struct procinfo *p;
    struct counters c;
    int n;

    if (load())
        return 1;
    p = processes(&n);
    if (json)
        return json_stats(p, n);
    c = read_counters();
    out_str(tr("  PID PAGES TABLES    KB  NAME\n"));
    for (int i = 0; i < n; i++) {
        unsigned long tables = frames_of(PGK_PGTABLE, p[i].pid);
        out_printf("%5d %5lu %6lu %5lu  %s\n", p[i].pid, p[i].pages, tables, tables * 4, p[i].name);
    }
    out_printf(tr("%5d     - %6lu %5lu  kernel\n"), 0, frames_of(PGK_PGTABLE, 0),
               frames_of(PGK_PGTABLE, 0) * 4);
    out_printf(tr("tables: %s, %lu satp writes, %lu fences\n"), c.design, c.satps, c.fences);
    return 0;
}
