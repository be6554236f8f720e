// SPDX-License-Identifier: MIT
// prompttree.c - the commands about whole trees of page tables: map, tree, diff.
#include <inttypes.h>
#include <stdlib.h>

#include "base/numbers.h"
#include "check/leaves.h"
#include "host/answer.h"
#include "host/prompt.h"
#include "host/ranges.h"
#include "host/words.h"
#include "mmu/satp.h"

#define X     "0x%" PRIx64
#define SHOWN 200 // lines of an answer

// The satp whose tree is asked for: the hart's, or that of a root. Returns false if there is none:
// says so.
static bool
need_tree(const struct control *c, const char *word, uint64 *satp)
{
    uint64 mine = c->m->s.hart[c->hart].satp, root, mode = mine >> SATP_MODE_SHIFT;
    if (word == NULL && mode == SATP_BARE) {
        answer(c->out,
               "satp of hart %u is 0: it does not translate. `map ADDRESS' shows the tree "
               "whose root is there.",
               c->hart);
        return false;
    }
    *satp = mine;
    if (word == NULL)
        return true;
    if (!need_address(c, word, &root))
        return false;
    if (root % PAGE_BYTES != 0 || !ram_has(&c->m->ram, root, PAGE_BYTES)) {
        answer(c->out, "A root is a page of RAM; " X " is none.", (uint64_t)root);
        return false;
    }
    *satp = (mode == SATP_BARE ? SATP_SV39 : mode) << SATP_MODE_SHIFT | root >> PGSHIFT;
    return true;
}

// --- map -------------------------------------------------------------------------------------

static void
show_range(FILE *out, const char *sign, const struct range *r)
{
    char size[16];
    uint64 kib = r->bytes >> 10;
    if (kib >= 1 << 20 && kib % (1 << 20) == 0)
        snprintf(size, sizeof(size), "%" PRIu64 "G", (uint64_t)(kib >> 20));
    else if (kib >= 1024 && kib % 1024 == 0)
        snprintf(size, sizeof(size), "%" PRIu64 "M", (uint64_t)(kib >> 10));
    else
        snprintf(size, sizeof(size), "%" PRIu64 "K", (uint64_t)kib);
    fprintf(out, "%s%016" PRIx64 " %016" PRIx64 " %7s %s " X "\n", sign, (uint64_t)r->va,
            (uint64_t)(r->va + r->bytes), size, flag_text(r->flags).text, (uint64_t)r->pa);
}

static void
map(struct control *c, const struct asked *a)
{
    uint64 satp;
    if (!need_tree(c, a->words > 1 ? a->word[1] : NULL, &satp))
        return;
    struct ranges s = ranges_of(c->m, satp);
    fprintf(c->out, said("what the tree at " X " maps\n"), (uint64_t)satp_root(satp));
    fputs(said("START            END                 SIZE FLAGS    PHYSICAL\n"), c->out);
    for (size_t i = 0; i < s.count && i < SHOWN; i++)
        show_range(c->out, "", &s.of[i]);
    if (s.count > SHOWN)
        answer(c->out, "... %zu more ranges", s.count - SHOWN);
    free(s.of);
}

// --- tree ------------------------------------------------------------------------------------

struct shown {
    FILE *out;
    int levels;
    unsigned lines;
};

static void
show_table(void *arg, const struct leaf *e)
{
    struct shown *s = arg;
    if (!pte_table(e->pte) || e->level == 0 || s->lines++ >= SHOWN)
        return;
    fprintf(s->out, said("%*slevel %d table " X " for " X ", entry at " X "\n"),
            2 * (s->levels - e->level), "", e->level - 1, (uint64_t)pte_pa(e->pte), (uint64_t)e->va,
            (uint64_t)e->slot);
}

static void
tree(struct control *c, const struct asked *a)
{
    uint64 satp;
    if (!need_tree(c, a->words > 1 ? a->word[1] : NULL, &satp))
        return;
    struct shown s = {c->out, satp_levels(satp), 0};
    struct visitor to = {.entry = show_table, .arg = &s};
    fprintf(c->out, said("root " X "\n"), (uint64_t)satp_root(satp));
    leaves_visit(c->m, satp_root(satp), s.levels, &to);
    fprintf(c->out, said("%u table%s below the root\n"), s.lines, plural(s.lines));
}

// --- diff ------------------------------------------------------------------------------------

// Drops the first bytes of the piece; the next range follows when it is used up.
static void
consume(struct range *piece, uint64 bytes, const struct ranges *s, size_t *at)
{
    piece->va += bytes;
    piece->pa += bytes;
    piece->bytes -= bytes;
    if (piece->bytes == 0)
        *piece = ++*at < s->count ? s->of[*at] : (struct range){0};
}

static struct range
part(const struct range *r, uint64 bytes)
{
    struct range p = *r;
    p.bytes = bytes;
    return p;
}

static bool
differ(const struct range *a, const struct range *b)
{
    return a->pa != b->pa || ((a->flags ^ b->flags) & ~(PTE_A | PTE_D)) != 0;
}

// Shows the entries that were removed, added, and changed, by address. Returns how many lines.
static unsigned
compare(FILE *out, const struct ranges *was, const struct ranges *is)
{
    size_t i = 0, j = 0;
    unsigned lines = 0;
    struct range a = was->count ? was->of[0] : (struct range){0};
    struct range b = is->count ? is->of[0] : (struct range){0}, p;
    while (a.bytes != 0 || b.bytes != 0) {
        bool first = a.bytes != 0 && (b.bytes == 0 || a.va < b.va);
        bool second = b.bytes != 0 && (a.bytes == 0 || b.va < a.va);
        uint64 n = first ? (b.bytes ? smaller(a.bytes, b.va - a.va) : a.bytes)
                         : (a.bytes && second ? smaller(b.bytes, a.va - b.va) : b.bytes);
        if (!first && !second)
            n = smaller(a.bytes, b.bytes);
        bool shows = (first || second || differ(&a, &b)) && lines++ < SHOWN;
        if (shows && !second)
            p = part(&a, n), show_range(out, "- ", &p);
        if (shows && !first)
            p = part(&b, n), show_range(out, "+ ", &p);
        if (!second)
            consume(&a, n, was, &i);
        if (!first)
            consume(&b, n, is, &j);
    }
    return lines;
}

static bool
need_moment(struct control *c, const char *word, uint64 *at)
{
    if (!word_moment(word, at) && !word_number(word, at)) {
        answer(c->out, "diff `%.40s': a moment such as @152,123,403 is expected.", word);
        return false;
    }
    return control_back(c, *at);
}

static void
diff(struct control *c, const struct asked *a)
{
    uint64 here = machine_position(c->m), t1, t2, satp;
    unsigned hart = c->hart;
    if (!need_tree(c, a->words > 3 ? a->word[3] : NULL, &satp))
        return;
    if (need_moment(c, a->word[1], &t1)) {
        struct ranges was = ranges_of(c->m, satp);
        if (need_moment(c, a->word[2], &t2)) {
            struct ranges is = ranges_of(c->m, satp);
            fprintf(c->out, said("the tree at " X ", from @%s to @%s\n"), (uint64_t)satp_root(satp),
                    digits(t1).text, digits(t2).text);
            unsigned lines = compare(c->out, &was, &is);
            fprintf(c->out, said("%u difference%s\n"), lines, plural(lines));
            free(is.of);
        }
        free(was.of);
    }
    control_back(c, here);
    c->hart = hart;
}

const struct command tree_commands[] = {
    {"map", "[ROOT]", 0, 1, map, "what the hart's tree maps, or that of a root"},
    {"tree", "[ROOT]", 0, 1, tree, "its tables"},
    {"diff", "TIME TIME [ROOT]", 2, 3, diff, "what differs in it between two moments"},
    {NULL, NULL, 0, 0, NULL, NULL},
};
