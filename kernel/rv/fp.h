// SPDX-License-Identifier: MIT
// fp.h - the registers of the F and D extensions. The caller has switched the unit on (sstatus.FS).
#pragma once

#include "lib/types.h"

struct fpstate {
    uint64 f[32];
    uint64 fcsr;
};

void fp_save(struct fpstate *to);            // all 32 registers and fcsr
void fp_restore(const struct fpstate *from); // what fp_save() has stored
