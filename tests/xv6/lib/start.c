// SPDX-License-Identifier: MIT
// start.c - where a program of the newer shape starts.
#include "lib/lib.h"

int main(int argc, char **argv);
void start(int argc, char **argv);

void
start(int argc, char **argv)
{
    main(argc, argv);
    exit(0);
}
