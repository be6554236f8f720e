// SPDX-License-Identifier: MIT
// flusher.h - what has been changed reaches the disk within a few seconds.
#pragma once

void flusher_start(void); // after the disk has been mounted
