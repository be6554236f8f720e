// SPDX-License-Identifier: MIT
// t_pt_model.c - random sequences of page-table operations against a flat model, in three formats
// and both halves, with every allocation failing once and a TLB that keeps every entry that is not
// fenced.
//
// SOURCES: kernel/pt/*.c kernel/pt/read/*.c tests/host/pt/help/*.c
// SOURCES: tests/host/shim/host.c
#include "test.h"

#include "ptops.h"

int
main(void)
{
    static const uint64 low[] = {0, 0x3fe00000, 0x3ff00000, (1UL << 38) - PTOPS_PAGES * 4096};
    for (int levels = 3; levels <= 5; levels++) {
        for (uint64 i = 0; i < NELEM(low); i++)
            ptops_run(rnd, 1200, levels, low[i]);
        ptops_run(rnd, 1200, levels, -PTOPS_PAGES * 4096);
        ptops_run(rnd, 1200, levels, 0xffffffffbfe00000);
        CHECK(levels);
    }
    return test_done();
}
