// SPDX-License-Identifier: MIT
// file.h - the major numbers of the device nodes.
#pragma once

#define CONSOLE 1
#define STATS   2
