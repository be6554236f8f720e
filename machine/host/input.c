// SPDX-License-Identifier: MIT
// input.c - where the machine's input comes from: the keyboard or a pipe, or lines typed at
// prompts.
//
// Theory    A byte of input is part of the run like the seed: the recording has it with its
//           position. Lines wait for the prompt "$ ": one is typed at each.
// Next      host/record.c
#include "host/input.h"

#include <stdlib.h>
#include <string.h>

#include "host/answer.h"
#include "host/record.h"
#include "host/say.h"
#include "host/terminal.h"

#define CTRL_A   1
#define KEYS_MAX 256 // taken at once

void
input_open(struct input *in, const struct options *o, const struct machine *m)
{
    *in = (struct input){.kind = INPUT_KEYS, .line = o->line, .lines = o->lines, .line_at = -1};
    if (o->replay) {
        in->kind = INPUT_REPLAY;
        record_read(in, o->replay, m);
    } else if (o->lines >= 0) {
        in->kind = INPUT_LINES;
    } else if (terminal_present()) {
        in->terminal = true;
        terminal_open();
    } else if (o->stop) {
        in->ended = true; // later input is for the prompt
    }
    if (o->record)
        record_open(in, o->record, m);
}

static void
show_keys(void)
{
    fputs(said("\nCtrl-A X       ends the run; --keep then writes the disks back\n"
               "Ctrl-A C       stops it and asks: where, back, when, walk, ...\n"
               "Ctrl-A Ctrl-A  sends Ctrl-A\n"
               "Ctrl-A ?       shows this\n"),
          stderr);
}

// A key behind Ctrl-A. Returns whether it goes to the machine.
static bool
escaped(struct input *in, uint8 key)
{
    in->escape = false;
    if (key == 'x' || key == 'X')
        in->quit = in->ended = true;
    else if (key == 'c' || key == 'C')
        in->ask = true;
    else if (key != CTRL_A)
        show_keys();
    return key == CTRL_A;
}

// Returns whether this key is for the machine, not for the program.
static bool
for_machine(struct input *in, uint8 key)
{
    if (!in->terminal)
        return true;
    if (in->escape)
        return escaped(in, key);
    in->escape = key == CTRL_A;
    return !in->escape;
}

// Returns whether there is room for keys, and any use of them.
static bool
wants_keys(const struct input *in)
{
    bool room = in->terminal ? in->count + KEYS_MAX <= INPUT_BUFFER : in->count == 0;
    return in->kind == INPUT_KEYS && !in->ended && room;
}

bool
input_awaited(const struct input *in)
{
    return wants_keys(in);
}

void
input_poll(struct input *in)
{
    uint8 keys[KEYS_MAX];
    if (!wants_keys(in))
        return;
    int n = terminal_read(keys, sizeof(keys));
    if (n < 0)
        in->ended = true;
    memmove(in->buffer, in->buffer + in->first, (size_t)in->count);
    in->first = 0;
    for (int i = 0; i < n; i++) {
        if (for_machine(in, keys[i]))
            in->buffer[in->count++] = keys[i];
    }
}

static bool
next_key(const struct input *in, uint8 *byte)
{
    if (in->count == 0)
        return false;
    *byte = in->buffer[in->first];
    return true;
}

static bool
next_of_line(const struct input *in, uint8 *byte)
{
    if (in->line_at < 0)
        return false;
    char c = (*in->line)[in->line_at];
    *byte = c ? (uint8)c : '\n';
    return true;
}

static bool
next_event(const struct input *in, struct place here, uint8 *byte)
{
    const struct event *e = &in->event[in->next];
    if (in->next == in->events || here.position < e->place.position ||
        here.clock < e->place.clock || (e->place.idle && !here.idle))
        return false;
    *byte = e->byte;
    return true;
}

bool
input_next(struct input *in, struct place here, uint8 *byte)
{
    switch (in->kind) {
    case INPUT_KEYS:
        return next_key(in, byte);
    case INPUT_LINES:
        return next_of_line(in, byte);
    default:
        return next_event(in, here, byte);
    }
}

uint64
input_until(const struct input *in)
{
    if (in->kind != INPUT_REPLAY)
        return ~0ULL;
    if (in->next < in->events)
        return in->event[in->next].place.position;
    return in->end ? in->end : ~0ULL;
}

uint64
input_limit(const struct input *in)
{
    bool more = in->kind == INPUT_REPLAY && in->next < in->events;
    return more ? in->event[in->next].place.clock : ~0ULL;
}

static void
advance_line(struct input *in)
{
    if ((*in->line)[in->line_at++] == '\0') {
        in->line++;
        in->lines--;
        in->line_at = -1;
    }
}

void
input_taken(struct input *in, struct place here, uint8 byte)
{
    if (in->record)
        record_byte(in, here, byte);
    if (in->kind == INPUT_REPLAY) {
        in->next++;
    } else if (in->kind == INPUT_LINES) {
        advance_line(in);
    } else {
        in->first++;
        in->count--;
    }
}

bool
input_watch(struct input *in, uint8 printed)
{
    bool prompt = in->last == '$' && printed == ' ';
    in->last = printed;
    if (in->kind != INPUT_LINES || in->line_at >= 0 || !prompt)
        return false;
    if (in->lines == 0)
        in->ended = in->quit = true;
    else
        in->line_at = 0;
    return true;
}

void
input_close(struct input *in, const struct machine *m)
{
    if (in->record)
        record_end(in, m);
}
