// SPDX-License-Identifier: MIT
// words.h - reports in words: the catalogue, and how its sentences are filled in and laid out.
//
// Theory    Text is UTF-8. Lines have at most 80 columns, a Chinese character takes two. A line
//           may break at a space, and beside a Chinese character. The catalogue is stored packed.
// Next      words/words.def
#pragma once

#include "sight/report.h"

enum language { ENGLISH, CHINESE };

#define TEXT_MAX     8192
#define TEXT_COLUMNS 80
#define PATTERN_MAX  256

// Text that grows; text that does not fit is cut.
struct text {
    char bytes[TEXT_MAX];
    unsigned used;
};

// A sentence with the names of its values in braces.
struct pattern {
    char bytes[PATTERN_MAX];
};

// Where a sentence's values are read from, and how it is said.
struct speaker {
    const struct machine *m;
    enum language language;
    uint64 when; // the position that "ago" counts from
};

// Of the integer registers: "zero", "ra" and so on; s0, not fp.
extern const char *const register_names[32];

void text_add(struct text *t, const char *words);
void text_number(struct text *t, uint64 value);
void text_hex(struct text *t, uint64 value);
// "1,234,567".
void text_grouped(struct text *t, uint64 value);
// The bytes up to the next place where a line may break, and their columns.
unsigned text_piece(const char *p, unsigned *columns);
// Adds one part, its lines ended: the head, and the words in a column beside it, or behind it if
// the head does not begin with a space.
void text_part(struct text *t, const char *head, const char *words);

// Returns the pattern of a sentence in a language; word < WORDS.
struct pattern word_pattern(enum word word, enum language language);
// The sentence for the cause of a trap.
enum word words_cause(int64 cause);
// Adds a name, cut where it is too long for a line.
void words_cut(struct text *out, const char *words);
// Adds a sentence with two arguments.
void words_say(const struct speaker *s, enum word word, uint64 a, uint64 b, struct text *out);
// Returns whether a sentence may have the place that begins behind the '{' at p[-1].
bool words_place_known(const char *p);
// Adds a sentence, filled in.
void words_fact(const struct speaker *s, const struct fact *f, struct text *out);
// Adds a whole report: its head, "  from:" and so on.
void words_report(const struct speaker *s, const struct report *r, struct text *out);
// Adds where an instruction is: "in walk+0x1c (vm.c:85)", "at pc 0x80000000".
void words_place(const struct speaker *s, uint64 pc, struct text *out);
// Adds "walk (vm.c:85)".
void words_function(const struct speaker *s, uint64 pc, struct text *out);
// Adds calls: "walk (vm.c:85) < mappages (vm.c:150) < kvmmap".
void words_calls(const struct speaker *s, const struct moment *at, struct text *out);
// Adds "pid 3 (sh)".
void words_process(const struct speaker *s, int pid, struct text *out);
// Adds how far the position is from s->when: "1,234 instructions ago".
void words_ago(const struct speaker *s, uint64 position, struct text *out);
