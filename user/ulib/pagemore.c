// SPDX-License-Identifier: MIT
// pagemore.c - what else stands in the USYSCALL page, under names that sources for xv6 may use for
// something of their own: hence a file of its own.
#include "ulib/cmd.h"
#include "ulib/harts.h"

#include "abi/usyscall.h"

static const volatile struct usyscall *const page = (const volatile struct usyscall *)USYSCALL;

int
errno(void)
{
    return page->err;
}

int
harts(void)
{
    return page->harts;
}
