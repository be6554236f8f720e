// SPDX-License-Identifier: MIT
// input.h - where the machine's input comes from: the keyboard or a pipe, lines, a recording.
#pragma once

#include <stdio.h>

#include "host/options.h"
#include "machine.h"

#define INPUT_BUFFER 4096

enum input_kind { INPUT_KEYS, INPUT_LINES, INPUT_REPLAY };

// Where in the run a byte comes. Two runs agree on it only if they agree on all three: the clock
// may have gone on since the last step, and harts may have been found to wait.
struct place {
    uint64 position, clock;
    bool idle; // the machine had stopped since all harts waited
};

// A byte of a recording.
struct event {
    struct place place;
    uint8 byte;
};

struct input {
    enum input_kind kind;
    bool terminal; // Ctrl-A is for the program
    bool escape;   // Ctrl-A was the last key
    bool ended;    // there will be no more
    bool quit;     // the person wants to end the run
    bool ask;      // the person wants to ask something
    uint8 buffer[INPUT_BUFFER];
    int first, count; // of the bytes in the buffer that have not been given
    // INPUT_LINES
    char **line;
    int lines, line_at; // line_at bytes of the first line have been given; -1: wait for a prompt
    uint8 last;         // printed byte
    // INPUT_REPLAY
    struct event *event;
    uint64 events, next;
    uint64 end, end_hash; // where the recorded run ended, and its hash; end 0: not noted
    // recording
    FILE *record;
};

// Opens the source that the options name. `m` is the machine before its first instruction. Does not
// return when a file cannot be used.
void input_open(struct input *in, const struct options *o, const struct machine *m);
// Takes keys that have been pressed: those for the program act at once.
void input_poll(struct input *in);
// Returns whether a key may wake the program.
bool input_awaited(const struct input *in);
// Gives the next byte if there is one at this place in the run.
bool input_next(struct input *in, struct place here, uint8 *byte);
// The machine has taken the byte: notes it in the recording.
void input_taken(struct input *in, struct place here, uint8 byte);
// The position that the run must not pass before it asks for input again, and the clock.
uint64 input_until(const struct input *in);
uint64 input_limit(const struct input *in);
// The machine has printed a byte. Returns true at a prompt that lines wait for.
bool input_watch(struct input *in, uint8 printed);
// Notes the run's end in the recording.
void input_close(struct input *in, const struct machine *m);
