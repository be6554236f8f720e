// SPDX-License-Identifier: MIT
// param.h - the limits that sources for xv6 name; a program may count on each of them.
#pragma once

#define NPROC       64
#define NCPU        8
#define NOFILE      16
#define NFILE       100
#define NINODE      50
#define NDEV        10
#define ROOTDEV     1
#define MAXARG      32
#define MAXOPBLOCKS 10
#define LOGSIZE     (MAXOPBLOCKS * 3)
#define NBUF        (MAXOPBLOCKS * 3)
#define FSSIZE      2000
#define MAXPATH     128
#define USERSTACK   1
