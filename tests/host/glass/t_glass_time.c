// SPDX-License-Identifier: MIT
// t_glass_time.c - snapshots: a run that goes back and forth is the run that went straight on.
//
// The guest is a program of 74 instructions, in M-mode. Its harts take a lock, count, store to one
// of 64 pages, and sleep by timers. Hart 0 reads the UART and adds up the bytes; the others give up
// in the end, so that all harts wait for input now and then.
// SOURCES: machine/*.c machine/board/*.c machine/hart/*.c machine/mmu/*.c machine/time/*.c machine/check/*.c
// SOURCES: machine/sight/*.c kernel/pt/read/translate.c
#include "test.h"

#include "base/mem.h"
#include "base/random.h"
#include "run.h"
#include "time/snapshot.h"
#include "time/stops.h"

static const uint32 program[] = {
    0xf1402473, 0x00100493, 0x01f49493, 0x000109b7, 0x009989b3, 0x000022b7, 0x005484b3, 0x10000937,
    0x00140a13, 0x00000a93, 0x02004b37, 0x00341293, 0x005b0b33, 0x0200cbb7, 0xff8b8b93, 0x0c000c37,
    0x00100293, 0x005900a3, 0x025c2423, 0x00002337, 0x01830333, 0x40000293, 0x00532023, 0x0c200cb7,
    0xfff00293, 0x005b3023, 0x000012b7, 0x88028293, 0x30429073, 0x00100293, 0x0c54a2af, 0xfe029ce3,
    0x0084b303, 0x00130313, 0x0064b423, 0x5851f3b7, 0x42d38393, 0x027a0a33, 0x00da0a13, 0x011a5393,
    0x03f3f393, 0x00c39393, 0x013383b3, 0x0143b023, 0x0a04a02f, 0x02041863, 0x00594e03, 0x001e7e13,
    0x020e0263, 0x00094e83, 0x01d90023, 0x0104bf03, 0x001f1f13, 0x01df0f33, 0x01e4b823, 0x004ca283,
    0x005ca223, 0x001a8a93, 0x03faf293, 0xf80294e3, 0x000bb283, 0x01428293, 0x3ffaf313, 0x00031463,
    0xfff00293, 0x005b3023, 0x10500073, 0xf60404e3, 0x00cad313, 0xf60300e3, 0xfff00293, 0x005b3023,
    0x10500073, 0xf51ff06f};

#define COUNTER    (RAM_BASE + 0x2008) // counts the times that the lock was taken
#define COUNTER_PC (RAM_BASE + 0x88)
#define SUM        (RAM_BASE + 0x2010) // of the bytes that came
#define SUM_PC     (RAM_BASE + 0xd8)
#define UNTOUCHED  (RAM_BASE + 0x3000)
#define PAGES      256

#define MIB    (1ULL << 20)
#define STEPS  2000000ULL
#define PLACES 50

static void *blocks[4096];
static unsigned nblocks;
static uint64 taken; // bytes, since the machine was made
static unsigned printed;

static void *
zeroed(size_t bytes)
{
    CHECK(nblocks < NELEM(blocks));
    taken += bytes;
    return blocks[nblocks++] = calloc(1, bytes);
}

static void
print(void *arg, uint8 byte)
{
    (void)arg;
    (void)byte;
    printed++;
}

// A new machine, with a history if there is a limit; the one before is gone.
static struct machine *
world(unsigned harts, unsigned sharp, uint64 limit)
{
    while (nblocks != 0)
        free(blocks[--nblocks]);
    struct config c = {.harts = harts, .mmu = 39, .mean_turn = 200, .seed = 5, .sharp = sharp};
    struct machine *m = machine_new(&c, PAGES * PAGE_BYTES, zeroed);
    CHECK(m != NULL);
    mem_copy(m->ram.bytes, program, sizeof(program));
    for (unsigned h = 0; h < harts; h++)
        m->s.hart[h].pc = RAM_BASE;
    m->host.console = print;
    taken = 0;
    if (limit != 0) {
        CHECK(history_new(m, zeroed, limit) != NULL);
        m->history->interval = 20000;
    }
    return m;
}

static uint64
word(const struct machine *m, uint64 pa)
{
    uint64 value;
    mem_copy(&value, ram_at(&m->ram, pa), sizeof(value));
    return value;
}

// The place in the run where a byte comes while harts are busy: each 30,000 steps.
#define BUSY_INPUT 30000

// Runs to `end` and gives input on the way, also whenever all harts wait.
static void
live(struct machine *m, uint64 end)
{
    while (machine_position(m) < end) {
        uint64 at = machine_position(m), until = at - at % BUSY_INPUT + BUSY_INPUT;
        enum stop stop = machine_run(m, (until < end ? until : end) - at);
        bool due = stop == STOP_IDLE || machine_position(m) % BUSY_INPUT == 0;
        if (due && uart_room(m) && machine_position(m) < end)
            history_input(m, (uint8)(machine_position(m) % 251), stop == STOP_IDLE);
    }
}

struct place_seen {
    uint64 position, hash, counter, sum, state;
};

static int
by_position(const void *a, const void *b)
{
    const struct place_seen *x = a, *y = b;
    return x->position < y->position ? -1 : x->position > y->position;
}

static void
choose_places(struct place_seen *place)
{
    uint64 random = random_seed(77);
    for (int i = 0; i < PLACES; i++)
        place[i].position = 1 + random_below(&random, STEPS);
    qsort(place, PLACES, sizeof(*place), by_position);
}

// More than machine_hash() has: all that decides how the run goes on.
static uint64
hash_state(const struct machine *m)
{
    uint64 hash = 1, value;
    for (size_t i = 0; i + 8 <= sizeof(m->s); i += 8) {
        mem_copy(&value, (const uint8 *)&m->s + i, 8);
        hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
        hash ^= hash >> 29;
    }
    return hash;
}

static struct place_seen
look(const struct machine *m)
{
    return (struct place_seen){machine_position(m), machine_hash(m), word(m, COUNTER), word(m, SUM),
                               hash_state(m)};
}

// Runs straight on and notes the state at the places.
static void
straight(struct machine *m, struct place_seen *place)
{
    for (int i = 0; i < PLACES; i++) {
        live(m, place[i].position);
        place[i] = look(m);
    }
    live(m, STEPS);
}

static void
check_place(struct machine *m, const struct place_seen *p)
{
    struct place_seen now;
    CHECK(history_go(m, p->position));
    now = look(m);
    CHECK_EQ(now.position, p->position);
    CHECK_EQ(now.hash, p->hash);
    CHECK_EQ(now.state, p->state);
}

// The store that made the word what it is before each place: there, one step makes the difference.
static void
check_stores(struct machine *m, const struct place_seen *p)
{
    struct store_event e;
    CHECK(history_last_store(m, COUNTER, 8, p->position, &e));
    CHECK_EQ(e.pc, COUNTER_PC);
    CHECK(e.position < p->position);
    CHECK_EQ(machine_position(m), e.position);
    CHECK_EQ(word(m, COUNTER), p->counter - 1);
    history_run(m, 1);
    CHECK_EQ(word(m, COUNTER), p->counter);
    if (p->sum == 0)
        return;
    CHECK(history_last_store(m, SUM + 1, 1, p->position, &e));
    CHECK_EQ(e.pc, SUM_PC);
    CHECK_EQ(e.hart, 0);
    CHECK(word(m, SUM) != p->sum || p->sum == 0);
    history_run(m, 1);
    CHECK_EQ(word(m, SUM), p->sum);
}

static void
test_back_and_forth(unsigned harts, unsigned sharp, uint64 limit)
{
    struct place_seen place[PLACES], plain[PLACES];
    uint64 random = random_seed(3);
    choose_places(place);
    choose_places(plain);
    straight(world(harts, sharp, 0), plain);
    struct machine *m = world(harts, sharp, limit);
    straight(m, place);
    for (int i = 0; i < PLACES; i++)
        CHECK_EQ(place[i].state, plain[i].state); // taking snapshots changes nothing
    struct place_seen end = look(m);
    CHECK(m->history->inputs.count > 60);
    unsigned before = printed;
    for (int i = 0; i < PLACES; i++)
        check_place(m, &place[random_below(&random, PLACES)]);
    for (int i = 0; i < PLACES; i += 5)
        check_stores(m, &place[i]);
    CHECK_EQ(printed, before);
    struct store_event e;
    CHECK(history_go(m, place[20].position));
    CHECK(!history_last_store(m, UNTOUCHED, 8, place[30].position, &e));
    CHECK_EQ(look(m).hash, place[20].hash);
    check_place(m, &end);
    CHECK(taken <= limit);
}

// The run goes on live where it was, and another one begins where input comes in the past.
static void
test_future(void)
{
    struct machine *m = world(3, 0, 64 * MIB);
    live(m, 1000000);
    uint64 sum = word(m, SUM);
    CHECK(history_go(m, 300000));
    while (machine_position(m) < 1000000)
        history_run(m, 1 + machine_position(m) % 4711);
    CHECK_EQ(word(m, SUM), sum);
    CHECK(history_go(m, 300000));
    history_input(m, 99, false);
    CHECK_EQ(m->history->inputs.next, m->history->inputs.count);
    live(m, 1000000);
    struct place_seen p = look(m);
    CHECK(p.sum != sum);
    CHECK(history_go(m, 10));
    check_place(m, &p);
}

// Snapshots are given up with age; the rest is spread over the run.
static void
test_thinning(void)
{
    struct machine *m = world(3, 0, 8 * MIB);
    uint64 widest = 0;
    live(m, 4 * STEPS);
    const struct history *h = m->history;
    CHECK(taken <= 8 * MIB);
    CHECK(h->count > 4);
    CHECK_EQ(h->of[0].position, 0);
    for (uint32 i = 1; i < h->count; i++)
        if (h->of[i].position - h->of[i - 1].position > widest)
            widest = h->of[i].position - h->of[i - 1].position;
    CHECK(widest < 4 * STEPS / h->count * 4);
    struct place_seen p = look(m);
    CHECK(history_go(m, 123456));
    check_place(m, &p);
}

// A page in which a few words change costs two cells, not its size.
static void
test_cost(void)
{
    struct machine *m = world(3, 0, 64 * MIB);
    live(m, STEPS);
    const struct history *h = m->history;
    uint64 records = h->lives, state = (sizeof(m->s) + sizeof(m->trees.tree)) / POOL_CELL + 8;
    for (uint32 i = 0; i + 1 < h->count; i++)
        for (uint32 s = h->of[i].pages; s != 0; s = delta_head(&h->pool, s)->next)
            records++;
    CHECK(records > 10 * h->count);
    CHECK(h->pool.used <= h->count * state + 2 * records);
}

// Goes forward from stop to stop and back the same way; each stop is just before the counter grows.
static void
test_stops(bool code)
{
    struct machine *m = world(3, 0, 64 * MIB);
    struct stops s = {.pass = ~0ULL};
    uint64 position[20], count[20];
    m->stops = &s;
    if (code)
        s.at[s.count++] = COUNTER_PC;
    else
        s.watch[s.watches++] = (struct watched){COUNTER, 8, false, true};
    stops_change(m);
    for (int i = 0; i < 20; i++) {
        enum stop stop;
        while ((stop = machine_run(m, 1000000)) == STOP_IDLE)
            history_input(m, 5, true);
        CHECK_EQ(stop, STOP_BREAK);
        CHECK_EQ(s.last.pc, COUNTER_PC);
        position[i] = s.pass = s.last.position;
        CHECK_EQ(machine_position(m), position[i] + !code);
        count[i] = word(m, COUNTER) - !code;
        CHECK(i == 0 || count[i] == count[i - 1] + 1);
    }
    for (int i = 20 - 1 - code; i >= 0; i--) {
        CHECK(stops_back(m));
        CHECK_EQ(machine_position(m), position[i]);
        CHECK_EQ(word(m, COUNTER), count[i]);
    }
    CHECK(!stops_back(m));
    CHECK_EQ(machine_position(m), position[0]);
}

// A run in single steps, with breakpoints that are not used, equals the plain run.
static void
test_steps(void)
{
    struct machine *m = world(3, 0, 64 * MIB);
    live(m, 200000);
    struct place_seen end = look(m);
    struct stops s = {.pass = ~0ULL, .note_only = true, .at = {COUNTER_PC, SUM_PC}, .count = 2};
    m->stops = &s;
    stops_change(m);
    CHECK(history_go(m, 1));
    while (machine_position(m) < 200000)
        CHECK_EQ(history_resume(m, 1), STOP_NONE);
    CHECK(s.met);
    m->stops = NULL;
    CHECK_EQ(look(m).state, end.state);
    CHECK_EQ(look(m).hash, end.hash);
}

// Step by step back: snapshots become dense there, and the state is that of the run.
static void
test_dense(uint64 limit)
{
    struct machine *m = world(3, 0, limit);
    struct place_seen seen[40];
    live(m, STEPS);
    CHECK(history_go(m, STEPS / 2));
    for (int i = 0; i < 40; i++) {
        seen[i] = look(m);
        history_resume(m, 500);
    }
    uint32 count = m->history->count;
    for (int i = 39; i >= 0; i--)
        check_place(m, &seen[i]);
    CHECK(limit < 64 * MIB || m->history->count > count);
    for (int i = 39; i >= 0; i -= 3)
        check_place(m, &seen[i]);
    CHECK(taken <= limit);
}

int
main(void)
{
    test_stops(true);
    test_stops(false);
    test_steps();
    test_dense(64 * MIB);
    test_dense(8 * MIB);
    test_back_and_forth(1, 0, 64 * MIB);
    test_back_and_forth(3, 0, 64 * MIB);
    test_back_and_forth(3, SHARP_AMO, 6 * MIB);
    test_future();
    test_thinning();
    test_cost();
    CHECK(history_new(world(1, 0, 0), zeroed, 1000) == NULL);
    while (nblocks != 0)
        free(blocks[--nblocks]);
    return test_done();
}
