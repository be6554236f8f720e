// SPDX-License-Identifier: MIT
// e2check.h - checks an ext2 file system as e2fsck -fn does, fast enough for every cut.
#pragma once

#include "lib/types.h"

// Checks the file system of small groups whose blocks `block` gives. Returns NULL, or what is wrong.
const char *e2check(const uint8 *(*block)(uint32));
