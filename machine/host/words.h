// SPDX-License-Identifier: MIT
// words.h - parses the words of a command: numbers, moments, addresses, registers.
#pragma once

#include "host/control.h"

// Each of these returns false if the word is something else. Nothing is printed.

// A number: 1200, 1,200, 0x4b0.
bool word_number(const char *word, uint64 *n);
// A moment: @152,123,403.
bool word_moment(const char *word, uint64 *position);
// A register of the hart: ra, $sp, a0, x10, pc; a CSR: satp, sepc, scause, ...
bool word_register(const struct control *c, const char *word, uint64 *value);
// Its number for word_register_value(), -1: it is none.
int register_number(const char *word);
uint64 register_value(const struct control *c, unsigned hart, int number);
// The name of a register by its number; NULL behind the last one.
const char *register_name(int number);
// An address: a number, a symbol of the kernel, a register, each with +N or -N behind it.
bool word_address(const struct control *c, const char *word, uint64 *va);
// As word_address(); prints a message if the word is none.
bool need_address(const struct control *c, const char *word, uint64 *va);
