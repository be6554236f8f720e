// SPDX-License-Identifier: MIT
// flusher.h - changes reach the disk within a few seconds.
#pragma once

void flusher_start(void); // after the disk has been mounted
