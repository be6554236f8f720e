// SPDX-License-Identifier: MIT
// views.c - the views of tables as JSON (pgtbl -j). The names in it are the same in every language.
#include "pgtbl.h"

#include "json.h"

#include "user/user.h"

// Begins the object of a view of a process's table.
void
json_view(const char *view, int pid, bool kernel)
{
    json_begin(0, '{');
    json_text("view", view);
    json_number("pid", (unsigned long)pid);
    json_text("name", pid ? process_name(pid) : "kernel");
    json_text("table", table_id(pid, kernel));
}

static void
json_frames(int kind, unsigned int owner, unsigned int refs)
{
    if (kind >= PGK_NONE) {
        json_null("frames");
        return;
    }
    json_begin("frames", '{');
    json_text("kind", kind_id(kind));
    json_number("owner", owner);
    json_number("references", refs);
    json_end('}');
}

static void
json_range(const struct range *r)
{
    json_begin(0, '{');
    json_hex("start", r->start);
    json_hex("size", r->size);
    json_hex("leaf", r->leaf);
    json_flags("flags", r->all, r->any);
    json_bool("deferred", r->deferred);
    json_text("region", region_id(r->region, r->prot));
    json_frames(r->kind, r->owner, r->refs);
    if (r->straight)
        json_hex("pa", r->pa);
    else
        json_null("pa");
    json_end('}');
}

// Ends the object: the ranges of a table.
void
json_map(const struct table *t)
{
    unsigned long tables = 1;

    for (int i = 0; i < t->n; i++)
        tables += !is_leaf(&t->e[i]);
    json_hex("root", t->q.root);
    json_number("levels", (unsigned long)t->q.levels);
    json_number("tables", tables);
    json_begin("ranges", '[');
    ranges(t->e, t->n, json_range);
    json_end(']');
    json_end('}');
}

static void
json_entry(const struct pgentry *e)
{
    json_begin(0, '{');
    json_number("level", e->level);
    json_number("index", PX(e->level, e->va));
    json_hex("at", e->at);
    json_hex("pte", e->pte);
    json_text("is", is_deferred(e->pte) ? "deferred" : is_leaf(e) ? "leaf" : "table");
    json_hex("va", e->va);
    json_hex("pa", e->pa);
    json_flags("flags", e->pte, e->pte);
    json_text("region", region_id(e->region, e->prot));
    json_frames(e->kind, e->owner, e->refs);
    json_end('}');
}

// Ends the object: each entry of a table.
void
json_tree(const struct table *t)
{
    json_hex("root", t->q.root);
    json_number("levels", (unsigned long)t->q.levels);
    json_begin("entries", '[');
    for (int i = 0; i < t->n; i++)
        json_entry(&t->e[i]);
    json_end(']');
    json_end('}');
}

static void
json_step(const struct ptwalk *w, int i)
{
    int level = w->levels - 1 - i;
    unsigned long pte = w->step[i].pte;
    bool leaf = pte & (PTE_R | PTE_W | PTE_X);

    json_begin(0, '{');
    json_number("level", (unsigned long)level);
    json_number("index", PX(level, w->va));
    json_hex("at", w->step[i].pa);
    json_hex("pte", pte);
    json_text("is", is_deferred(pte) ? "deferred"
                    : !(pte & PTE_V) ? "invalid"
                    : leaf           ? "leaf"
                                     : "table");
    json_end('}');
}

// The entries that a translation read, and how it ended.
void
json_walk(const struct ptwalk *w)
{
    json_hex("va", w->va);
    json_begin("steps", '[');
    for (int i = 0; i < w->reads; i++)
        json_step(w, i);
    json_end(']');
    json_text("rule", w->rule);
    json_number("level", (unsigned long)w->level);
    if (strcmp(w->rule, "ok") == 0)
        json_hex("pa", w->pa);
    else
        json_null("pa");
}

void
json_change(const struct change *c)
{
    static const char *const how[] = {[ONLY_A] = "only-a",
                                      [ONLY_B] = "only-b",
                                      [OTHER_FRAME] = "other-frames",
                                      [OTHER_FLAGS] = "other-flags"};

    if (c->how == SAME)
        return;
    json_begin(0, '{');
    json_hex("start", c->start);
    json_hex("size", c->size);
    json_text("region", region_id(c->region, c->prot));
    json_text("difference", how[c->how]);
    if (c->how != ONLY_B)
        json_flags("a", c->a, c->a);
    if (c->how != ONLY_A)
        json_flags("b", c->b, c->b);
    json_end('}');
}
