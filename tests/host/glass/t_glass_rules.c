// SPDX-License-Identifier: MIT
// t_glass_rules.c - the rules about TLBs: for each one a short story, and the expected report of
// the machine.
//
// Two trees, A and B, are in memory, each with a root, a middle and a leaf table. A story writes
// satp, changes entries, fences, and accesses pages. An access says what it expects: that it
// succeeds or faults, and whether a stale translation is reported.
// SOURCES: machine/*.c machine/board/*.c machine/hart/*.c machine/mmu/*.c machine/time/*.c machine/sight/*.c
// SOURCES: machine/check/*.c kernel/pt/read/translate.c
#include "rulestories.h"
#include "test.h"

#include "hart/csr.h"
#include "hart/csrs.h"
#include "mmu/access.h"
#include "mmu/contexts.h"
#include "mmu/fetched.h"
#include "run.h"

static unsigned reports;

static void
count_report(void *arg, struct machine *m, const struct stale *s)
{
    (void)arg;
    (void)m;
    (void)s;
    reports++;
}

static void *blocks[64];
static unsigned nblocks;

static void *
zeroed(size_t bytes)
{
    return blocks[nblocks++] = calloc(1, bytes);
}

static void
put(struct machine *m, unsigned hart, uint64 page, uint64 index, uint64 pte)
{
    ram_store(m, hart, PAGE(page) + index * 8, 8, pte);
}

static void
make_tree(struct machine *m, unsigned first, unsigned data)
{
    put(m, 0, first, 0, pte_make(PAGE(first + 1), PTE_V));
    put(m, 0, first + 1, 0, pte_make(PAGE(first + 2), PTE_V));
    put(m, 0, first + 2, 1, TO(data));
}

// A new machine; the one before is gone.
static struct machine *
world(enum tlb_mode tlb)
{
    while (nblocks != 0)
        free(blocks[--nblocks]);
    struct config c = {.harts = 2, .mmu = 39, .mean_turn = 1000, .no_pmp = true, .tlb = tlb};
    struct machine *m = machine_new(&c, PAGES * PAGE_BYTES, zeroed);
    CHECK(m != NULL);
    m->host.stale = count_report;
    for (unsigned h = 0; h < 2; h++)
        m->s.hart[h].mode = MODE_U;
    make_tree(m, A, DATA + 1);
    make_tree(m, B, DATA + 2);
    put(m, 0, SPARE, 1, TO(DATA + 8));
    return m;
}

static void
write_satp(struct machine *m, unsigned hart, uint64 page, uint64 asid)
{
    uint64 old = m->s.hart[hart].satp, satp = MAKE_SATP(3, asid, PAGE(page));
    m->s.hart[hart].satp = satp;
    remember_satp(m, hart, old, satp, 0);
    contexts_select(m, hart);
}

static void
access_page(struct machine *m, unsigned hart, const struct step *s, const char *name)
{
    bool store = s->verb == WRITE || s->verb == WRITE_BAD || s->verb == WRITE_OLD;
    bool bad = s->verb == READ_BAD || s->verb == WRITE_BAD;
    bool old = s->verb == READ_OLD || s->verb == WRITE_OLD;
    uint64 value, va = s->a * PAGE_BYTES;
    unsigned before = reports;
    bool done = store ? store_slow(m, hart, va, 8, 1) : load_slow(m, hart, va, 8, &value);
    if ((reports != before) != old || (!old && done == bad))
        printf("%s: access to page %ld: %s, %u reports\n", name, (long)s->a,
               done ? "succeeds" : "faults", reports - before);
    CHECK_EQ(reports != before, old);
    if (!old)
        CHECK_EQ(done, !bad);
}

static uint64
memory(struct machine *m, uint64 pa, int bytes)
{
    uint64 value = 0;
    memcpy(&value, ram_at(&m->ram, pa), (size_t)bytes);
    return value;
}

// The hart writes a register in M-mode.
static void
write_register(struct machine *m, unsigned hart, unsigned number, uint64 value)
{
    struct hart *h = &m->s.hart[hart];
    uint8 mode = h->mode;
    bool wrote;
    h->mode = MODE_M;
    h->x[5] = value;
    CHECK(csr_execute(m, hart, number << 20 | 5 << 15 | 1 << 12 | 0x73, &wrote));
    h->mode = mode;
    contexts_select(m, hart);
}

// Entry 0 is the page, without rights; entry 1 all memory, with all.
static void
deny(struct machine *m, unsigned hart, uint64 page)
{
    write_register(m, hart, CSR_PMPADDR0, PAGE(page) >> 2 | (PAGE_BYTES / 8 - 1));
    write_register(m, hart, CSR_PMPADDR0 + 1, ~0ULL);
    write_register(m, hart, CSR_PMPCFG0, 0x1f18);
}

static void
run_page(struct machine *m, unsigned hart, const struct step *s, const char *name)
{
    struct code_page *page;
    unsigned before = reports;
    CHECK(fetch_slow(m, hart, s->a * PAGE_BYTES, &page));
    if ((reports != before) != (s->verb == RUN_OLD))
        printf("%s: page %ld is executed: %u reports\n", name, (long)s->a, reports - before);
    CHECK_EQ(reports != before, s->verb == RUN_OLD);
}

// A step that is a fence, or a part of one.
static void
fence(struct machine *m, unsigned hart, const struct step *s)
{
    switch (s->verb) {
    case FENCE:
        remember_fence(m, hart, false, 0, false, 0);
        break;
    case FENCE_ID:
        remember_fence(m, hart, false, 0, true, (uint32)s->a);
        break;
    case FENCE_VA:
    case FENCE_VA_ID:
        remember_fence(m, hart, true, s->a * PAGE_BYTES, s->verb == FENCE_VA_ID, (uint32)s->b);
        break;
    case INVAL_BEFORE:
        remember_inval_before(m, hart);
        break;
    case INVAL:
    case INVAL_VA:
        remember_inval(m, hart, s->verb == INVAL_VA, s->a * PAGE_BYTES, false, 0);
        break;
    case INVAL_AFTER:
        remember_inval_after(m, hart);
        break;
    default:
        fetched_fence(m, hart);
    }
}

// A step that changes the hart or memory otherwise.
static void
change(struct machine *m, unsigned hart, const struct step *s)
{
    switch (s->verb) {
    case SATP:
        write_satp(m, hart, s->a, s->b);
        break;
    case PUT:
        put(m, hart, s->a, s->b, s->c);
        break;
    case STORE:
        put(m, hart, s->a, 0, 0x13);
        break;
    case PMP:
        deny(m, hart, s->a);
        break;
    case TLB:
        m->config.tlb = (enum tlb_mode)s->a;
        break;
    case SVADE:
        m->config.svade = true;
        break;
    default:
        m->s.hart[hart].mode = (uint8)s->a;
        contexts_select(m, hart);
    }
}

// A step that uses an address, or tells a change of memory.
static void
look(struct machine *m, unsigned hart, const struct step *s, const char *name)
{
    switch (s->verb) {
    case RUN:
    case RUN_OLD:
        run_page(m, hart, s, name);
        break;
    case WRITE_ACROSS:
        CHECK(!store_slow(m, hart, (s->a + 1) * PAGE_BYTES - 4, 8, s->b));
        break;
    case ENTRY:
        CHECK_EQ(memory(m, PAGE(s->a) + s->b * 8, 8), s->c);
        break;
    case HOLDS:
        CHECK_EQ(memory(m, PAGE(s->a + 1) - 4, 4), s->b);
        break;
    case SPURIOUS:
        CHECK_EQ(m->s.hart[hart].remembered.spurious, s->a);
        break;
    default:
        access_page(m, hart, s, name);
    }
}

static void
tell(const struct story *story)
{
    struct machine *m = world(TLB_STRICT);
    unsigned hart = 0;
    for (const struct step *s = story->step; s->verb != END; s++) {
        if (s->verb == OTHER)
            hart = 1 - hart;
        else if (s->verb < FIRST_CHANGE)
            fence(m, hart, s);
        else if (s->verb < FIRST_USE)
            change(m, hart, s);
        else
            look(m, hart, s, story->name);
    }
}

// The adversary makes a mistake visible: the value comes from the page that was mapped before.
static void
test_adversary(void)
{
    static const struct {
        enum tlb_mode tlb;
        unsigned expected; // the data page that is read
    } modes[] = {
        {TLB_STRICT, DATA + 9}, {TLB_LAX, DATA + 9}, {TLB_OLDEST, DATA + 1}, {TLB_LATE, DATA + 1}};
    for (size_t i = 0; i < NELEM(modes); i++) {
        struct machine *m = world(modes[i].tlb);
        uint64 value;
        for (unsigned page = DATA; page < DATA + 16; page++)
            put(m, 0, page, 0, page);
        write_satp(m, 0, A, 0);
        remember_fence(m, 0, false, 0, false, 0);
        put(m, 0, A + 2, 1, TO(DATA + 9));
        CHECK(load_slow(m, 0, PAGE_BYTES, 8, &value));
        CHECK_EQ(value, modes[i].expected);
        remember_fence(m, 0, false, 0, false, 0);
        CHECK(load_slow(m, 0, PAGE_BYTES, 8, &value));
        CHECK_EQ(value, DATA + 9);
    }
}

// A freed table that becomes an ordinary page is no table any more, and nothing is reported of it.
static void
test_reuse(void)
{
    struct machine *m = world(TLB_STRICT);
    write_satp(m, 0, A, 0);
    remember_fence(m, 0, false, 0, false, 0);
    write_satp(m, 0, B, 0);
    remember_fence(m, 0, false, 0, false, 0);
    CHECK(*ram_marks(&m->ram, PAGE(A)) & RAM_TABLE);
    put(m, 0, A, 7, 0x1234);
    CHECK(!(*ram_marks(&m->ram, PAGE(A)) & RAM_TABLE));
    CHECK(*ram_marks(&m->ram, PAGE(B)) & RAM_TABLE);
}

// More changes than the log holds: the oldest are forgotten, nothing wrong is said.
static void
test_overflow(void)
{
    struct machine *m = world(TLB_STRICT);
    uint64 value;
    unsigned before = reports;
    write_satp(m, 0, A, 0);
    remember_fence(m, 0, false, 0, false, 0);
    put(m, 0, A + 2, 1, TO(DATA + 9));
    for (unsigned i = 0; i < 2 * TABLE_CHANGES; i++)
        put(m, 0, A + 2, 100, i % 2 ? TO(DATA + 3) : TO(DATA + 4));
    CHECK(load_slow(m, 0, PAGE_BYTES, 8, &value));
    CHECK_EQ(reports, before);
}

int
main(void)
{
    for (size_t i = 0; i < NELEM(stories); i++)
        tell(&stories[i]);
    test_adversary();
    test_reuse();
    test_overflow();
    while (nblocks != 0)
        free(blocks[--nblocks]);
    return test_done();
}
