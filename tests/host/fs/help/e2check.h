// SPDX-License-Identifier: MIT
// e2check.h - is an ext2 file system consistent? What e2fsck -fn asks, fast enough for every cut.
#pragma once

#include "lib/types.h"

// Checks the file system of small groups whose blocks `block` gives. Returns NULL, or what is wrong.
const char *e2check(const uint8 *(*block)(uint32));
