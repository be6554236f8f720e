// SPDX-License-Identifier: MIT
// viewprint.c - a page table on the console: pt/read/vmprint.h's forms, and the verbose one with
// what mm knows of each entry.
#include "mm/inspect/view.h"

#include "lib/printf.h"
#include "mm/aspace/aspace.h"
#include "mm/frame/ledger.h"
#include "pt/read/vmprint.h"

#define SOME 8 // entries described at a time

int view_selected = VIEW_DEFAULT;

static int
print_line(void *ctx, const char *fmt, ...)
{
    va_list ap;
    (void)ctx;
    va_start(ap, fmt);
    int n = vprintf(fmt, ap);
    va_end(ap);
    return n;
}

static const char *
region_name(const struct pgentry *e)
{
    static const char *const names[PGR_COUNT] = {
        [PGR_NONE] = "-",
        [PGR_IMAGE] = "data",
        [PGR_GUARD] = "guard",
        [PGR_STACK] = "stack",
        [PGR_HEAP] = "heap",
        [PGR_MMAP] = "mmap",
        [PGR_USYSCALL] = "usyscall",
        [PGR_TRAPFRAME] = "trapframe",
        [PGR_TRAMPOLINE] = "trampoline",
        [PGR_DIRECT] = "ram",
        [PGR_DEVICE] = "device",
        [PGR_KSTACK] = "kstack",
        [PGR_KTEXT] = "ktext",
        [PGR_KRODATA] = "krodata",
        [PGR_KDATA] = "kdata",
    };
    if (e->region == PGR_IMAGE && (e->prot & 4))
        return "text";
    return names[e->region];
}

// The entry as in 2020, then level and kind of entry, then flags, region, frame and owner.
static void
print_entry(const struct pgentry *e, int levels)
{
    static const char letters[] = "vrwxugadcs";
    static const char marks[] = " .. .. .. .. ..";
    char flags[sizeof letters];
    for (size_t i = 0; i < sizeof letters - 1; i++)
        flags[i] = e->pte >> i & 1 ? letters[i] : '-';
    flags[sizeof letters - 1] = '\0';
    printf("%s%lu: pte 0x%016lx pa 0x%016lx\n", marks + 3 * (5 - (levels - e->level)),
           PX(e->level, e->va), e->pte, e->pa);
    bool table = !pte_leaf(e->pte);
    printf("level= %d, is it pgtbl? %s, %s, 0x%lx", e->level, table ? "yes" : "no", flags, e->va);
    if (!table)
        printf(", %s", region_name(e));
    if (e->kind < PGK_KINDS)
        printf(", %s:%u", frame_kind_name(e->kind), e->owner);
    printf("\n");
}

static void
print_verbose(struct aspace *as)
{
    struct pgquery q = {.what = PGQ_POINTERS, .level = PGQ_TOP, .last = MAXVA - 1};
    struct pgentry some[SOME];
    int n = view_entries(as, &q, some, SOME);
    printf("page table 0x%016lx\n", q.root);
    for (; n > 0; n = view_entries(as, &q, some, SOME))
        for (int i = 0; i < n; i++)
            print_entry(&some[i], q.levels);
}

// Prints the process's user table on the console, in the style that was selected, else in `usual`.
// Locks     takes as->lock for the verbose style; for the others the caller makes sure that the
//           table stays.
// Sleeps    for as->lock.
void
view_print(struct aspace *as, enum view_style usual)
{
    int style = view_selected == VIEW_DEFAULT ? (int)usual : view_selected;
    if (style == VIEW_VERBOSE)
        print_verbose(as);
    else
        vmprint(&as->pt, 0, MAXVA, (enum vmprint_style)style, print_line, NULL);
}
