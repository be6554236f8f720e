// SPDX-License-Identifier: MIT
// tell.h - the parts that explanations of faults have in common: walk, rule, owner, place.
#pragma once

#include "explain/near.h"
#include "explain/say.h"
#include "pt/read/translate.h"

struct look {
    uint64 va;
    enum pt_access access;
    bool refused; // an access fault: no memory or device at the physical address took it
    struct pt_hart hart;
    struct pt_trace trace;
};

bool look_cause(struct look *look, uint64 cause); // false: no access to memory failed
void look_at(const struct pt *t,
             struct look *look); // walks the table as the hart does; never faults
// Reads a word that the table maps, for user mode or for the kernel; false: it is not there.
bool look_word(const struct pt *t, uint64 va, bool user, uint64 *word);

const char *access_word(enum pt_access access);
const char *reason_word(const struct look *look);
const struct words *rule_hint(const struct look *look);
const char *cause_word(uint64 cause); // of a trap that is no page fault
const char *insn_word(uint32 bits);   // why an instruction was refused
const char *near_word(const struct near *near);
const char *region_word(const struct region *r);
const char *flag_letters(pte_t pte, char text[8]); // r, w, x, u, g, a, d

void tell_walk(struct report *r, const struct look *look); // the entries read
void tell_rule(struct report *r, const struct look *look); // the first rule that failed
void tell_leaf(struct report *r, const struct look *look); // the owner of what the leaf maps
void tell_frame(struct report *r, uint64 pa);              // kind and owner
