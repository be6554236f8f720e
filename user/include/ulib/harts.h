// SPDX-License-Identifier: MIT
// harts.h - the number of processors.
#pragma once

int harts(void); // harts that run processes
