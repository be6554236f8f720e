// SPDX-License-Identifier: MIT
// report.h - reports of the machine on standard error, each site once.
#pragma once

#include "host/names.h"
#include "machine.h"

#define SITES_MAX 64

struct reports {
    const struct names *names;
    bool pmp;     // the missing PMP entry has been told
    uint64 loops; // harts that take a trap for ever
    uint64 total; // times that something was found
    unsigned sites;
    uint64 site[SITES_MAX]; // program counters of the causes
};

// The machine found an access that may use a stale translation.
void report_stale(struct reports *r, const struct machine *m, const struct stale *s);
// A hart takes the same trap for ever.
void report_trap_loop(struct reports *r, const struct machine *m, const struct trap_loop *l);
// All harts wait, and nothing will wake them: says where each of them is.
void report_waiting(const struct reports *r, const struct machine *m);
// Says once that S or U mode runs although no PMP entry is set, which --no-pmp lets pass.
void report_pmp(struct reports *r, const struct machine *m);
// Says how many stale translations there were, if any.
void report_end(const struct reports *r);
