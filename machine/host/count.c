// SPDX-License-Identifier: MIT
// count.c - the program's side of counting: names of functions, the table, the file.
//
// Theory    The table is for a person: harts and modes, the functions with the most instructions,
//           system calls. The file has a line for each cell that is not empty, its words separated
//           by tabs; the first word is the kind of the line.
// Next      sight/count.h
#include "host/count.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/answer.h"
#include "host/files.h"
#include "host/say.h"

#define P        PRIu64
#define ROWS_MAX 24 // functions in the table

static const unsigned modes[COUNT_MODES] = {MODE_U, MODE_S, MODE_M};

static void *
allocate(size_t n, size_t bytes)
{
    void *p = calloc(n, bytes);
    if (!p)
        refuse("there is not enough memory to count");
    return p;
}

void
counting_start(struct counting *c, struct machine *m, const struct options *o)
{
    if (!o->count)
        return;
    c->path = o->count;
    c->file = *o->count ? fopen(o->count, "w") : NULL;
    if (*o->count && !c->file)
        refuse("%s cannot be written: %s", o->count, said(strerror(errno)));
    if (!places_read(&c->symbols, file_read(o->kernel, 1)))
        refuse("there is not enough memory to count");
    uint32 n = c->symbols.functions;
    struct code_range *range = allocate(n + 1, sizeof(range[0]));
    for (uint32 i = 0; i < n; i++)
        range[i] = c->symbols.function[i].at;
    c->count.range = range;
    c->count.ranges = n;
    c->count.cell = allocate(count_cells(m, n), sizeof(struct cell));
    count_start(m, &c->count);
}

static const char *
place_name(const struct counting *c, uint32 place)
{
    if (place < c->symbols.functions)
        return c->symbols.function[place].name;
    return place == c->symbols.functions ? "(elsewhere)" : "(user)";
}

// Accesses that an old entry could have stopped, although memory allowed them.
static uint64
spurious(const struct machine *m)
{
    uint64 sum = 0;
    for (unsigned hart = 0; hart < m->config.harts; hart++)
        sum += m->s.hart[hart].remembered.spurious;
    return sum;
}

// --- the file --------------------------------------------------------------------------------

static void
write_cell(const struct counting *c, unsigned hart, unsigned mode, uint32 place)
{
    const struct cell *cell = count_cell(&c->count, hart, modes[mode], place);
    uint64 address = place < c->symbols.functions ? c->symbols.function[place].at.start : 0;
    if (cell->steps || cell->spins)
        fprintf(c->file, "function\t%u\t%c\t%s\t0x%" PRIx64 "\t%" P "\t%" P "\t%" P "\n", hart,
                "USM"[mode], place_name(c, place), (uint64_t)address, (uint64_t)cell -> steps,
                (uint64_t)cell -> same, (uint64_t)cell -> spins);
}

static bool
write_file(const struct counting *c, const struct machine *m)
{
    fprintf(c->file, "position\t%" P "\n", (uint64_t)machine_position(m));
    fprintf(c->file, "spurious\t%" P "\n", (uint64_t)spurious(m));
    for (unsigned hart = 0; hart < m->config.harts; hart++) {
        for (unsigned mode = 0; mode < COUNT_MODES; mode++) {
            for (uint32 place = 0; place < c->count.ranges + 2; place++)
                write_cell(c, hart, mode, place);
        }
    }
    for (unsigned i = 0; i <= COUNT_CALLS; i++) {
        const struct call_count *call = &c->count.call[i];
        if (call->calls)
            fprintf(c->file, "call\t%u\t%" P "\t%" P "\n", i, (uint64_t)call->calls,
                    (uint64_t)call->steps);
    }
    bool bad = ferror(c->file);
    if (fclose(c->file) == 0 && !bad)
        return true;
    say("%s is not complete: %s", c->path, said(strerror(errno)));
    return false;
}

// --- the table -------------------------------------------------------------------------------

struct row {
    uint32 place;
    struct cell sum;
};

// The instructions of harts `first` to `last` in a mode.
static uint64
steps_in(const struct counting *c, unsigned first, unsigned last, unsigned mode)
{
    uint64 sum = 0;
    for (unsigned hart = first; hart <= last; hart++) {
        for (uint32 place = 0; place < c->count.ranges + 2; place++)
            sum += count_cell(&c->count, hart, modes[mode], place)->steps;
    }
    return sum;
}

static void
print_harts(const struct counting *c, const char *name, unsigned first, unsigned last)
{
    uint64 sum[COUNT_MODES], all = 0;
    for (unsigned i = 0; i < COUNT_MODES; i++)
        all += sum[i] = steps_in(c, first, last, i);
    fprintf(stderr, "%-6s %16" P " %16" P " %16" P " %16" P "\n", name, (uint64_t)sum[0],
            (uint64_t)sum[1], (uint64_t)sum[2], (uint64_t)all);
}

static void
add(struct cell *to, const struct cell *cell)
{
    to->steps += cell->steps;
    to->same += cell->same;
    to->spins += cell->spins;
}

static int
by_steps(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->sum.steps != y->sum.steps)
        return x->sum.steps > y->sum.steps ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

// The places, those with the most instructions first.
static struct row *
make_rows(const struct counting *c, const struct machine *m)
{
    uint32 n = c->count.ranges + 2;
    struct row *rows = allocate(n, sizeof(rows[0]));
    for (uint32 place = 0; place < n; place++) {
        rows[place].place = place;
        for (unsigned i = 0; i < m->config.harts * COUNT_MODES; i++)
            add(&rows[place].sum,
                count_cell(&c->count, i / COUNT_MODES, modes[i % COUNT_MODES], place));
    }
    qsort(rows, n, sizeof(rows[0]), by_steps);
    return rows;
}

static void
print_row(const struct cell *sum, uint64 all, const char *name)
{
    if (sum->steps || sum->spins)
        fprintf(stderr, "%16" P " %5.1f%% %11" P " %11" P "  %.31s\n", (uint64_t)sum->steps,
                100.0 * (double)sum->steps / (double)(all ? all : 1), (uint64_t)sum->same,
                (uint64_t)sum->spins, name);
}

static void
print_functions(const struct counting *c, const struct machine *m)
{
    struct row *rows = make_rows(c, m);
    struct cell others = {0};
    uint64 all = machine_position(m);
    fprintf(stderr, "\n%16s %6s %11s %11s  %s\n", "instructions", "", "AMO in vain", "turns given",
            "function");
    for (uint32 i = 0; i < c->count.ranges + 2; i++) {
        if (i < ROWS_MAX)
            print_row(&rows[i].sum, all, place_name(c, rows[i].place));
        else
            add(&others, &rows[i].sum);
    }
    print_row(&others, all, "(all others)");
    free(rows);
}

static void
print_calls(const struct counting *c)
{
    fprintf(stderr, "\n%-8s %16s %16s %16s\n", "call", "times", "instructions", "mean");
    for (unsigned i = 0; i <= COUNT_CALLS; i++) {
        const struct call_count *call = &c->count.call[i];
        if (call->calls)
            fprintf(stderr, "%-8u %16" P " %16" P " %16.1f\n", i, (uint64_t)call->calls,
                    (uint64_t)call->steps, (double)call->steps / (double)call->calls);
    }
}

bool
counting_end(struct counting *c, const struct machine *m)
{
    if (!m->count)
        return true;
    if (c->file)
        return write_file(c, m);
    fflush(stdout);
    fprintf(stderr, "%-6s %16s %16s %16s %16s\n", "hart", "user", "supervisor", "machine", "all");
    for (unsigned hart = 0; hart < m->config.harts; hart++) {
        char name[8];
        snprintf(name, sizeof(name), "%u", hart);
        print_harts(c, name, hart, hart);
    }
    print_harts(c, "all", 0, m->config.harts - 1);
    print_functions(c, m);
    print_calls(c);
    fprintf(stderr, "\nspurious %15" P "  accesses that memory allows and an old entry may not\n",
            (uint64_t)spurious(m));
    return true;
}
