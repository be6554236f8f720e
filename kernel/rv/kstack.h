// SPDX-License-Identifier: MIT
// kstack.h - the shape of a kernel stack (also read by assembly).
#pragma once

// A stack is the upper half of a slot of twice its size, aligned to that; the lower half is never
// mapped. So one bit of sp tells whether it has left the stack: see rv/kernelvec.S.
#define KSTACK_SHIFT 13
#define KSTACK_SIZE  (1 << KSTACK_SHIFT)
