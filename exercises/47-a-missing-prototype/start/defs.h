// defs.h - the functions that files of this kernel share.
#pragma once

#include "lab.h"

// frame.c
void frame_put(void *frame);
