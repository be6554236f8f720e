// SPDX-License-Identifier: MIT
// spin.h - a hart that waits in a loop gives its turn away.
//
// Theory    A hart that comes back to the same pc with the same registers, and on the way has
//           changed no memory and read no device or CSR, will do so for ever, until another hart or
//           a device changes memory or an interrupt comes. Nothing is lost if it does not run.
//           It is looked for at the beginning of a turn that begins where the last one did.
#pragma once

#include "base/types.h"

struct machine;

// Does the hart spin? Its state stays as it is: the instructions that are tried change nothing but
// registers, which are put back.
bool spin_found(struct machine *m, unsigned hart);
