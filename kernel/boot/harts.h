// SPDX-License-Identifier: MIT
// harts.h - the harts come online.
#pragma once

struct machine;

void harts_start(const struct machine *m); // this one and all others up to nharts, at boot
