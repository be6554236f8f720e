// SPDX-License-Identifier: MIT
// translate.h - the privileged manual's address translation, as a function that explains itself.
#pragma once

#include "pt/pt.h"

enum pt_access { PT_READ, PT_WRITE, PT_EXEC };

// The rule that ended a translation. pt_rule_name() is stable: tests and explanations refer to it.
enum pt_rule {
    RULE_OK,
    RULE_CANONICAL,   // the bits above the translated ones are not all alike
    RULE_PTE_ACCESS,  // the entry itself is not in memory: an access fault
    RULE_VALID,       // V is 0
    RULE_W_NEEDS_R,   // W without R is reserved
    RULE_RESERVED,    // one of bits 63-54 is set
    RULE_POINTER_AUD, // a pointer has A, U or D set
    RULE_NO_LEAF,     // level 0 holds a pointer
    RULE_ALIGNED,     // a larger leaf's page number is not a multiple of its size
    RULE_USER,        // user mode, U is 0
    RULE_SUM,         // supervisor mode reads or writes, U is 1, SUM is 0
    RULE_USER_FETCH,  // supervisor mode executes, U is 1
    RULE_READ,        // R is 0 (and X is 0 or MXR is 0)
    RULE_WRITE,       // W is 0
    RULE_EXEC,        // X is 0
    RULE_ACCESSED,    // A is 0 and the hart leaves setting it to software
    RULE_DIRTY,       // a store, D is 0 and the hart leaves setting it to software
    RULES
};

// The state of the hart that the rules depend on.
struct pt_hart {
    bool user;      // mode U; else S
    bool sum, mxr;  // of sstatus
    bool update_ad; // the hart sets A and D itself (Svadu); else it faults (Svade)
    // Returns whether the table entry at `pa` is in memory. NULL: every one is.
    bool (*present)(void *arg, uint64 pa);
    // Reads the entry at `pa` for this walk. NULL: from memory, through the linear map.
    pte_t (*read)(void *arg, uint64 pa);
    void *arg;
};

struct pt_trace {
    enum pt_rule rule; // RULE_OK: pa is meaningful
    int level;         // where the rule decided
    uint64 pa;
    pte_t pte; // the last entry read
    pte_t set; // A and D bits that the hart would set in it
    int reads; // entries read: step[0] to step[reads - 1]
    struct {
        uint64 pa; // of the entry
        pte_t pte;
    } step[PT_MAX_LEVELS];
};

enum pt_rule translate(const struct pt *t, uint64 va, enum pt_access access,
                       const struct pt_hart *hart, struct pt_trace *trace); // changes nothing
const char *pt_rule_name(enum pt_rule rule);
int pt_rule_cause(enum pt_rule rule,
                  enum pt_access access); // scause of the exception; -1 for RULE_OK
