// SPDX-License-Identifier: MIT
// backtrace.c - prints the chain of callers.
//
// Theory    The kernel is built with frame pointers: a frame pointer s0 points just above two
//           words, the return address at s0 - 8 and the caller's s0 at s0 - 16. Stacks grow down,
//           so each caller's frame lies above its callee's: that ends every chain, broken ones
//           too.
// Promises  reads nothing outside the stack limits given.
#include "panic/backtrace.h"

#include "lib/printf.h"
#include "panic/ksyms.h"

#define MAX_DEPTH 40

static bool
frame_inside(uint64 fp, uint64 low, uint64 high)
{
    return fp % sizeof(uint64) == 0 && fp <= high && fp >= low + 2 * sizeof(uint64);
}

// Follows the chain of frame pointers from fp on, within the stack [low, high). Reads nothing
// outside.
// Returns   how many return addresses it has written to pcs[], at most max.
int
backtrace_walk(uint64 fp, uint64 low, uint64 high, uint64 *pcs, int max)
{
    int n = 0;
    while (n < max && frame_inside(fp, low, high)) {
        const uint64 *frame = (const uint64 *)fp; // checked to lie within the stack
        uint64 caller = frame[-2];
        pcs[n++] = frame[-1];
        if (caller <= fp)
            break;
        fp = caller;
    }
    return n;
}

// Prints pc as a place in the function that the byte at pc - back belongs to.
static void
print_place(uint64 pc, uint64 back)
{
    uint64 offset = 0;
    const char *name = ksyms_lookup(pc - back, &offset);
    if (name != NULL)
        printf("  0x%016lx %s+0x%lx\n", pc, name, offset + back);
    else
        printf("  0x%016lx\n", pc);
}

// Prints one line for the code at pc itself: the address, and its function and offset if known.
void
backtrace_print_pc(uint64 pc)
{
    print_place(pc, 0);
}

// Prints a line for each caller from frame pointer fp on, within the stack [low, high). Equal lines
// are printed once, with their number.
void
backtrace_print(uint64 fp, uint64 low, uint64 high)
{
    uint64 pcs[MAX_DEPTH];
    int n = backtrace_walk(fp, low, high, pcs, MAX_DEPTH);
    for (int i = 0, same; i < n; i += same) {
        for (same = 1; i + same < n && pcs[i + same] == pcs[i];)
            same++;
        print_place(pcs[i], 1); // a call that does not return may end its function
        if (same > 1)
            printf("  ... and %d more of the same\n", same - 1);
    }
}
