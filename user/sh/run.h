// SPDX-License-Identifier: MIT
// run.h - carrying out a command line.
#pragma once

struct group;

int run_groups(const struct group *g); // a list; the status of the last command
