// SPDX-License-Identifier: MIT
// crashwork.h - a random workload of file operations, followed by a model, and the threads that it seems to have.
#pragma once

#include "lib/types.h"

extern int (*host_on_block)(bool killable);

void work(int ops);           // on a file system that has just been mounted
void work_end(void);          // gives up the file system as it is
int work_wait(bool killable); // called by a waiting operation: requests end, other operations run
bool work_in_log(uint32 block);
// The states that a cut after that many events may show: from the last safe one to the last one
// begun.
uint32 work_acked(uint32 at);
uint32 work_begun(uint32 at);
