// SPDX-License-Identifier: MIT
// direct.h - the kernel's own: the model places its RAM where DIRECT_MAP + physical address is a
// pointer of the host (mmu/world.c).
#pragma once

#include "../../../../../../kernel/mm/frame/direct.h"
