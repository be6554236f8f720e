// SPDX-License-Identifier: MIT
// line.h - growing text, and reading a file line by line.
#pragma once

#include <stdbool.h>

struct text { // characters p[0..len), always followed by a NUL once something was added
    char *p;
    unsigned long len, cap;
};

bool text_add(struct text *t, const char *s, unsigned long n); // false without memory
void text_free(struct text *t);

// A course's scripts count grep's reads: xv6's grep has a buffer of 1023 bytes and fills the part
// behind an unfinished line.
#define READER_SIZE 1023

struct reader {
    int fd;
    int pos, end; // buf[pos..end) is read and not yet returned
    char buf[READER_SIZE];
};

void reader_init(struct reader *r, int fd);
int reader_char(struct reader *r);                    // next byte; -1 at the end, -2 on error
int reader_line(struct reader *r, struct text *line); // 1: a line, without newline; 0 end; -1 error
