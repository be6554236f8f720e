// SPDX-License-Identifier: MIT
// trampage.h - the two pages that let a user table leave for the kernel's.
#pragma once

#include "lib/types.h"

struct aspace;

int trampage_map(struct aspace *as) must_check; // -ENOMEM
void
trampage_unmap(struct aspace *as); // the frames stay: they belong to the kernel and the process
