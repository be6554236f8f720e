// SPDX-License-Identifier: MIT
// t_mmu_fullcopy.c - processes on harts that keep stale translations, kpt=fullcopy (doc/tlb.md).
// SOURCES: tests/host/mmu/*.c kernel/mm/*/*.c kernel/pt/*.c kernel/pt/read/*.c kernel/sync/*.c
// SOURCES: kernel/proc/*.c kernel/proc/*/*.c kernel/boot/userinit.c kernel/explain/layoutcheck.c kernel/rv/cpu.c
// SOURCES: kernel/lib/bitmap.c kernel/lib/parse/elf.c kernel/lib/page.c kernel/lib/range.c
// CFLAGS: -fPIC -iquote tests/host/mmu/shim -include tests/host/mmu/shim/host.h
#include "mmu/world.h"

int
main(int argc, char **argv)
{
    return world_main("fullcopy", argc, argv);
}
