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
#include <stdlib.h>
#include <string.h>

#include "host/answer.h"
#include "host/control.h"
#include "host/fail.h"
#include "host/files.h"
#include "host/input.h"
#include "host/json.h"
#include "host/pace.h"
#include "host/prompt.h"
#include "host/report.h"
#include "host/say.h"
#include "host/stub.h"
#include "host/terminal.h"
#include "run.h"
#include "time/failing.h"
#include "time/snapshot.h"

#define SLICE_STEPS 1000000ULL
#define INPUT_STEPS 20000ULL // while input waits for room in the UART

struct session {
    struct machine *m;
    const struct options *o;
    struct input in;
    struct pace pace;
    struct control control;
    struct stub stub;
    struct reports reports;
    bool idle; // all harts wait since the last slice
    bool over;
    bool clean;
    int status;
};

static void
print(void *arg, uint8 byte)
{
    struct session *s = arg;
    putchar(byte);
    s->reports.midline = byte != '\n';
    sight_printed(s->m, byte);
    if (!input_watch(&s->in, byte))
        return;
    s->m->stop = STOP_BREAK; // at the prompt, wherever the slice would have ended
    for (unsigned i = 0; i < s->m->config.harts; i++)
        machine_attention(s->m, i);
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
    struct place here = {machine_position(s->m), machine_clock(s->m), s->idle};
    uint8 byte;
    bool any = false;
    input_poll(&s->in);
    while (uart_room(s->m) && input_next(&s->in, here, &byte)) {
        history_input(s->m, byte, s->idle);
        if (s->m->failing != NULL)
            s->m->failing->on = true;
        input_taken(&s->in, here, byte);
        any = true;
    }
    s->idle &= !any;
    return any;
}

// How many steps the next slice has: it ends at --max, and where a recording has something.
static uint64
slice(const struct session *s)
{
    uint64 position = machine_position(s->m), steps = SLICE_STEPS;
    uint64 last = input_until(&s->in);
    steps = control_slice(&s->control, steps);
    if (steps > INPUT_STEPS && (s->in.count > 0 || s->in.line_at >= 0))
        steps = INPUT_STEPS;
    if (last > s->o->max)
        last = s->o->max;
    if (last <= position)
        return 1; // a recorded byte came while all harts waited: they wait here, too
    return last - position < steps ? last - position : steps;
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

// The replay is not where the recorded run was.
static void
differs(struct session *s)
{
    say("the replay differs from the recorded run at %" PRIu64 " or before",
        (uint64_t)machine_position(s->m));
    end(s, EXIT_DIFFERS, false);
}

// Nothing will happen without input.
static void
stuck(struct session *s)
{
    if (s->in.kind == INPUT_KEYS && (!s->in.ended || s->o->gdb)) {
        terminal_wait(~0ULL, !s->in.ended);
    } else if (s->in.kind == INPUT_LINES) {
        say("all harts wait, and no prompt \"$ \" has come for the next line");
        report_waiting(&s->reports, s->m);
        end(s, EXIT_STUCK, false);
    } else {
        say("the input has ended, and all harts wait for more");
        end(s, EXIT_CLEAN, true);
    }
}

// Returns whether the person has asked to end the session.
static bool
quit_asked(const struct session *s)
{
    return s->in.quit && s->in.kind == INPUT_KEYS;
}

// All harts wait: for input, or for the host's clock.
static void
idle(struct session *s)
{
    uint64 due = machine_due(s->m);
    s->idle = true;
    fflush(stdout);
    if (feed(s) || s->in.ask || quit_asked(s))
        return;
    if (s->in.next < s->in.events)
        differs(s);
    else if (due == ~0ULL)
        stuck(s);
    else
        terminal_wait(pace_until(&s->pace, due), input_awaited(&s->in));
}

static void
stopped(struct session *s, enum stop why)
{
    if (why == STOP_FINISHED)
        finished(s);
    else if (why == STOP_IDLE)
        idle(s);
}

// Ends the run where a person, the options or the recording end it.
static void
look(struct session *s)
{
    uint64 position = machine_position(s->m);
    if (s->over || (control_past(&s->control) && !quit_asked(s)))
        return;
    if (s->in.quit)
        end(s, EXIT_CLEAN, true);
    else if (s->reports.fatal && s->in.kind == INPUT_LINES)
        end(s, EXIT_REPORTS, false);
    else if (s->in.kind == INPUT_REPLAY && s->in.end != 0 && position >= s->in.end)
        end(s, EXIT_CLEAN, true);
    else if (s->in.next < s->in.events && position > input_until(&s->in))
        differs(s);
    else if (position >= s->o->max) {
        say("the run has reached --max: %" PRIu64 " instructions", (uint64_t)position);
        end(s, EXIT_LIMIT, false);
    }
}

// Prints, and waits if the machine's clock is ahead.
static void
keep_pace(struct session *s)
{
    uint64 ahead = pace_until(&s->pace, machine_clock(s->m));
    fflush(stdout);
    if (ahead > 0 && !s->over)
        terminal_wait(ahead, input_awaited(&s->in));
}

// A replay must end where the recorded run ended, in the same state.
static void
compare(struct session *s)
{
    if (s->in.kind != INPUT_REPLAY || s->in.end == 0 || s->status == EXIT_DIFFERS)
        return;
    uint64 position = machine_position(s->m), hash = machine_hash(s->m);
    if (position == s->in.end && hash == s->in.end_hash && s->in.next == s->in.events) {
        say("the replay has ended as the recorded run did");
        return;
    }
    say("the replay differs: it ended at %" PRIu64 " with hash %016" PRIx64 ", the recorded run at "
        "%" PRIu64 " with %016" PRIx64,
        (uint64_t)position, (uint64_t)hash, (uint64_t)s->in.end, (uint64_t)s->in.end_hash);
    s->status = EXIT_DIFFERS;
}

// Prints the reports; the run stops there if that was asked for.
static void
tell(struct session *s)
{
    uint64 before = s->reports.printed;
    report_print(&s->reports, s->m);
    report_lacks(&s->reports, s->m);
    if (s->reports.printed == before || !s->o->stop)
        return;
    control_stay(&s->control, PAUSE_REPORT);
    s->control.hart = s->m->s.turns.hart;
}

// Runs one slice, live or where the run has been before.
static void
run_slice(struct session *s)
{
    struct machine *m = s->m;
    enum stop why;
    if (control_past(&s->control)) {
        input_poll(&s->in);
        why = history_resume(m, control_slice(&s->control, SLICE_STEPS));
        s->idle = false;
    } else {
        feed(s);
        uint64 limit = pace_limit(&s->pace, m, s->idle), recorded = input_limit(&s->in);
        m->clock_limit = limit < recorded ? limit : recorded;
        s->idle = false;
        why = machine_run(m, slice(s));
        sight_examine(m);
        tell(s);
    }
    if (!control_past(&s->control))
        stopped(s, why);
    control_reached(&s->control, why);
}

// Asks for a command, if the run has stopped. At its end, the person may go back before it is over.
static void
ask(struct session *s)
{
    struct control *c = &s->control;
    if (s->o->gdb)
        stub_poll(&s->stub);
    if (s->in.ask)
        control_stay(c, PAUSE_KEY);
    if (s->over && (s->o->stop || stub_present(&s->stub)) && !quit_asked(s))
        control_stay(c, PAUSE_END);
    if (c->pause == PAUSE_NONE)
        return;
    s->in.ask = false;
    do {
        if (stub_present(&s->stub))
            stub_serve(&s->stub);
        else
            prompt_ask(c, &s->in);
    } while (!c->leave && s->over && !control_past(c) && control_refuses_end(c));
    if (c->leave) {
        if (!s->over)
            end(s, EXIT_CLEAN, false);
        c->pause = PAUSE_NONE;
        return;
    }
    s->over = s->over && !control_past(c);
    pace_start(&s->pace, s->pace.on, s->m);
}

#define GDB_PORT 26000

static void
meet_debugger(struct session *s)
{
    char *rest = "";
    unsigned long port = s->o->gdb[0] ? strtoul(s->o->gdb, &rest, 10) : GDB_PORT;
    if (*rest != '\0' || port < 1 || port > 65535)
        refuse("--gdb=%s: a port from 1 to 65535 is expected", s->o->gdb);
    stub_open(&s->stub, &s->control, (unsigned)port);
    if (s->o->gdb_go)
        return;
    say("waiting for gdb: gdb-multiarch %s -ex 'target remote :%lu'", s->o->kernel, port);
    stub_wait(&s->stub);
    s->control.pause = PAUSE_START;
    ask(s);
}

static void *
allocate(size_t bytes)
{
    return calloc(1, bytes ? bytes : 1);
}

// Gives the machine its checks, unless --blind.
static void
open_checks(struct machine *m, const struct options *o, const struct names *names)
{
    if (o->blind)
        return;
    struct file facts = o->facts ? file_read(o->facts, 1) : (struct file){0};
    if (!sight_new(m, &names->symbols, &names->lines, facts, allocate))
        refuse("there is not enough memory to watch");
    free((void *)facts.bytes);
}

// Ends the input, prints the last reports, closes the files, and completes the exit status.
static void
close_session(struct session *s)
{
    struct machine *m = s->m;
    fflush(stdout);
    input_close(&s->in, m);
    compare(s);
    if (s->o->gdb)
        stub_close(&s->stub);
    sight_ended(m);
    report_print(&s->reports, m);
    report_end(&s->reports, m);
    fail_end(m);
    expect_end(s->reports.expected);
    if (!json_close(s->reports.json) && s->status == EXIT_CLEAN)
        s->status = EXIT_USAGE;
    if (s->reports.printed > 0 && s->status == EXIT_CLEAN)
        s->status = EXIT_REPORTS;
    m->sight = NULL;
}

int
session_run(struct machine *m, const struct options *o, const struct names *names, bool *clean)
{
    struct session s = {.m = m, .o = o, .stub.line = -1};
    s.reports.language = strcmp(o->lang, "zh") == 0 ? CHINESE : ENGLISH;
    s.control.reports = &s.reports;
    s.reports.expected = o->expect ? expect_read(o->expect) : NULL;
    s.reports.json = o->json ? json_open(o->json) : NULL;
    s.reports.again = o->lines >= 0 || o->replay ? o->again : NULL;
    input_open(&s.in, o, m);
    m->host = (struct host_calls){.arg = &s, .console = print};
    open_checks(m, o, names);
    fail_start(m, o);
    if (fail_all(o)) {
        *clean = false;
        return fail_each(m, o);
    }
    control_start(&s.control, m, names, o);
    pace_start(&s.pace, o->realtime || (s.in.terminal && !o->fast), m);
    look(&s);
    if (o->stop && o->at != ~0ULL)
        control_go(&s.control, o->at);
    if (o->gdb)
        meet_debugger(&s);
    while (!s.over) {
        run_slice(&s);
        look(&s);
        keep_pace(&s);
        ask(&s);
    }
    close_session(&s);
    *clean = s.clean;
    return s.status;
}
