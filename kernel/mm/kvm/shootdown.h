// SPDX-License-Identifier: MIT
// shootdown.h - TLB shootdown: all harts drop translations of kernel addresses.
#pragma once

#include "lib/types.h"

void kvm_shootdown(uint64 start, uint64 end); // returns when no TLB holds entries of [start, end)
