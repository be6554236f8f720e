// SPDX-License-Identifier: MIT
// trampage.h - the trap code and the trapframe in a user table, which a switch to the kernel's
// needs.
#pragma once

#include "lib/types.h"

struct aspace;

int trampage_map(struct aspace *as) must_check; // -ENOMEM
// The frames stay: they belong to the kernel and the process.
void trampage_unmap(struct aspace *as);
