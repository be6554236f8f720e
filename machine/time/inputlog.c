// SPDX-License-Identifier: MIT
// inputlog.c - notes input and finds it again.
#include "time/inputlog.h"

bool
inputlog_add(struct inputlog *log, struct input_event event)
{
    uint32 n = log->count / INPUT_BLOCK;
    if (n == INPUT_BLOCKS)
        return false;
    if (log->block[n] == NULL)
        log->block[n] = log->alloc(INPUT_BLOCK * sizeof(event));
    if (log->block[n] == NULL)
        return false;
    log->block[n][log->count % INPUT_BLOCK] = event;
    log->next = ++log->count;
    return true;
}

const struct input_event *
inputlog_next(const struct inputlog *log)
{
    if (log->next == log->count)
        return NULL;
    return &log->block[log->next / INPUT_BLOCK][log->next % INPUT_BLOCK];
}
