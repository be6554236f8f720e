// SPDX-License-Identifier: MIT
// mman.h - protections and flags of mmap(), kinds of sbrk().
#pragma once

#define PROT_NONE  0
#define PROT_READ  1
#define PROT_WRITE 2
#define PROT_EXEC  4

#define MAP_SHARED    0x01
#define MAP_PRIVATE   0x02
#define MAP_ANONYMOUS 0x20

#define SBRK_EAGER 1 // every page is there on return; also any value but SBRK_LAZY
#define SBRK_LAZY  2 // address space only; pages come at first touch
