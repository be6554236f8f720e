// SPDX-License-Identifier: MIT
// sbi.h - the firmware's services. Results of type int64 are 0 or the negative SBI error code.
#pragma once

#include "lib/types.h"

#define SBI_EXT_TIME   0x54494d45
#define SBI_EXT_IPI    0x735049
#define SBI_EXT_RFENCE 0x52464e43
#define SBI_EXT_HSM    0x48534d
#define SBI_EXT_SRST   0x53525354

bool sbi_has(uint64 extension);
void sbi_putchar(char c);
void sbi_set_timer(uint64 when); // in steps of the time CSR
void sbi_send_ipi(uint64 hartid);
int64 sbi_remote_sfence(uint64 mask, uint64 base, uint64 start, uint64 size) must_check;
int64 sbi_hart_start(uint64 hartid, uint64 entry_pa, uint64 opaque);
void sbi_shutdown(bool failed) noreturn; // the firmware learns no more than `failed`
