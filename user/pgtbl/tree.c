// SPDX-License-Identifier: MIT
// tree.c - pgtbl tree: each entry, in the output formats of the courses of several years.
#include "pgtbl.h"

#include "user/user.h"

#include "ulib/cmd.h"
#include "ulib/format.h"
#include "ulib/out.h"

static const char *const styles[] = {"2020", "plain", "2024", "verbose"};

enum { S2020, PLAIN, S2024, VERBOSE, STYLES };

// As the kernel's verbose print at boot (mm/inspect/viewprint.c).
static void
more(const struct pgentry *e)
{
    static const char letters[] = "vrwxugadcs";
    char flags[sizeof(letters)];

    for (unsigned int i = 0; i < sizeof(letters) - 1; i++)
        flags[i] = e->pte >> i & 1 ? letters[i] : '-';
    flags[sizeof(letters) - 1] = 0;
    out_printf("level= %d, is it pgtbl? %s, %s, 0x%lx", e->level, is_leaf(e) ? "no" : "yes", flags,
               e->va);
    if (is_leaf(e))
        out_printf(", %s", region_name(e->region, e->prot));
    if (e->kind < PGK_NONE)
        out_printf(", %s:%d", kind_name(e->kind), e->owner);
    out_printf("\n");
}

static void
print_entry(const struct pgentry *e, int levels, int style)
{
    int depth = levels - e->level;

    out_printf("%s", style == PLAIN ? "" : " ");
    for (int i = 0; i < depth; i++)
        out_printf("%s..", i ? " " : "");
    if (style == S2024)
        out_printf("0x%016lx: ", e->va);
    else
        out_printf("%lu: ", PX(e->level, e->va));
    out_printf("pte 0x%016lx pa 0x%016lx\n", e->pte, e->pa);
    if (style == VERBOSE)
        more(e);
}

int
cmd_tree(char **args, bool kernel, const char *name)
{
    struct table t;
    int pid, style = 0;

    while (style < STYLES && strcmp(name, styles[style]) != 0)
        style++;
    if (style == STYLES)
        return fail_text("pgtbl", name, "the styles are 2020, plain, 2024 and verbose");
    if (!parse_pid(args[0], &pid))
        return 1;
    kernel = kernel || pid == 0;
    if (table_load(&t, pid, PGQ_POINTERS | (kernel ? PGQ_KERNEL : 0), 0, kernel ? ~0UL : MAXVA - 1))
        return 1;
    if (json) {
        json_view("tree", pid, kernel);
        json_tree(&t);
        return 0;
    }
    out_printf(tr("page table 0x%016lx: %s\n"), t.q.root, table_name(pid, kernel));
    for (int i = 0; i < t.n; i++)
        print_entry(&t.e[i], t.q.levels, style);
    return 0;
}
