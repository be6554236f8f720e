// SPDX-License-Identifier: MIT
// harts.h - the machine's size.
#pragma once

int harts(void); // harts that run processes
