// SPDX-License-Identifier: MIT
// fp.h - the computing instructions of the extensions F and D.
#pragma once

#include "hart/hart.h"

// Executes one instruction of the opcodes OP-FP, FMADD, FMSUB, FNMSUB and FNMADD. The caller has
// checked that mstatus.FS is not Off, and sets it to Dirty afterwards.
// Returns   false, with nothing changed, if the encoding or the rounding mode is reserved.
bool fp_execute(struct hart *h, uint32 insn);
