// SPDX-License-Identifier: MIT
// run.c - makes a machine, gives harts their turns, moves the clock.
#include "run.h"

#include "base/mem.h"
#include "base/random.h"
#include "board/board.h"
#include "hart/csr.h"
#include "hart/execute.h"
#include "hart/trap.h"
#include "time/snapshot.h"

#define CODE_PAGES 512
#define NEVER      (~0ULL)

// --- making it -------------------------------------------------------------------------------

static bool
alloc_lanes(struct machine *m, machine_alloc alloc)
{
    for (unsigned h = 0; h < m->config.harts; h++) {
        m->lane[h].contexts = alloc(sizeof(struct context_set));
        if (m->lane[h].contexts == NULL)
            return false;
    }
    return true;
}

static bool
alloc_code(struct machine *m, machine_alloc alloc)
{
    size_t frames = (size_t)(m->ram.size >> PAGE_BITS);
    struct code *c = m->code = alloc(sizeof(struct code));
    if (c == NULL)
        return false;
    c->pages = CODE_PAGES;
    c->page = alloc(CODE_PAGES * sizeof(struct code_page));
    c->index = alloc(frames * sizeof(c->index[0]));
    m->trees.of_page = alloc(frames * sizeof(m->trees.of_page[0]));
    m->trees.level = alloc(frames);
    m->stored = alloc(frames * sizeof(m->stored[0]));
    if (c->page == NULL || c->index == NULL || m->trees.of_page == NULL || m->trees.level == NULL ||
        m->stored == NULL)
        return false;
    execute_setup(c);
    return true;
}

struct machine *
machine_new(const struct config *config, uint64 ram, machine_alloc alloc)
{
    struct machine *m = alloc(sizeof(struct machine));
    if (m == NULL)
        return NULL;
    m->config = *config;
    m->ram = (struct ram){RAM_BASE, ram, alloc((size_t)ram), alloc((size_t)(ram >> PAGE_BITS))};
    m->loop_search = alloc(sizeof(struct loop_search));
    if (m->loop_search == NULL || m->ram.bytes == NULL || m->ram.marks == NULL ||
        !alloc_lanes(m, alloc) || !alloc_code(m, alloc))
        return NULL;
    m->store_epoch = m->all_epoch = 1;
    m->clock_limit = NEVER;
    m->s.turns.random = random_seed(config->seed);
    m->s.turns.weight = 1u << CLOCK_FRACTION;
    for (unsigned h = 0; h < config->harts; h++) {
        csr_reset(m, h);
        m->lane[h].sharp_amo = config->sharp & SHARP_AMO;
        contexts_anew(m, h);
    }
    board_reset(m);
    return m;
}

bool
machine_disk(struct machine *m, unsigned slot, uint8 *bytes, uint64 size, bool readonly,
             machine_alloc alloc)
{
    uint64 pages = (size + PAGE_BYTES - 1) >> PAGE_BITS;
    m->disk[slot] = (struct ram){0, pages << PAGE_BITS, bytes, alloc((size_t)pages)};
    m->disk_sectors[slot] = size / 512;
    m->disk_readonly[slot] = readonly;
    return m->disk[slot].marks != NULL;
}

// --- where it is -----------------------------------------------------------------------------

// Steps of the present turn so far.
static uint64
turn_steps(const struct machine *m)
{
    const struct lane *l = &m->lane[m->turn_hart];
    return l->granted - l->budget;
}

uint64
machine_position(const struct machine *m)
{
    return m->s.turns.retired + turn_steps(m);
}

uint64
machine_clock(const struct machine *m)
{
    return m->s.turns.clock + turn_steps(m) * m->s.turns.weight;
}

uint64
machine_time(const struct machine *m)
{
    return (machine_clock(m) >> CLOCK_FRACTION) / CYCLES_PER_TICK + m->s.clint.offset;
}

uint64
machine_steps(const struct machine *m, unsigned hart)
{
    return m->s.hart[hart].steps + (hart == m->turn_hart ? turn_steps(m) : 0);
}

uint64
machine_retired(const struct machine *m, unsigned hart)
{
    bool inside = hart == m->turn_hart && turn_steps(m) != 0;
    return machine_steps(m, hart) - inside;
}

void
machine_attention(struct machine *m, unsigned id)
{
    m->lane[id].attention = true;
}

void
turns_cut(struct machine *m, unsigned hart)
{
    m->turn_cut = true;
    m->lane[hart].attention = true;
}

void
turns_sharp(struct machine *m, unsigned hart)
{
    if (random_below(&m->s.turns.random, 2) == 0)
        turns_cut(m, hart);
}

// --- turns -----------------------------------------------------------------------------------

static bool
awake(const struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    return !h->waiting || (trap_pending(m, hart) & h->mie) != 0;
}

// The cycle at which the supervisor timer of a hart is due (Sstc), or NEVER.
static uint64
sstc_due(const struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    if (!(h->menvcfg & MENVCFG_STCE) || h->stimecmp <= machine_time(m) ||
        h->stimecmp > NEVER / CYCLES_PER_TICK)
        return NEVER;
    return (h->stimecmp - m->s.clint.offset) * CYCLES_PER_TICK;
}

uint64
machine_due(const struct machine *m)
{
    uint64 due = board_due(m);
    for (unsigned h = 0; h < m->config.harts; h++) {
        uint64 timer = sstc_due(m, h);
        if (timer < due)
            due = timer;
    }
    return due > NEVER >> CLOCK_FRACTION ? NEVER : due << CLOCK_FRACTION;
}

// Returns whether the hart is awake and does something.
static bool
busy(const struct machine *m, unsigned hart)
{
    return awake(m, hart) && (m->s.hart[hart].rest == REST_NONE || trap_due(m, hart));
}

// How many harts make the clock move.
static uint32
running(const struct machine *m)
{
    uint32 n = 0;
    for (unsigned h = 0; h < m->config.harts; h++)
        n += busy(m, h);
    return n;
}

// Returns whether the hart is known to rest, and no other has been busy since.
static bool
surely_rests(const struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    return h->rest != REST_NONE && h->rest_at >= m->s.turns.busy_at && !trap_due(m, hart);
}

// The next hart after the present one that shall run, or -1. Busy ones and those that wait in
// short loops come in turn; one in a long loop now and then, or when no other is left.
static int
next_hart(struct machine *m)
{
    unsigned n = m->config.harts;
    bool all = random_below(&m->s.turns.random, 16) == 0;
    for (unsigned i = 1; i <= 2 * n; i++) {
        unsigned h = (m->s.turns.hart + i) % n;
        bool rests = i <= n && !all && m->s.hart[h].rest == REST_IDLE && !trap_due(m, h);
        if (awake(m, h) && !rests && !surely_rests(m, h))
            return (int)h;
    }
    return -1;
}

static uint64
later(uint64 a, uint64 b)
{
    return a > b ? a : b;
}

// The clock jumps to the next event. Returns false if there is none, or none within the limit.
static bool
jump_clock(struct machine *m)
{
    uint64 due = machine_due(m);
    if (due == NEVER || due > m->clock_limit)
        return false;
    if (due > m->s.turns.clock)
        m->s.turns.clock = due;
    m->s.turns.busy_at = later(m->s.turns.retired, m->s.turns.busy_at) + 1;
    return true;
}

// Draws the length of a turn: at most until the next event.
static uint64
draw_length(struct machine *m, bool long_one)
{
    struct turns *t = &m->s.turns;
    uint64 length = long_one ? IDLE_TURN : 1 + random_below(&t->random, 2 * m->config.mean_turn);
    uint64 due = machine_due(m);
    if (due != NEVER && due > t->clock) {
        uint64 until = (due - t->clock) / t->weight + 1;
        if (until < length)
            length = until;
    }
    return length;
}

// Another hart may store now: the reservation of the one that ran ends.
static void
switch_to(struct machine *m, unsigned hart)
{
    struct turns *t = &m->s.turns;
    if (hart != t->hart)
        m->s.hart[t->hart].reserved = NEVER;
    t->hart = hart;
}

// Gives the turn to a hart and draws its length.
static void
give_turn(struct machine *m, unsigned hart)
{
    struct turns *t = &m->s.turns;
    struct hart *h = &m->s.hart[hart];
    switch_to(m, hart);
    h->waiting = false;
    h->quiet++;
    uint32 n = running(m);
    t->weight = (1u << CLOCK_FRACTION) / (n == 0 ? 1 : n);
    t->watched = h->rest == REST_IDLE || rest_worth(m, hart);
    t->left = draw_length(m, t->watched);
    if (t->watched)
        rest_begin(m, hart);
}

// Chooses which hart runs next and for how long. Returns false if none can go on without input;
// asking again then changes nothing.
static bool
begin_turn(struct machine *m)
{
    board_tick(m);
    code_tidy(m);
    uint64 random = m->s.turns.random;
    int next = next_hart(m);
    if (next < 0 && jump_clock(m))
        return true;
    if (next < 0) {
        m->s.turns.random = random;
        return false;
    }
    if (!trap_due(m, (unsigned)next) && rest_spins(m, (unsigned)next)) {
        m->s.hart[next].rest = REST_SPIN;
        m->s.hart[next].rest_at = later(m->s.turns.retired, m->s.turns.busy_at);
        switch_to(m, (unsigned)next);
        return true;
    }
    give_turn(m, (unsigned)next);
    return true;
}

// The turn is over. Notes what it showed of the hart.
static void
end_turn(struct machine *m)
{
    struct turns *t = &m->s.turns;
    struct hart *h = &m->s.hart[t->hart];
    t->left = 0;
    h->rest = t->watched && rest_end(m, t->hart) ? REST_IDLE : REST_NONE;
    h->rest_at = later(t->retired, t->busy_at);
    if (h->rest == REST_NONE)
        t->busy_at = later(t->retired, t->busy_at + 1);
    t->watched = false;
}

// Lets the hart run for `steps`, taking interrupts. Fewer if its turn ends before.
static void
run_lane(struct machine *m, unsigned hart, uint64 steps)
{
    struct hart *h = &m->s.hart[hart];
    struct lane *l = &m->lane[hart];
    l->granted = l->budget = steps;
    while (l->budget != 0 && m->stop == STOP_NONE && !m->turn_cut && !h->waiting) {
        l->attention = false;
        trap_interrupt(m, hart);
        execute(m, hart);
    }
}

// Runs the present turn for at most `most` steps and accounts for them.
static void
run_turn(struct machine *m, uint64 most)
{
    struct turns *t = &m->s.turns;
    struct hart *h = &m->s.hart[t->hart];
    m->turn_hart = t->hart;
    m->turn_cut = false;
    run_lane(m, t->hart, t->left < most ? t->left : most);
    uint64 used = turn_steps(m);
    t->retired += used;
    h->steps += used;
    t->clock += used * t->weight;
    t->left -= used;
    m->lane[t->hart].granted = m->lane[t->hart].budget = 0;
    if (m->turn_cut || h->waiting || t->left == 0)
        end_turn(m);
}

bool
machine_turn(struct machine *m)
{
    while (m->s.turns.left == 0)
        if (!begin_turn(m))
            return false;
    return true;
}

enum stop
machine_run(struct machine *m, uint64 steps)
{
    struct turns *t = &m->s.turns;
    uint64 end = t->retired + steps;
    m->stop = STOP_NONE;
    while (m->stop == STOP_NONE && t->retired < end) {
        if (t->left == 0 && !begin_turn(m))
            return STOP_IDLE;
        if (t->left != 0)
            run_turn(m, end - t->retired);
        if (m->history != NULL && t->left == 0)
            history_tick(m);
    }
    return m->stop;
}
