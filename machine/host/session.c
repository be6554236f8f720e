// SPDX-License-Identifier: MIT
// session.c - a run from the first instruction to its end.
//
// Theory    The machine runs in slices. Between two of them the program takes input, prints, and
//           waits if the machine's clock is ahead. How the run is cut into slices does not change
//           it; only input does, and that is noted with its position.
// Next      host/input.h, host/pace.h
#include "host/session.h"

#include <inttypes.h>
#include <stdio.h>

#include "host/input.h"
#include "host/pace.h"
#include "host/report.h"
#include "host/say.h"
#include "host/terminal.h"
#include "run.h"

#define INPUT_STEPS 20000ULL // while input waits for room in the UART

struct session {
    struct machine *m;
    const struct options *o;
    struct input in;
    struct pace pace;
    struct reports reports;
    bool over;
    bool clean;
    int status;
};

static void
print(void *arg, uint8 byte)
{
    struct session *s = arg;
    putchar(byte);
    if (!input_watch(&s->in, byte))
        return;
    s->m->stop = STOP_BREAK; // at the prompt, wherever the slice would have ended
    for (unsigned i = 0; i < s->m->config.harts; i++)
        machine_attention(s->m, i);
}

static void
stale(void *arg, struct machine *m, const struct stale *what)
{
    struct session *s = arg;
    (void)m;
    report_stale(&s->reports, what);
}

static void
end(struct session *s, int status, bool clean)
{
    s->over = true;
    s->status = status;
    s->clean = clean;
}

// Gives the machine the input that it has room for. Returns whether it got any.
static bool
feed(struct session *s)
{
    uint8 byte;
    bool any = false;
    uint64 position = machine_position(s->m);
    while (uart_room(s->m) && input_next(&s->in, position, &byte)) {
        uart_input(s->m, byte);
        input_taken(&s->in, position, byte);
        any = true;
    }
    return any;
}

// How many steps the next slice has: it ends at --max, and where a recording has something.
static uint64
slice(const struct session *s)
{
    uint64 position = machine_position(s->m), steps = pace_steps(&s->pace);
    uint64 last = s->o->max;
    if (s->in.kind == INPUT_REPLAY && s->in.next < s->in.events)
        last = s->in.event[s->in.next].position;
    else if (s->in.kind == INPUT_REPLAY && s->in.end != 0)
        last = s->in.end;
    if (s->in.count > 0 || s->in.line_at >= 0)
        steps = INPUT_STEPS;
    if (last > s->o->max)
        last = s->o->max;
    return last > position && last - position < steps ? last - position : steps;
}

// The finisher's verdict as the status of a program: a failure is never 0.
static int
finisher_status(const struct finisher *f)
{
    int code = f->code & 0xff;
    if (f->asked != FINISHER_FAIL)
        return EXIT_CLEAN;
    return code ? code : 1;
}

static void
finished(struct session *s)
{
    const struct finisher *f = &s->m->s.finisher;
    if (f->asked == FINISHER_RESET)
        say("the kernel asked for a reset; the run ends here");
    end(s, finisher_status(f), true);
}

// No hart can go on without input.
static void
idle(struct session *s)
{
    fflush(stdout);
    if (s->in.kind == INPUT_KEYS && !s->in.ended) {
        terminal_wait(~0ULL);
    } else if (s->in.kind == INPUT_KEYS) {
        say("the input has ended, and all harts wait for more");
        end(s, EXIT_CLEAN, true);
    } else if (s->in.kind == INPUT_LINES) {
        say("all harts wait, and no prompt \"$ \" has come for the next line");
        end(s, EXIT_STUCK, false);
    } else if (s->in.next == s->in.events) {
        end(s, EXIT_CLEAN, true);
    }
}

static void
stopped(struct session *s, enum stop why)
{
    if (why == STOP_FINISHED) {
        finished(s);
    } else if (why == STOP_DEAD) {
        say("no hart can ever go on");
        end(s, EXIT_STUCK, false);
    } else if (why == STOP_IDLE && !feed(s)) {
        idle(s);
    }
}

// Ends the run where a person, the options or the recording end it.
static void
look(struct session *s)
{
    uint64 position = machine_position(s->m);
    if (s->over)
        return;
    if (s->in.quit)
        end(s, EXIT_CLEAN, true);
    else if (s->in.kind == INPUT_REPLAY && s->in.end != 0 && position >= s->in.end)
        end(s, EXIT_CLEAN, true);
    else if (position >= s->o->max) {
        say("the run has reached --max: %" PRIu64 " instructions", (uint64_t)position);
        end(s, EXIT_LIMIT, false);
    }
}

static void
wait_for_clock(struct session *s)
{
    uint64 ahead = pace_ahead(&s->pace, s->m);
    fflush(stdout);
    if (ahead > 0 && !s->over)
        terminal_wait(ahead);
}

// A replay must end where the recorded run ended, in the same state.
static void
compare(struct session *s)
{
    uint64 position = machine_position(s->m), hash = machine_hash(s->m);
    if (s->in.kind != INPUT_REPLAY || s->in.end == 0)
        return;
    if (position == s->in.end && hash == s->in.end_hash && s->in.next == s->in.events) {
        say("the replay has ended as the recorded run did");
        return;
    }
    say("the replay differs: it ended at %" PRIu64 " with hash %016" PRIx64 ", the recorded run at "
        "%" PRIu64 " with %016" PRIx64,
        (uint64_t)position, (uint64_t)hash, (uint64_t)s->in.end, (uint64_t)s->in.end_hash);
    s->status = EXIT_DIFFERS;
}

int
session_run(struct machine *m, const struct options *o, bool *clean)
{
    struct session s = {.m = m, .o = o};
    input_open(&s.in, o, m);
    m->host = (struct host_calls){.arg = &s, .console = print, .stale = stale};
    pace_start(&s.pace, o->realtime || (s.in.terminal && !o->fast), m);
    look(&s);
    while (!s.over) {
        feed(&s);
        stopped(&s, machine_run(m, slice(&s)));
        look(&s);
        wait_for_clock(&s);
    }
    fflush(stdout);
    input_close(&s.in, m);
    compare(&s);
    report_end(&s.reports);
    if (s.reports.total > 0 && s.status == EXIT_CLEAN)
        s.status = EXIT_REPORTS;
    *clean = s.clean;
    return s.status;
}
