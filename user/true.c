// SPDX-License-Identifier: MIT
// true.c - do nothing, and succeed.
#include "user/user.h"

int
main(void)
{
    return 0;
}
