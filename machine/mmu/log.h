// SPDX-License-Identifier: MIT
// log.h - how the log of changed entries is read (struct table_log).
#pragma once

#include "machine.h"

#define PRESENT 0xffffffffu // the number of no change: the value that memory has

// The part of the log in which changes of the entry at `pa` are chained.
static inline unsigned
log_bucket(uint64 pa)
{
    return (unsigned)((pa * 0x9e3779b97f4a7c15ULL) >> 32) % TABLE_BUCKETS;
}

// The oldest change that is still in the log, or the next one.
static inline uint32
log_start(const struct table_log *log)
{
    return log->next < TABLE_CHANGES ? 0 : log->next - TABLE_CHANGES;
}
