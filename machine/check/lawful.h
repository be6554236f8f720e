// SPDX-License-Identifier: MIT
// lawful.h - accesses of programs that a correct kernel refuses, though the address may seem legal.
#pragma once

#include "check/explain.h"

// Returns whether the kernel means to refuse the access, at a page where nothing is mapped.
bool lawful_refusal(const struct machine *m, const struct access *a);
