// SPDX-License-Identifier: MIT
// faults.c - the kinds of exceptions: which access raises one, and its sentence.
#include "check/explain.h"

#include "machine.h"

enum pt_access
access_of(int cause)
{
    if (cause == CAUSE_STORE_PAGE || cause == CAUSE_STORE_ACCESS || cause == CAUSE_STORE_MISALIGNED)
        return PT_WRITE;
    return cause == CAUSE_FETCH_PAGE || cause == CAUSE_FETCH_ACCESS ? PT_EXEC : PT_READ;
}

bool
page_fault(int cause)
{
    return cause == CAUSE_FETCH_PAGE || cause == CAUSE_LOAD_PAGE || cause == CAUSE_STORE_PAGE;
}

bool
memory_fault(int cause)
{
    return page_fault(cause) || cause == CAUSE_FETCH_ACCESS || cause == CAUSE_LOAD_ACCESS ||
           cause == CAUSE_STORE_ACCESS;
}

void
explain_trap(int cause, uint64 tval, uint64 arg[3])
{
    arg[0] = WORD_TRAP_ADDRESS;
    if (cause == CAUSE_ILLEGAL)
        arg[0] = WORD_TRAP_ILLEGAL;
    else if ((cause >= CAUSE_ECALL_U && cause <= CAUSE_ECALL_M) || cause == CAUSE_BREAKPOINT)
        arg[0] = WORD_TRAP_ECALL;
    arg[1] = (uint64)cause;
    arg[2] = tval;
}
