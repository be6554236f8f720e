// SPDX-License-Identifier: MIT
// report.h - a report as data: the event, its origin, the rule, the advice.
//
// Theory    A check fills in a report during an event and sends it. The machine stops soon after
//           (STOP_LOOK). The host then completes the report, for which the run may go back, and
//           prints it in words (machine/words/). Reports do not depend on how the host divides the
//           run.
#pragma once

#include "pt/read/translate.h"
#include "sight/moment.h"

struct machine;

// The sentences of machine/words/words.def.
enum word {
    WORD_NONE,
#define WORD(id, en, zh) WORD_##id,
#include "words/words.def"
#undef WORD
    WORDS
};

enum report_kind {
#define KIND(id, name) REPORT_##id,
#include "sight/kinds.def"
#undef KIND
    REPORT_KINDS
};

#define FACT_ARGS    8
#define REPORT_SINCE 6
#define REPORT_NEAR  6

// A sentence: its words, and the values for the places in them.
struct fact {
    enum word word; // WORD_NONE: there is none
    uint64 arg[FACT_ARGS];
    struct moment moment;  // {calls}, {time}, {pid}, {place}
    struct pt_trace trace; // {walk}
    // The host looks for the last store to the eight bytes here, before the report's `when`, and
    // fills in `moment`, and in arg[6] the entry before it. 0: no request. If there is none, the
    // sentence is left out. WORD_ENTRY_BY becomes one of three sentences, by the effect of the
    // store.
    uint64 stored;
    uint64 before; // ... before this position; 0: before the report's
};

struct report {
    enum report_kind kind;
    unsigned hart;
    uint64 when;          // position
    uint64 site;          // address of the guilty instruction, or of a function
    struct moment moment; // where it was found: the line "from:"
    struct fact what, walk, rule, todo;
    struct fact since[REPORT_SINCE], near[REPORT_NEAR];
    unsigned nsince, nnear;
    bool fatal; // the kernel cannot go on as it should
    bool note;  // an explanation of a correct event, perhaps: a program's own mistake
};

#define OUTBOX_MAX 8
#define SITES_MAX  256

struct outbox {
    struct report report[OUTBOX_MAX]; // sent, not yet printed
    unsigned count;
    unsigned sites;
    uint64 total, lost; // all but notes, each site counted each time; that had no room
    struct {
        enum report_kind kind;
        uint64 site;
    } site[SITES_MAX];
};

// Begins a report of the present moment: its kind, hart and site (see struct report).
void report_begin(const struct machine *m, struct report *r, enum report_kind kind, unsigned hart,
                  uint64 site);
// Adds a sentence to "since:", or to "near:". Returns the sentence, to be filled in; if there is no
// room, the last one.
struct fact *report_since(struct report *r, enum word word);
struct fact *report_near(struct report *r, enum word word);
// Sends a report, unless one of the same kind and site was sent already. Returns whether it was
// sent.
bool report_send(struct machine *m, const struct report *r);
// Returns whether there was a report of that kind and site.
bool report_sent(const struct machine *m, enum report_kind kind, uint64 site);
// Takes the oldest report out of the outbox. Returns false if there is none.
bool report_take(struct machine *m, struct report *r);
// Finds the stores for which sentences ask (struct fact). The run goes back and returns. To be
// called between turns only.
void report_complete(struct machine *m, struct report *r);
// The name of a kind, for --expect and --json.
const char *report_kind_name(enum report_kind kind);
