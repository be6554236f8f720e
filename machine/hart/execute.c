// SPDX-License-Identifier: MIT
// execute.c - the interpreter that does not count.
//
// Next      hart/interpret.inc
#include "hart/execute.h"

#define COUNT_STEP()    ((void)0)
#define COUNT_BACK()    ((void)0)
#define COUNT_ANEW()    ((void)0)
#define COUNT_FETCH()   ((void)0)
#define COUNT_AMO(same) ((void)0)

#include "hart/interpret.inc"

void
execute(struct machine *m, unsigned hart)
{
    m->code->run(m, hart);
}

static void
run(struct machine *m, unsigned hart)
{
    interpret(m, hart);
}

void
execute_setup(struct code *c)
{
    c->go = interpret(NULL, 0);
    c->run = run;
}
