// SPDX-License-Identifier: MIT
// pagemore.c - other functions that read the USYSCALL page. Sources for xv6 may define their names,
// so they are in a file of their own.
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
