// SPDX-License-Identifier: MIT
// failnth.h - how failnth() makes the allocations of a tree of processes fail (debug builds).
#pragma once

#define FAILNTH_ONWARD   1 // not the n-th alone: every one from it on
#define FAILNTH_TELL     2 // each one that fails is printed on the console, with its caller
#define FAILNTH_CHILDREN 4 // of the children made from now on, not of the caller
#define FAILNTH_OBJECTS  8 // with n 0: ends nothing, answers how many kernel objects are in use

#define FAILNTH_FIRED (1 << 30) // in the answer, beside the number counted: one has failed
