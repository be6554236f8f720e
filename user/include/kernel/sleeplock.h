// SPDX-License-Identifier: MIT
// sleeplock.h - empty: some sources for xv6 include this name and use nothing of it.
#pragma once
