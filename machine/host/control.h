// SPDX-License-Identifier: MIT
// control.h - a run that a person or a debugger stops, takes back and lets go on.
//
// Theory    The present place is either where the run has come to, its front, or before it. Before
//           it, the run is repeated: with the input that it had, without printing and reporting.
//           At the front it goes on live. Going on always has an aim: without end, a position, or
//           a number of steps of one hart. The session asks after each slice whether it is reached.
// Next      host/prompt.h, host/stub.h, time/stops.h
#pragma once

#include <stdio.h>

#include "host/names.h"
#include "host/options.h"
#include "host/report.h"
#include "machine.h"
#include "time/stops.h"

// Why the run has stopped.
enum pause {
    PAUSE_NONE,
    PAUSE_START,
    PAUSE_KEY,    // the person wants to ask
    PAUSE_AIM,    // the position or the steps have been reached
    PAUSE_STOP,   // at a breakpoint or watched memory: stops.last
    PAUSE_REPORT, // something was reported
    PAUSE_END,    // the run can not go on
};

struct control {
    struct machine *m;
    const struct names *names;
    const struct options *o;
    const struct reports *reports;
    FILE *out; // answers
    struct stops stops;
    bool until;   // the last of stops.at is there for one stop only
    uint64 front; // the position that the run has come to
    uint64 aim;   // a position; ~0: none
    int stepping; // a hart that shall make one step; -1: none
    uint64 step_aim;
    enum pause pause;
    unsigned hart;  // whose registers and memory are looked at
    bool leave;     // the person wants to end the run
    char again[32]; // the last command, that an empty line repeats
};

void control_start(struct control *c, struct machine *m, const struct names *names,
                   const struct options *o);
// Returns whether the present place is before the front.
bool control_past(const struct control *c);
// How many of `steps` may be made before the session must ask control_reached().
uint64 control_slice(const struct control *c, uint64 steps);
// A slice has ended so: notes whether the run has stopped, and why.
void control_reached(struct control *c, enum stop stop);
// The run shall go on: up to a position (~0: without end).
void control_go(struct control *c, uint64 aim);
// The run shall go on until some hart comes to the address.
void control_until(struct control *c, uint64 va);
// The run is over: says that it cannot come to its aim, and is paused again. Returns false if it
// has no aim.
bool control_refuses_end(struct control *c);
// It shall not go on after all.
void control_stay(struct control *c, enum pause why);
// The hart shall make one step.
void control_step(struct control *c, unsigned hart);
// Goes back to a position. Returns false, with a sentence in `out`, when that cannot be.
bool control_back(struct control *c, uint64 position);
// Goes back to where the hart had made one step less. Returns false at the run's beginning.
bool control_step_back(struct control *c, unsigned hart);
// Says where a hart is, behind `before`.
void control_say_hart(const struct control *c, const char *before, unsigned hart);
// Says where the run is: position, time, hart, function, line, calls.
void control_where(const struct control *c);
