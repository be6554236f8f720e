// SPDX-License-Identifier: MIT
// trampage.h - the two pages that let a user table leave for the kernel's.
#pragma once

struct aspace;

int trampage_map(struct aspace *as) __attribute__((warn_unused_result)); // -ENOMEM
void
trampage_unmap(struct aspace *as); // the frames stay: they belong to the kernel and the process
