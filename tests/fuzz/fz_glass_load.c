// SPDX-License-Identifier: MIT
// fz_glass_load.c - any bytes as a kernel for the glass machine: the loader stays inside file and RAM.
//
// SOURCES: machine/board/*.c
#include "glassboard.h"

#include "board/boot.h"

int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
    struct file file = {data, size};
    const struct file *culprit;
    uint64 value;
    board_new(false);
    for (unsigned with_firmware = 0; with_firmware < 2; with_firmware++) {
        struct boot b = {.kernel = file, .append = "quiet"};
        if (with_firmware)
            b.firmware = (struct file){(const uint8 *)"\1\2", 2};
        if (boot_load(&m, &b, &culprit, &value) == LOAD_OK)
            CHECK(ram_has(&m.ram, m.s.hart[0].pc, 1));
    }
    return 0;
}
