// SPDX-License-Identifier: MIT
// test.h - conditions about files, texts and numbers.
#pragma once

int test(char **argv); // the builtins `test` and `[`: 0 true, 1 false, 2 no condition
