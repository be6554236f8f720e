// SPDX-License-Identifier: MIT
// viewers.h - keeps a process's memory from being freed while other processes look at it.
#pragma once

struct aspace;

void viewers_init(void);
void viewers_enter(struct aspace *as); // the caller's lock keeps the space until this returns
void viewers_leave(struct aspace *as);
void viewers_drain(struct aspace *as); // waits until the last one leaves; the space is hidden
