// SPDX-License-Identifier: MIT
// map.c - pgtbl map, kernel, diff: mappings as ranges.
#include "pgtbl.h"

#include "json.h"

#include "user/user.h"

#include "ulib/format.h"
#include "ulib/out.h"

static int pages; // of 4 KiB, summed over the printed lines

void
map_head(void)
{
    out_printf(tr("%s  SIZE IN FLAGS     REGION     USERS FRAME:OWNER PHYSICAL\n"), span_head());
}

void
map_line(const struct range *r)
{
    char span[TEXT], size[TEXT], leaf[TEXT], flags[TEXT], owner[TEXT];

    pages += (int)(r->size / PGSIZE);
    out_printf("%s%s %5s %2s %s%c %-10s", colour_of(r->region, r->all),
               span_text(r->start, r->start + r->size, span), size_text(r->size, size),
               size_text(r->leaf, leaf), flags_of_many(r->all, r->any, flags),
               r->deferred ? 's' : '-', region_name(r->region, r->prot));
    snprintf(owner, sizeof(owner), "%s:%d", kind_name(r->kind), r->owner);
    if (r->kind < PGK_NONE)
        out_printf(" %5d %-11s", r->refs, owner);
    else
        out_printf("     - %-11s", "-");
    if (r->straight)
        out_printf(" %lx", r->pa);
    else
        out_str(tr(" scattered"));
    out_printf("%s\n", plain());
}

static int
tables_in(const struct table *t)
{
    int n = 1;

    for (int i = 0; i < t->n; i++)
        n += !is_leaf(&t->e[i]);
    return n;
}

static void
print_map(const struct table *t, const char *view, bool kernel)
{
    int n;

    if (json) {
        json_view(view, t->pid, kernel);
        json_map(t);
        return;
    }
    map_head();
    n = ranges(t->e, t->n, map_line);
    out_printf(n == 1 ? tr("%d range, %d pages, %d table pages\nroot %lx: %s\n")
                      : tr("%d ranges, %d pages, %d table pages\nroot %lx: %s\n"),
               n, pages, tables_in(t), t->q.root, table_name(t->pid, kernel));
}

int
cmd_map(char **args, bool kernel)
{
    struct table t;
    int pid;

    if (!parse_pid(args[0], &pid))
        return 1;
    if (pid == 0)
        return cmd_kernel();
    if (table_load(&t, pid, PGQ_POINTERS | (kernel ? PGQ_KERNEL : 0), 0, kernel ? ~0UL : MAXVA - 1))
        return 1;
    print_map(&t, "map", kernel);
    return 0;
}

// No page of the kernel may be both written and executed.
static int
count_wx(const struct table *t)
{
    int n = 0;

    for (int i = 0; i < t->n; i++)
        n += (t->e[i].pte & (PTE_W | PTE_X)) == (PTE_W | PTE_X);
    return n;
}

int
cmd_kernel(void)
{
    struct table t;

    if (table_load(&t, 0, PGQ_POINTERS, 0, ~0UL))
        return 1;
    print_map(&t, "kernel", false);
    if (json)
        return 0;
    out_printf(tr("%d leaves are writable and executable\n"), count_wx(&t));
    return 0;
}

// ---- diff

static int diff_pid[2];
static unsigned long same, different;

static void
diff_line(const struct change *c)
{
    char span[TEXT], size[TEXT], a[TEXT], b[TEXT];

    if (c->how == SAME) {
        same += c->size / PGSIZE;
        return;
    }
    different += c->size / PGSIZE;
    out_printf("%s%s %5s %-10s%s ", colour_of(c->region, c->a | c->b),
               span_text(c->start, c->start + c->size, span), size_text(c->size, size),
               region_name(c->region, c->prot), plain());
    flags_text(c->a, a);
    flags_text(c->b, b);
    if (c->how == ONLY_A || c->how == ONLY_B)
        out_printf(tr("only in %d: %s\n"), diff_pid[c->how == ONLY_B], c->how == ONLY_A ? a : b);
    else if (c->how == OTHER_FLAGS)
        out_printf(tr("same frames: %s and %s\n"), a, b);
    else if (c->a == c->b)
        out_printf(tr("other frames: %s\n"), a);
    else
        out_printf(tr("other frames: %s and %s\n"), a, b);
}

static int
json_diff(const struct table *t)
{
    json_begin(0, '{');
    json_text("view", "diff");
    json_number("a", (unsigned long)t[0].pid);
    json_number("b", (unsigned long)t[1].pid);
    json_begin("changes", '[');
    changes(&t[0], &t[1], json_change);
    json_end(']');
    json_end('}');
    return 0;
}

int
cmd_diff(char **args)
{
    struct table t[2];

    for (int i = 0; i < 2; i++) {
        if (!parse_pid(args[i], &diff_pid[i]))
            return 1;
        if (table_load(&t[i], diff_pid[i], 0, 0, diff_pid[i] ? MAXVA - 1 : ~0UL))
            return 1;
    }
    if (json)
        return json_diff(t);
    out_printf(tr("%s  SIZE REGION     DIFFERENCE (flags but a and d)\n"), span_head());
    changes(&t[0], &t[1], diff_line);
    out_printf(tr("%lu pages differ, %lu are the same\n"), different, same);
    return 0;
}
