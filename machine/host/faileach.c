// SPDX-License-Identifier: MIT
// faileach.c - --fail FUNCTION:all: each call fails once, each in a run of its own.
//
// Theory    The kernel boots once, to its first prompt. There the program divides: a child of its
//           own (fork) has the whole machine as it is, types the lines, lets one call fail, and
//           writes the outcome to a pipe. The first run lets none fail: it counts the calls,
//           and shows how long the lines take and how many pages are free at rest behind them.
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/answer.h"
#include "host/fail.h"
#include "host/say.h"
#include "run.h"
#include "sight/frames.h"
#include "time/failing.h"
#include "time/snapshot.h"
#include "words/words.h"

#define CALLS_LENGTH 400
#define LINE_LENGTH  100
#define PRINTED      4096

enum outcome { SURVIVES, LEAKS, PANICS, HANGS, ENDS, OUTCOMES };

// The result of a run; small enough to be written to a pipe at once.
struct result {
    enum outcome outcome;
    uint64 calls, steps, ticks, free; // ticks of mtime; pages that are free at rest
    bool failed;
    char where[CALLS_LENGTH];  // the calls inside of which the call failed
    char printed[LINE_LENGTH]; // the kernel's last words
    char told[CALLS_LENGTH];   // the machine's first report
};

struct trial {
    struct machine *m;
    char **line;
    int lines, at; // `at` bytes of the first line have been typed; -1: wait for a prompt
    uint8 before;  // the byte printed before
    bool shows, done, panics;
    bool loops;             // a hart is caught in traps, and will not come out
    char text[LINE_LENGTH]; // of the line that is being printed
    size_t used;
    char panic[LINE_LENGTH];
    char told[CALLS_LENGTH];
};

// --- one run ---------------------------------------------------------------------------------

static void
end_line(struct trial *t)
{
    t->text[t->used] = '\0';
    char *panic = strstr(t->text, "panic");
    if (panic != NULL) {
        snprintf(t->panic, sizeof(t->panic), "%s", panic);
        t->panics = true;
    }
    t->used = 0;
}

static void
print(void *arg, uint8 byte)
{
    struct trial *t = arg;
    struct machine *m = t->m;
    bool prompt = t->before == '$' && byte == ' ';
    sight_printed(m, byte);
    if (t->shows)
        putchar(byte);
    t->before = byte;
    if (byte == '\n')
        end_line(t);
    else if (t->used < LINE_LENGTH - 1 && byte != '\r')
        t->text[t->used++] = (char)byte;
    if (!prompt || t->at >= 0)
        return;
    t->done = t->lines == 0;
    t->at = t->done ? -1 : 0;
    m->stop = STOP_BREAK;
    for (unsigned i = 0; i < m->config.harts; i++)
        machine_attention(m, i);
}

// Types as much as the machine has room for. Returns whether it took something.
static bool
type(struct trial *t, bool idle)
{
    bool any = false;
    while (t->at >= 0 && uart_room(t->m)) {
        char c = (*t->line)[t->at++];
        t->m->failing->on = true;
        history_input(t->m, (uint8)(c ? c : '\n'), idle);
        any = true;
        if (c == '\0') {
            t->line++;
            t->lines--;
            t->at = -1;
        }
    }
    return any;
}

// Keeps the first sentence of the first report; the others are dropped.
static void
hear(struct trial *t)
{
    static struct report report;
    static struct text text;
    struct speaker s = {t->m, ENGLISH, machine_position(t->m)};
    while (report_take(t->m, &report)) {
        t->loops |= report.kind == REPORT_TRAP_LOOP;
        if (report.note || t->told[0] != '\0')
            continue;
        text.used = 0;
        words_fact(&s, &report.what, &text);
        snprintf(t->told, sizeof(t->told), "%.*s", CALLS_LENGTH - 1, text.bytes);
    }
}

// How long a run may take: where all harts wait, the clock passes and hardly a step is made.
struct limit {
    uint64 steps, ticks;
};

// Runs until the trial is done, the kernel panics, nothing can go on, or the limit is reached.
static enum outcome
run(struct trial *t, const struct limit *most)
{
    struct machine *m = t->m;
    uint64 end = machine_position(m) + most->steps, began = machine_time(m);
    while (!t->done && !t->panics) {
        type(t, false);
        enum stop stop = machine_run(m, t->at >= 0 ? 20000 : 200000);
        hear(t);
        if (stop == STOP_FINISHED)
            return ENDS;
        if (stop == STOP_IDLE && !type(t, true))
            return t->done ? SURVIVES : HANGS;
        if (t->loops || machine_position(m) >= end || machine_time(m) - began >= most->ticks)
            return HANGS;
    }
    return t->panics ? PANICS : SURVIVES;
}

static uint64
free_pages(const struct machine *m)
{
    uint64 n = 0;
    for (uint64 at = m->ram.base; at < m->ram.base + m->ram.size; at += PAGE_BYTES) {
        const struct frame *f = frames_at(m, at);
        n += f != NULL && f->state == FRAME_FREE;
    }
    return n;
}

#define REST 2000000ULL // steps behind the last prompt, until all is at rest

// The child's part: lets call `nth` fail.
static struct result
attempt(struct trial *t, uint64 nth, const struct limit *most)
{
    struct machine *m = t->m;
    static struct text where;
    struct result r = {0};
    uint64 begin = machine_position(m), began = machine_time(m);
    struct speaker s = {m, ENGLISH, begin};
    m->failing->nth = nth;
    t->shows = false;
    r.outcome = run(t, most);
    r.steps = machine_position(m) - begin;
    r.ticks = machine_time(m) - began;
    if (r.outcome == SURVIVES)
        (void)machine_run(m, REST);
    r.free = free_pages(m);
    r.calls = m->failing->calls;
    r.failed = m->failing->failed;
    if (r.failed)
        words_calls(&s, &m->failing->moment, &where);
    snprintf(r.where, sizeof(r.where), "%.*s", CALLS_LENGTH - 1, where.bytes);
    snprintf(r.printed, sizeof(r.printed), "%s", t->panic);
    hear(t);
    snprintf(r.told, sizeof(r.told), "%s", t->told);
    return r;
}

// --- all runs --------------------------------------------------------------------------------

struct child {
    pid_t pid;
    int pipe;
};

static struct child
begin(struct trial *t, uint64 nth, const struct limit *most)
{
    int ends[2];
    fflush(NULL);
    if (pipe(ends) != 0)
        refuse("--fail: there are no more pipes");
    struct child c = {fork(), ends[0]};
    if (c.pid < 0)
        refuse("--fail: there is no room for another process");
    if (c.pid == 0) {
        struct result r = attempt(t, nth, most);
        _exit(write(ends[1], &r, sizeof(r)) == sizeof(r) ? 0 : 1);
    }
    close(ends[1]);
    return c;
}

static struct result
finish(struct child c)
{
    struct result r;
    ssize_t n = read(c.pipe, &r, sizeof(r));
    close(c.pipe);
    waitpid(c.pid, NULL, 0);
    if (n != (ssize_t)sizeof(r))
        refuse("--fail: a run has ended without a result");
    return r;
}

// --- telling ---------------------------------------------------------------------------------

static const char *const names[] = {
    [SURVIVES] = "survives", [LEAKS] = "loses pages",       [PANICS] = "panics",
    [HANGS] = "hangs",       [ENDS] = "ends the whole run",
};

#define GROUPS_MAX 256

// Failures of one place that end alike.
struct group {
    struct result result;
    uint64 first, count;
};

struct tally {
    struct group of[GROUPS_MAX];
    unsigned groups;
    uint64 total[OUTCOMES];
    uint64 first_bad;
};

static void
note(struct tally *y, uint64 nth, const struct result *r)
{
    unsigned i = 0;
    y->total[r->outcome]++;
    if (r->outcome == SURVIVES)
        return;
    if (y->first_bad == 0 || nth < y->first_bad)
        y->first_bad = nth;
    while (i < y->groups &&
           (y->of[i].result.outcome != r->outcome || strcmp(y->of[i].result.where, r->where) != 0))
        i++;
    if (i == GROUPS_MAX)
        return;
    if (i == y->groups)
        y->of[y->groups++] = (struct group){*r, nth, 0};
    y->of[i].count++;
}

static void
tell(const struct tally *y, const char *function, uint64 calls)
{
    printf("\n");
    for (unsigned i = 0; i < y->groups; i++) {
        const struct group *g = &y->of[i];
        answer(stdout, "%s, %s time%s, first at call %s: %s", said(names[g->result.outcome]),
               digits(g->count).text, plural(g->count), digits(g->first).text, g->result.where);
        if (g->result.printed[0] != '\0')
            answer(stdout, "  it prints: %s", g->result.printed);
        if (g->result.told[0] != '\0')
            answer(stdout, "  glass: %s", g->result.told);
    }
    answer(stdout,
           "%s calls of %s, each failed once: the system survives %s, loses pages at %s, panics at "
           "%s, hangs at %s, ends at %s",
           digits(calls).text, function, digits(y->total[SURVIVES]).text,
           digits(y->total[LEAKS]).text, digits(y->total[PANICS]).text,
           digits(y->total[HANGS]).text, digits(y->total[ENDS]).text);
}

// The command that shows one of them.
static void
tell_again(const struct options *o, const char *function, uint64 nth)
{
    const char *place = o->again ? strstr(o->again, "{at}") : NULL;
    if (place != NULL && nth != 0)
        answer(stdout, "the first again: %.*s--fail %s:%llu --stop%s", (int)(place - o->again),
               o->again, function, (unsigned long long)nth, place + 4);
}

#define CHILDREN_MAX 16

// Waits for the oldest of the children and notes its outcome.
static void
take(struct tally *y, struct child *child, uint64 nth, const struct result *plain)
{
    struct result r = finish(child[(nth - 1) % CHILDREN_MAX]);
    if (r.outcome == SURVIVES && r.free < plain->free)
        r.outcome = LEAKS;
    note(y, nth, &r);
}

int
fail_each(struct machine *m, const struct options *o)
{
    static struct tally tally;
    struct child child[CHILDREN_MAX];
    struct trial t = {.m = m, .line = o->line, .lines = o->lines, .at = -1, .shows = true};
    char function[64];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64 width = cores < 1 ? 1 : cores > CHILDREN_MAX ? CHILDREN_MAX : (uint64)cores, done = 0;
    snprintf(function, sizeof(function), "%.*s", (int)strcspn(o->fail, ":"), o->fail);
    m->host = (struct host_calls){.arg = &t, .console = print};
    while (t.at < 0 && !t.panics && machine_position(m) < o->max) {
        enum stop stop = machine_run(m, 1000000);
        if (stop == STOP_IDLE || stop == STOP_FINISHED)
            break;
    }
    if (t.at < 0) {
        say("--fail: no prompt \"$ \" has come");
        return EXIT_STUCK;
    }
    struct limit most = {o->max - machine_position(m), ~0ULL};
    struct result plain = finish(begin(&t, 0, &most));
    if (plain.outcome != SURVIVES) {
        say("--fail: the lines do not come to their end even when no call fails");
        return EXIT_STUCK;
    }
    most = (struct limit){10 * plain.steps + 50000000, 10 * plain.ticks + 10 * TIMEBASE_HZ};
    for (uint64 n = 1; n <= plain.calls; n++) {
        if (n > width)
            take(&tally, child, ++done, &plain);
        child[(n - 1) % CHILDREN_MAX] = begin(&t, n, &most);
    }
    while (done < plain.calls)
        take(&tally, child, ++done, &plain);
    tell(&tally, function, plain.calls);
    tell_again(o, function, tally.first_bad);
    return tally.first_bad ? EXIT_REPORTS : EXIT_CLEAN;
}
