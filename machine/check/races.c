// SPDX-License-Identifier: MIT
// races.c - data races on the kernel's variables (--races).
//
// Theory    Two accesses of two harts race if neither comes before the other (check/clocks.h).
//           Locks, AMO and LR/SC hand the order on; so do a fence before a store and a load of that
//           word.
//           Two patterns are reported:
//           (1) Two plain stores race, and the second changes the value: one of them is lost.
//           (2) A function stores a word under a lock, releases the lock, reads the word again and
//               branches. Other harts store the word under that lock: the value that it reads may
//               be theirs, whether they race in this run or not.
//           Other reads without a lock are not reported: most are harmless, and this check cannot
//           tell which.
// Promises  silence: ordered accesses are never reported, nor stores of the value that is there.
#include "check/races.h"

#include "check/clocks.h"
#include "check/locktable.h"
#include "check/sleeplocks.h"
#include "check/unlocked.h"
#include "hart/opcodes.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/guest.h"

#define PAGES_MAX    2048 // of the kernel's variables that are watched
#define RECENT       8
#define RECENT_LOCKS 3
#define RECENT_STEPS 20000 // of all harts
#define NEARBY       6     // instructions around an access in which a fence is looked for

enum { S0 = 8 };

// A store, in short.
struct stored {
    uint64 pc, when, lock; // lock: the last one that the hart had taken; 0: none
    uint32 clock;          // of the hart; 0: there was no store
    uint8 hart;
};

// The last stores to four bytes.
struct access {
    struct stored last, other; // `other` is the last one by another hart than `last`
    bool atomic;               // the last one was by AMO or SC
    bool handed;               // ... or after a fence: harts that load it see the stores before it
};

// A store under a lock, for the reading again.
struct recent {
    uint64 word, frame, function, when;
    uint64 lock[RECENT_LOCKS]; // the one that was taken last comes first; 0: none
};

struct hart_races {
    struct recent recent[RECENT];
    uint32 next;
};

#define CODES 1024 // a power of two

struct races {
    uint64 base; // of the pages that are watched
    uint32 pages;
    struct access *word;
    struct hart_races hart[HARTS_MAX];
    struct clocks clocks;
    struct {
        uint64 pc;
        bool atomic, fence;
    } code[CODES]; // the known instructions that store and load
};

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

// Returns whether there is a fence among the instructions before `pc`.
static bool
fence_before(const struct machine *m, unsigned hart, uint64 pc)
{
    for (uint64 n = 2; n <= 4 * NEARBY; n += 2)
        if ((instruction(m, hart, pc - n) & 0xf00fffff) == 0x0000000f)
            return true;
    return false;
}

// Returns whether the hart's present instruction is an AMO. Sets whether a fence stands before it.
static bool
look_at(const struct machine *m, struct races *r, unsigned hart, bool *fence)
{
    uint64 pc = m->s.hart[hart].pc;
    uint32 i = (uint32)(pc >> 1) % CODES;
    if (r->code[i].pc != pc) {
        r->code[i].pc = pc;
        r->code[i].atomic = opcode_of(instruction(m, hart, pc)) == OPCODE_AMO;
        r->code[i].fence = fence_before(m, hart, pc);
    }
    *fence = r->code[i].fence;
    return r->code[i].atomic;
}

// Returns whether there is a branch among the instructions after `pc`.
static bool
decides(const struct machine *m, unsigned hart, uint64 pc)
{
    for (int i = 0; i < NEARBY; i++) {
        uint32 raw = instruction(m, hart, pc);
        bool wide = (raw & 3) == 3;
        if (wide ? opcode_of(raw) == OPCODE_BRANCH : (raw & 0xc003) == 0xc001)
            return true;
        pc += wide ? 4 : 2;
    }
    return false;
}

// --- reports ---------------------------------------------------------------------------------

// Returns a noted store as a moment.
static struct moment
moment_of(const struct machine *m, const struct stored *x)
{
    struct moment base = {.pc = {1}, .mode = MODE_S};
    return (struct moment){.position = x->when,
                           .pc = {(uint32)(x->pc - moment_pc(m, &base, 0)) + 1},
                           .pid = -1,
                           .hart = x->hart,
                           .mode = MODE_S};
}

static void
finish(struct machine *m, struct report *r, const struct stored *other, enum word rule,
       enum word todo)
{
    struct fact *f = report_since(r, WORD_RACE_OTHER);
    f->arg[0] = r->what.arg[0];
    f->moment = moment_of(m, other);
    r->rule.word = rule;
    r->todo = (struct fact){.word = todo, .arg = {r->what.arg[0], r->site}};
    report_send(m, r);
}

// Reports two stores that race. The one without a lock is the guilty one.
static void
tell_stores(struct machine *m, const struct access *w, unsigned hart, uint64 pa, uint64 lock)
{
    struct report r;
    bool other = lock != 0 && w->last.lock == 0;
    uint64 here = m->s.hart[hart].pc, guilty = other ? w->last.pc : here;
    report_begin(m, &r, REPORT_RACE, hart, guilty);
    r.what = (struct fact){.word = WORD_RACE_STORES,
                           .arg = {pa, guilty, hart, w->last.hart, other ? here : w->last.pc},
                           .moment = r.moment};
    finish(m, &r, &w->last, WORD_RACE_STORES_RULE, WORD_RACE_STORES_DO);
}

// Reports that the hart has read the word again after another hart's store.
static void
tell_check(struct machine *m, unsigned hart, uint64 pa, const struct stored *other, uint64 lock)
{
    struct report r;
    uint64 guilty = m->s.hart[hart].pc;
    report_begin(m, &r, REPORT_RACE, hart, guilty);
    r.what = (struct fact){.word = WORD_RACE_CHECK, .arg = {pa, guilty, lock}, .moment = r.moment};
    finish(m, &r, other, WORD_RACE_CHECK_RULE, WORD_RACE_CHECK_DO);
}

// --- accesses --------------------------------------------------------------------------------

static struct access *
word_at(struct races *r, uint64 pa)
{
    return &r->word[(pa - r->base) >> 2];
}

// Returns where the function of the present instruction begins; 0: not known.
static uint64
function_now(const struct machine *m, unsigned hart)
{
    uint64 offset, pc = m->s.hart[hart].pc;
    return symbols_find(&m->sight->symbols, pc, &offset) != NULL ? pc - offset : 0;
}

// Returns whether the hart holds none of the locks that it held at the store.
static bool
holds_none(const struct machine *m, unsigned hart, const struct recent *x)
{
    for (unsigned i = 0; i < RECENT_LOCKS; i++)
        if (x->lock[i] != 0 && locktable_held(locktable(m), hart, x->lock[i]) != NULL)
            return false;
    return true;
}

// Returns the lock under which the hart has stored the word in the present call, and which it has
// released since; 0: there is none.
static uint64
let_go(const struct machine *m, const struct hart_races *h, unsigned hart, uint64 pa)
{
    for (unsigned i = 0; i < RECENT; i++) {
        const struct recent *x = &h->recent[i];
        if (x->word == pa && x->frame == m->s.hart[hart].x[S0] &&
            m->sight->now - x->when < RECENT_STEPS && x->function == function_now(m, hart))
            return holds_none(m, hart, x) ? x->lock[0] : 0;
    }
    return 0;
}

static void
load_word(struct machine *m, struct races *r, unsigned hart, uint64 pa)
{
    const struct access *w = word_at(r, pa);
    if (w->handed)
        clocks_take(&r->clocks, hart, pa);
    uint64 lock = let_go(m, &r->hart[hart], hart, pa);
    const struct stored *other = w->last.hart != hart ? &w->last : &w->other;
    if (lock != 0 && other->clock != 0 && other->lock == lock && !sleeplocks_held(m, hart) &&
        decides(m, hart, m->s.hart[hart].pc))
        tell_check(m, hart, pa, other, lock);
}

static void
load(struct machine *m, unsigned hart, uint64 pa, int bytes)
{
    struct races *r = SIGHT_STATE(m, races, struct races);
    bool fence;
    if (bytes < 4 || locktable(m)->over)
        return;
    if (look_at(m, r, hart, &fence)) {
        clocks_take(&r->clocks, hart, pa & ~3ULL);
        return;
    }
    for (int i = 0; i < bytes; i += 4)
        load_word(m, r, hart, (pa & ~3ULL) + (uint64)i);
}

// Returns the lock that the hart has taken last; 0: none.
static uint64
innermost(const struct machine *m, unsigned hart)
{
    const struct hart_locks *h = &locktable(m)->hart[hart];
    return h->count > 0 ? h->held[h->count - 1].lock : 0;
}

static void
note(const struct machine *m, struct races *r, unsigned hart, struct access *w)
{
    if (w->last.hart != hart)
        w->other = w->last;
    w->last = (struct stored){.pc = m->s.hart[hart].pc,
                              .when = m->sight->now,
                              .lock = innermost(m, hart),
                              .clock = clocks_now(&r->clocks, hart),
                              .hart = (uint8)hart};
}

// Notes a store under locks.
static void
remember(const struct machine *m, struct hart_races *h, unsigned hart, uint64 pa)
{
    const struct hart_locks *held = &locktable(m)->hart[hart];
    struct recent *x = &h->recent[h->next++ % RECENT];
    *x = (struct recent){.word = pa, .frame = m->s.hart[hart].x[S0]};
    x->when = m->sight->now;
    x->function = function_now(m, hart);
    for (uint32 i = 0; i < RECENT_LOCKS && i < held->count; i++)
        x->lock[i] = held->held[held->count - 1 - i].lock;
}

static void
store_word(struct machine *m, struct races *r, unsigned hart, uint64 pa, bool fence)
{
    struct access *w = word_at(r, pa);
    struct hart_races *h = &r->hart[hart];
    uint64 lock = innermost(m, hart);
    if (w->last.clock != 0 && !w->atomic &&
        !clocks_ordered(&r->clocks, hart, w->last.hart, w->last.clock))
        tell_stores(m, w, hart, pa, lock);
    note(m, r, hart, w);
    w->atomic = false;
    w->handed = fence;
    if (fence)
        clocks_give(&r->clocks, hart, pa);
    if (lock != 0)
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
        note(m, r, hart, w);
        w->atomic = w->handed = true;
        counters_atomic(m, hart, value);
        clocks_give(&r->clocks, hart, pa & ~3ULL);
        return;
    }
    for (int i = 0; i < bytes; i += 4, value >>= 32) {
        uint64 at = (pa & ~3ULL) + (uint64)i;
        if (*(const uint32 *)ram_at(&m->ram, at) != (uint32)value) {
            unlocked_store(m, hart, at, (uint32)value);
            store_word(m, r, hart, at, fence);
        }
    }
}

// --- for other checks --------------------------------------------------------------------------

bool
races_on(const struct machine *m)
{
    return m->sight->on >> CHECK_races & 1;
}

uint32
races_clock(const struct machine *m, unsigned hart)
{
    return clocks_now(&SIGHT_STATE(m, races, struct races)->clocks, hart);
}

bool
races_ordered(const struct machine *m, unsigned hart, unsigned other, uint32 clock)
{
    return clocks_ordered(&SIGHT_STATE(m, races, struct races)->clocks, hart, other, clock);
}

// --- other events ----------------------------------------------------------------------------

static void
called(struct machine *m, const struct call *c)
{
    if (c->what == KNOWN_RELEASE)
        clocks_give(&SIGHT_STATE(m, races, struct races)->clocks, c->hart, c->arg[0]);
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    (void)result;
    clocks_take(&SIGHT_STATE(m, races, struct races)->clocks, c->hart, c->arg[0]);
}

// Watches the pages of the program from `etext` on; without that symbol, all.
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
    return from < end && r->pages <= PAGES_MAX && ram_has(&m->ram, r->base, 1) &&
           ram_has(&m->ram, end - 1, 1);
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
        sight_watch(m, CHECK_races, r->base + i * PAGE_BYTES, WATCH_LOADS | WATCH_STORES);
    clocks_start(&r->clocks);
    return true;
}

const struct check races_check = {
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
