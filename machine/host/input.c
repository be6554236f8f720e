// SPDX-License-Identifier: MIT
// input.c - where the machine's input comes from: the keyboard or a pipe, or lines typed at prompts.
//
// Theory    A byte of input is part of the run like the seed: the recording has it with its position.
//           Lines wait for the prompt "$ ": one is typed at each.
// Next      host/record.c
#include "host/input.h"

#include <stdlib.h>
#include <string.h>

#include "host/record.h"
#include "host/say.h"
#include "host/terminal.h"

#define CTRL_A 1

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
    }
    if (o->record)
        record_open(in, o->record, m);
}

static void
show_keys(void)
{
    fputs("\n"
          "Ctrl-A X       ends the run; --keep then writes the disks back\n"
          "Ctrl-A Ctrl-A  sends Ctrl-A\n"
          "Ctrl-A ?       shows this\n",
          stderr);
}

// A key behind Ctrl-A. Returns whether it goes to the machine.
static bool
escaped(struct input *in, uint8 key)
{
    in->escape = false;
    if (key == 'x' || key == 'X')
        in->quit = in->ended = true;
    else if (key != CTRL_A)
        show_keys();
    return key == CTRL_A;
}

// Is this key for the machine, not for the program?
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

// Takes keys that have been pressed since the last call.
static void
read_keys(struct input *in)
{
    uint8 keys[256];
    if (in->ended || in->count + (int)sizeof(keys) > INPUT_BUFFER)
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
next_key(struct input *in, uint8 *byte)
{
    if (in->count == 0 || in->terminal)
        read_keys(in);
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

bool
input_next(struct input *in, uint64 position, uint8 *byte)
{
    switch (in->kind) {
    case INPUT_KEYS:
        return next_key(in, byte);
    case INPUT_LINES:
        return next_of_line(in, byte);
    default:
        if (in->next == in->events || in->event[in->next].position > position)
            return false;
        *byte = in->event[in->next].byte;
        return true;
    }
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
input_taken(struct input *in, uint64 position, uint8 byte)
{
    if (in->record)
        record_byte(in, position, byte);
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
