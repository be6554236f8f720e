// SPDX-License-Identifier: MIT
// report.h - reports of the machine on standard error.
#pragma once

#include <stdio.h>

#include "host/expect.h"
#include "machine.h"
#include "words/words.h"

struct reports {
    enum language language;
    struct expected *expected; // --expect, or NULL
    FILE *json;                // --json, or NULL
    const char *again;         // the command of this run, if it can be repeated; or NULL
    uint64 printed;
    struct text last; // the last one, in words
    bool midline;     // the console's last byte was no newline
    bool fatal;       // the kernel will not go on as it should
    bool pmp;         // the missing PMP entry has been told
    bool card;        // that there is no PCI card has been told
};

// Prints the reports that have been sent, each completed first. The machine stands.
void report_print(struct reports *r, struct machine *m);
// All harts wait, and nothing will wake them: says where each of them is.
void report_waiting(const struct reports *r, const struct machine *m);
// Says once that S or U mode runs although no PMP entry is set, which --no-pmp lets pass, and once
// that the kernel looks for a PCI card, which this machine does not have.
void report_lacks(struct reports *r, const struct machine *m);
// Says how many there were, if any.
void report_end(const struct reports *r, const struct machine *m);
