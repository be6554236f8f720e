// SPDX-License-Identifier: MIT
// false.c - do nothing, and fail.
#include "user/user.h"

int
main(void)
{
    return 1;
}
