// SPDX-License-Identifier: MIT
// mmio.h - device registers on the host: a test that drives a device brings these four.
#pragma once

#include "lib/types.h"

uint32 mmio_read32(const volatile void *reg);
void mmio_write32(volatile void *reg, uint32 v);
uint8 mmio_read8(const volatile void *reg);
void mmio_write8(volatile void *reg, uint8 v);
