// SPDX-License-Identifier: MIT
// clear.c - empty the screen.
#include "user/user.h"

int
main(void)
{
    return printf("\033[H\033[2J") < 0;
}
