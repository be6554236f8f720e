// SPDX-License-Identifier: MIT
// counted.c - the interpreter that counts: the same text as execute.c's, so the same run.
//
// Next      sight/count.h
#include "hart/execute.h"
#include "sight/count.h"

#define COUNT_STEP()    count_step(m, hart, page, ip)
#define COUNT_BACK()    (m->count->hart[hart].cell->steps--)
#define COUNT_ANEW()    (m->count->hart[hart].bytes = 0)
#define COUNT_FETCH()   count_fetch(m, hart)
#define COUNT_AMO(kept) (m->count->hart[hart].cell->same += (kept))

// An instruction starts: its slot is `ip`, in `page` unless that is one of the lane's own.
static inline void count_step(struct machine *m, unsigned hart, const struct code_page *page,
                              const struct insn *ip);

#include "hart/interpret.inc"

static inline void
count_step(struct machine *m, unsigned hart, const struct code_page *page, const struct insn *ip)
{
    struct counter *c = &m->count->hart[hart];
    if (unlikely((size_t)ip - c->from >= c->bytes))
        count_enter(m, hart, page, ip);
    c->cell->steps++;
}

static void
run(struct machine *m, unsigned hart)
{
    interpret(m, hart);
}

void
execute_counted_setup(struct code *c)
{
    c->go = interpret(NULL, 0);
    c->run = run;
}
