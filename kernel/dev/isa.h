// SPDX-License-Identifier: MIT
// isa.h - the extensions that a hart's description names.
#pragma once

#include "lib/parse/fdt.h"
#include "lib/types.h"

uint32 isa_from_string(const char *isa);            // "rv64imafdc_zicsr_sstc": enum machine_ext
uint32 isa_from_list(const struct fdt_prop *names); // riscv,isa-extensions, a list of strings
