// SPDX-License-Identifier: MIT
// record.h - recordings: a text file with the input and the machine that got it.
#pragma once

#include "host/input.h"

// Starts a recording. Does not return when the file cannot be written.
void record_open(struct input *in, const char *path, const struct machine *m);
void record_byte(struct input *in, struct place here, uint8 byte);
// Notes the end of the run and closes the file.
void record_end(struct input *in, const struct machine *m);
// Reads a recording. Does not return when it is none, or of another machine.
void record_read(struct input *in, const char *path, const struct machine *m);
