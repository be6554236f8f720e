// SPDX-License-Identifier: MIT
// rvc.h - the 32-bit instruction that a compressed instruction stands for.
#pragma once

#include "base/types.h"

// The instruction of RV64I, D or F that the compressed instruction `c` stands for, or 0 if `c` is
// reserved. A hint expands to an instruction without effect. The lowest two bits of `c` are not 3.
uint32 rvc_expand(uint16 c);
