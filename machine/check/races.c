// SPDX-License-Identifier: MIT
// races.c - data races on the kernel's variables (--races).
//
// Theory    Each hart counts an own clock, and knows of each other hart's clock the value up to
//           which what that one did comes before what this one does now. Such knowledge is handed on
//           by locks, by AMO and LR/SC, and by a fence before a store and behind a load of the same
//           word. A race is a pair of accesses by two harts of which neither comes before the other.
//           Two kinds of pairs are told, for they are mistakes whatever the value is used for:
//           both are plain stores, and the second changes the value (one of them is lost);
//           a function stores a word under a lock, lets go of the lock, and reads the word again,
//           while another hart stores it (the decision that it takes is another hart's as well).
//           Any other read without a lock is let pass: a peek that is looked at again under the lock,
//           or a clock that is read, does no harm, and nobody can tell these from those that do.
// Promises  silence: what is ordered is never told, nor stores of the same value.
#include "check/locktable.h"

#include "machine.h"
#include "sight/guest.h"
#include "sight/watcher.h"

#define SYNCS_MAX 8192 // a power of two
#define PAGES_MAX 2048 // of the kernel's variables that are watched
#define RECENT    8
#define NEARBY    6  // instructions around an access in which a fence is looked for

enum { S0 = 8 };

typedef uint32 clocks[HARTS_MAX];

// What hands knowledge on: a lock, or a word.
struct sync {
    uint64 at; // 0: an empty slot
    clocks known;
};

// The last accesses to four bytes.
struct access {
    uint32 stored;   // clock of the hart that stored last; 0: none
    uint8 by;        // that hart
    bool atomic;     // ... by AMO or SC
    bool handed;     // ... behind a fence: who loads it learns what that hart did
    uint8 checkers;  // harts that have read it again without the lock, as bits
    uint32 checked;  // clock of the last of these
    bool locked;     // the hart that stored held a lock
    uint64 pc, when; // of the store
};

// A store under a lock, for the reading again.
struct recent {
    uint64 word, lock, frame;
};

struct hart_races {
    clocks known;
    struct recent recent[RECENT];
    uint32 next;
    uint64 checked; // the word that it has read again last
    struct moment check;
};

#define CODES 1024 // a power of two

struct races {
    uint64 base;  // of the pages that are watched
    uint32 pages;
    struct access *word;
    struct hart_races hart[HARTS_MAX];
    struct sync sync[SYNCS_MAX];
    uint32 syncs;
    struct {
        uint64 pc;
        bool atomic, fence;
    } code[CODES]; // what is known of instructions that store and load
};

// --- order -----------------------------------------------------------------------------------

static struct sync *
sync_at(struct races *r, uint64 at)
{
    uint32 i = (uint32)((at * 0x9e3779b97f4a7c15ULL) >> 40) % SYNCS_MAX;
    while (r->sync[i].at != 0 && r->sync[i].at != at)
        i = (i + 1) % SYNCS_MAX;
    if (r->sync[i].at == 0 && r->syncs == SYNCS_MAX / 2)
        return NULL;
    r->syncs += r->sync[i].at == 0;
    r->sync[i].at = at;
    return &r->sync[i];
}

static void
join(clocks to, const clocks from)
{
    for (unsigned i = 0; i < HARTS_MAX; i++)
        if (from[i] > to[i])
            to[i] = from[i];
}

// The hart learns what was handed on there.
static void
take(struct races *r, unsigned hart, uint64 at)
{
    struct sync *s = sync_at(r, at);
    if (s != NULL)
        join(r->hart[hart].known, s->known);
}

// The hart hands on what it knows and did.
static void
give(struct races *r, unsigned hart, uint64 at)
{
    struct sync *s = sync_at(r, at);
    if (s != NULL)
        join(s->known, r->hart[hart].known);
    r->hart[hart].known[hart]++;
}

static bool
ordered(const struct races *r, unsigned hart, unsigned other, uint32 clock)
{
    return hart == other || clock <= r->hart[hart].known[other];
}

// --- instructions ----------------------------------------------------------------------------

static uint32
instruction(const struct machine *m, unsigned hart, uint64 pc)
{
    uint64 low, high = 0;
    if (!guest_read(m, hart, pc, 2, PT_EXEC, &low))
        return 0;
    if ((low & 3) == 3)
        guest_read(m, hart, pc + 2, 2, PT_EXEC, &high);
    return (uint32)(high << 16 | low);
}

// Is there a fence among the instructions before `pc`?
static bool
fence_before(const struct machine *m, unsigned hart, uint64 pc)
{
    for (uint64 n = 2; n <= 4 * NEARBY; n += 2)
        if ((instruction(m, hart, pc - n) & 0xf00fffff) == 0x0000000f)
            return true;
    return false;
}

// Looks at the hart's present instruction: is it an AMO, is there a fence before it?
static bool
look_at(const struct machine *m, struct races *r, unsigned hart, bool *fence)
{
    uint64 pc = m->s.hart[hart].pc;
    uint32 i = (uint32)(pc >> 1) % CODES;
    if (r->code[i].pc != pc) {
        r->code[i].pc = pc;
        r->code[i].atomic = (instruction(m, hart, pc) & 0x7f) == 0x2f;
        r->code[i].fence = fence_before(m, hart, pc);
    }
    *fence = r->code[i].fence;
    return r->code[i].atomic;
}

// --- reports ---------------------------------------------------------------------------------

// A store that was noted, as a moment.
static struct moment
stored_at(const struct machine *m, const struct access *w)
{
    struct moment base = {.pc = {1}, .mode = MODE_S};
    return (struct moment){.position = w->when,
                           .pc = {(uint32)(w->pc - moment_pc(m, &base, 0)) + 1},
                           .pid = -1,
                           .hart = w->by,
                           .mode = MODE_S};
}

// Two stores. The one without a lock is the guilty one.
static void
tell_stores(struct machine *m, const struct access *w, unsigned hart, uint64 pa, bool locked)
{
    struct report r;
    bool other = locked && !w->locked;
    uint64 here = m->s.hart[hart].pc, guilty = other ? w->pc : here;
    report_begin(m, &r, REPORT_RACE, hart, guilty);
    r.what = (struct fact){.word = WORD_RACE_STORES,
                           .arg = {pa, guilty, hart, w->by, other ? here : w->pc},
                           .moment = r.moment};
    struct fact *f = report_since(&r, WORD_RACE_OTHER);
    f->arg[0] = pa;
    f->moment = stored_at(m, w);
    r.rule.word = WORD_RACE_STORES_RULE;
    r.todo = (struct fact){.word = WORD_RACE_STORES_DO, .arg = {pa, guilty}};
    report_send(m, &r);
}

// A hart has read the word again; the other's store is of now, or was before.
static void
tell_check(struct machine *m, const struct moment *check, const struct moment *store, uint64 pa)
{
    struct report r;
    uint64 guilty = moment_pc(m, check, 0);
    report_begin(m, &r, REPORT_RACE, check->hart, guilty);
    r.moment = *check;
    r.what = (struct fact){.word = WORD_RACE_CHECK,
                           .arg = {pa, guilty, check->hart, store->hart},
                           .moment = *check};
    struct fact *f = report_since(&r, WORD_RACE_OTHER);
    f->arg[0] = pa;
    f->moment = *store;
    r.rule.word = WORD_RACE_CHECK_RULE;
    r.todo = (struct fact){.word = WORD_RACE_CHECK_DO, .arg = {pa, guilty}};
    report_send(m, &r);
}

// --- accesses --------------------------------------------------------------------------------

static struct access *
word_at(struct races *r, uint64 pa)
{
    return &r->word[(pa - r->base) >> 2];
}

// The hart has stored the word under a lock in the present call, and has let go of the lock.
static bool
reads_again(const struct machine *m, const struct hart_races *h, unsigned hart, uint64 pa)
{
    struct locktable *t = locktable(m);
    for (unsigned i = 0; i < RECENT; i++)
        if (h->recent[i].word == pa && h->recent[i].frame == m->s.hart[hart].x[S0])
            return locktable_held(t, hart, h->recent[i].lock) == NULL;
    return false;
}

static void
load_word(struct machine *m, struct races *r, unsigned hart, uint64 pa)
{
    struct access *w = word_at(r, pa);
    struct hart_races *h = &r->hart[hart];
    if (w->handed)
        take(r, hart, pa);
    if (!reads_again(m, h, hart, pa))
        return;
    moment_now(m, hart, &h->check);
    h->checked = pa;
    w->checkers |= (uint8)(1u << hart);
    w->checked = h->known[hart];
    struct moment store = stored_at(m, w);
    if (w->stored != 0 && !ordered(r, hart, w->by, w->stored))
        tell_check(m, &h->check, &store, pa);
}

static void
load(struct machine *m, unsigned hart, uint64 pa, int bytes)
{
    struct races *r = SIGHT_STATE(m, races, struct races);
    bool fence;
    if (bytes < 4 || locktable(m)->over)
        return;
    if (look_at(m, r, hart, &fence)) {
        take(r, hart, pa & ~3ULL);
        return;
    }
    for (int i = 0; i < bytes; i += 4)
        load_word(m, r, hart, (pa & ~3ULL) + (uint64)i);
}

// Has another hart read the word again, without knowing of this store?
static void
look_checkers(struct machine *m, struct races *r, unsigned hart, uint64 pa)
{
    struct access *w = word_at(r, pa);
    struct moment now;
    if (w->checkers == 0)
        return;
    moment_now(m, hart, &now);
    for (unsigned g = 0; w->checkers >> g != 0; g++)
        if ((w->checkers >> g & 1) && r->hart[g].checked == pa && !ordered(r, hart, g, w->checked))
            tell_check(m, &r->hart[g].check, &now, pa);
    w->checkers = 0;
}

static void
remember(struct machine *m, struct hart_races *h, unsigned hart, uint64 pa)
{
    const struct hart_locks *locks = &locktable(m)->hart[hart];
    if (locks->count == 0)
        return;
    h->recent[h->next++ % RECENT] =
        (struct recent){pa, locks->held[locks->count - 1].lock, m->s.hart[hart].x[S0]};
}

static void
store_word(struct machine *m, struct races *r, unsigned hart, uint64 pa, bool fence)
{
    struct access *w = word_at(r, pa);
    struct hart_races *h = &r->hart[hart];
    bool locked = locktable(m)->hart[hart].count > 0;
    if (w->stored != 0 && !w->atomic && !ordered(r, hart, w->by, w->stored))
        tell_stores(m, w, hart, pa, locked);
    look_checkers(m, r, hart, pa);
    w->stored = h->known[hart];
    w->by = (uint8)hart;
    w->atomic = false;
    w->handed = fence;
    w->locked = locked;
    w->pc = m->s.hart[hart].pc;
    w->when = m->sight->now;
    if (fence)
        give(r, hart, pa);
    remember(m, h, hart, pa);
}

static void
store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value)
{
    struct races *r = SIGHT_STATE(m, races, struct races);
    bool fence;
    if (bytes < 4 || locktable(m)->over)
        return;
    if (look_at(m, r, hart, &fence)) {
        struct access *w = word_at(r, pa);
        w->stored = r->hart[hart].known[hart];
        w->by = (uint8)hart;
        w->atomic = w->handed = true;
        give(r, hart, pa & ~3ULL);
        return;
    }
    for (int i = 0; i < bytes; i += 4, value >>= 32) {
        uint64 at = (pa & ~3ULL) + (uint64)i;
        if (*(const uint32 *)ram_at(&m->ram, at) != (uint32)value)
            store_word(m, r, hart, at, fence);
    }
}

// --- other events ----------------------------------------------------------------------------

static void
called(struct machine *m, const struct call *c)
{
    if (c->what == KNOWN_RELEASE)
        give(SIGHT_STATE(m, races, struct races), c->hart, c->arg[0]);
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    (void)result;
    take(SIGHT_STATE(m, races, struct races), c->hart, c->arg[0]);
}

// The pages of the program from `etext` on, or all, are watched.
static bool
choose_pages(struct machine *m, struct races *r)
{
    const struct symbols *s = &m->sight->symbols;
    uint64 text, end = 0, from = ~0ULL;
    for (uint32 i = 0; i < s->segments; i++) {
        uint64 last = s->segment[i].pa + s->segment[i].bytes;
        from = s->segment[i].pa < from ? s->segment[i].pa : from;
        end = last > end ? last : end;
    }
    if (symbols_any(s, "etext", &text) && symbols_physical(s, text, &text))
        from = text;
    r->base = (from + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
    r->pages = (uint32)((end - r->base + PAGE_BYTES - 1) >> PAGE_BITS);
    return from < end && r->pages <= PAGES_MAX &&
           ram_has(&m->ram, r->base, 1) && ram_has(&m->ram, end - 1, 1);
}

static bool
start(struct machine *m)
{
    struct races *r = SIGHT_STATE(m, races, struct races);
    if (!m->config.races || locktable(m) == NULL || !choose_pages(m, r))
        return false;
    r->word = sight_alloc(m, r->pages * (PAGE_BYTES / 4) * sizeof(struct access));
    if (r->word == NULL)
        return false;
    for (uint32 i = 0; i < r->pages; i++)
        sight_watch(m, WATCHER_races, r->base + i * PAGE_BYTES, WATCH_LOADS | WATCH_STORES);
    for (unsigned h = 0; h < HARTS_MAX; h++)
        r->hart[h].known[h] = 1;
    return true;
}

const struct watcher races_watcher = {
    .name = "races",
    .bytes = sizeof(struct races),
    .calls = KNOWN_BIT(RELEASE),
    .returns = KNOWN_BIT(ACQUIRE),
    .start = start,
    .called = called,
    .returned = returned,
    .load = load,
    .store = store,
};
