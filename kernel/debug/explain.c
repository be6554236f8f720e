// SPDX-License-Identifier: MIT
// explain.c - why a user program was stopped, in three to eight lines.
//
// Theory    What happened, who called, the entries a hart reads, the first of the manual's rules that
//           fails, what the address is near to, whose memory it is, and what to do when the cause is a known
//           one. A program that dies of the same thing many times a second is told in one line.
// Promises  The lines of one explanation stay together. Allocates nothing itself; takes no lock but the
//           pager's, while it looks for names of functions, and printf's.
// Locks     none held on entry. The running process's regions and tables stand still: it alone changes them.
// Next      debug/tell.c, debug/near.c, debug/words.h
#include "debug/explain.h"

#include "abi/errno.h"
#include "debug/insn.h"
#include "debug/mapsite.h"
#include "debug/tell.h"
#include "debug/usertrace.h"
#include "debug/words.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace.h"
#include "mm/layout.h"
#include "rv/csr.h"
#include "rv/trapframe.h"

#define REPORT_SIZE 1800
#define PLACE_SIZE  64
#define FROM_SIZE   240

static enum { FULL, SHORT, OFF } mode;

struct fault {
    const struct subject *s;
    uint64 cause, stval;
    int error;
    bool paging; // a page fault: look and near are meaningful
    struct look look;
    struct near near;
};

int
explain_set_mode(const char *name)
{
    if (strcmp(name, "full") == 0)
        mode = FULL;
    else if (strcmp(name, "short") == 0)
        mode = SHORT;
    else if (strcmp(name, "off") == 0)
        mode = OFF;
    else
        return -EINVAL;
    return 0;
}

static struct near_space
space_of(const struct subject *s)
{
    return (struct near_space){.region = s->as->regions.v,
                               .n = s->as->regions.n,
                               .brk = s->as->sz,
                               .highest_brk = s->as->highest,
                               .sp = s->tf->sp};
}

static void
examine(struct fault *f)
{
    struct near_space space = space_of(f->s);
    f->paging = page_fault_access(f->cause, &f->look.access);
    f->look.va = f->stval;
    f->look.hart.user = true;
    if (!f->paging)
        return;
    look_at(&f->s->as->pt, &f->look);
    f->near = near_in(&space, f->stval);
}

// ---- Lines ------------------------------------------------------------------------------------

static const char *
cause_word(uint64 cause)
{
    static const struct words causes[] = {
        [0] = {W_CAUSE_FETCH_MISALIGNED},          [CAUSE_ILLEGAL] = {W_CAUSE_ILLEGAL},
        [CAUSE_BREAKPOINT] = {W_CAUSE_BREAKPOINT}, [4] = {W_CAUSE_LOAD_MISALIGNED},
        [6] = {W_CAUSE_STORE_MISALIGNED},          [CAUSE_ECALL_U] = {W_CAUSE_ECALL},
    };
    if (cause >= NELEM(causes) || causes[cause].en == NULL)
        return word(W_CAUSE_OTHER);
    return words(&causes[cause]);
}

static void
tell_what(struct report *r, const struct fault *f, const struct usertrace *t)
{
    char place[PLACE_SIZE];
    usertrace_place(t, 0, place, sizeof place);
    if (f->paging)
        say(r, W_WHAT, f->s->pid, f->s->name, place, access_word(f->look.access), f->stval);
    else
        say(r, W_WHAT_ELSE, f->s->pid, f->s->name, place, cause_word(f->cause));
}

static void
tell_callers(struct report *r, const struct usertrace *t)
{
    char text[FROM_SIZE], place[PLACE_SIZE];
    size_t n = 0;
    for (int i = 1; i < t->n && n < sizeof text; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i > 1 ? " < " : "",
                              usertrace_place(t, i, place, sizeof place));
    if (t->n > 1)
        say(r, W_FROM, text);
}

// The region would not have allowed it, so the absent page was not brought in.
static bool
region_forbids(const struct fault *f)
{
    static const uint16 need[] = {[PT_READ] = PTE_R, [PT_WRITE] = PTE_W, [PT_EXEC] = PTE_X};
    return f->look.trace.rule == RULE_VALID && f->near.in != NULL &&
           !(f->near.in->prot & need[f->look.access]);
}

static void
tell_reason(struct report *r, const struct fault *f)
{
    tell_walk(r, &f->look);
    if (region_forbids(f))
        say(r, W_REGION_FIRST, access_word(f->look.access));
    else
        tell_rule(r, &f->look);
}

static void
tell_between(struct report *r, const struct fault *f)
{
    const struct near *near = &f->near;
    if (near->below != NULL && near->above != NULL)
        say(r, W_BETWEEN, f->stval - near->below->end, region_word(near->below),
            near->above->start - f->stval, region_word(near->above));
    else
        say(r, W_NEAR, near_word(near));
}

static const char *
prot_letters(uint64 prot, char text[4])
{
    text[0] = prot & PTE_R ? 'r' : '-';
    text[1] = prot & PTE_W ? 'w' : '-';
    text[2] = prot & PTE_X ? 'x' : '-';
    text[3] = '\0';
    return text;
}

static void
tell_near(struct report *r, const struct fault *f)
{
    const struct region *in = f->near.in;
    const struct aspace *as = f->s->as;
    char prot[4];
    switch (f->near.kind) {
    case NEAR_REGION:
        say(r, W_IN, region_word(in), in->start, in->end, prot_letters(in->prot, prot));
        return;
    case NEAR_OVERFLOW:
        say(r, W_OVERFLOW, in->start, f->near.above ? f->near.above->end - f->near.above->start : 0,
            f->s->tf->sp);
        return;
    case NEAR_HEAP:
        say(r, W_PAST_BREAK, f->stval - as->sz, as->sz);
        return;
    case NEAR_FREED:
        say(r, W_FREED, as->sz, as->highest);
        return;
    case NEAR_BETWEEN:
        tell_between(r, f);
        return;
    default:
        say(r, W_NEAR, near_word(&f->near));
    }
}

static void
tell_owner(struct report *r, const struct fault *f)
{
    if (pte_leaf(f->look.trace.pte))
        tell_frame(r, pte_translate(f->look.trace.pte, f->look.trace.level, f->stval));
}

// ---- Hints ------------------------------------------------------------------------------------

static const struct words *
hint_for_region(const struct fault *f)
{
    static const struct words text = {W_HINT_TEXT}, data_exec = {W_HINT_DATA_EXEC};
    static const struct words pte_u = {W_HINT_PTE_U};
    const struct region *in = f->near.in;
    if (f->look.trace.rule == RULE_USER && in->kind != REGION_GUARD)
        return &pte_u;
    if (f->look.access == PT_EXEC)
        return &data_exec;
    if (f->look.access == PT_WRITE && in->kind == REGION_IMAGE && !(in->prot & PTE_W))
        return &text;
    return NULL;
}

static const struct words *
hint_for_place(const struct fault *f)
{
    static const struct words null_call = {W_HINT_NULL_CALL}, stack = {W_HINT_STACK};
    static const struct words usyscall = {W_HINT_USYSCALL}, freed = {W_HINT_USE_FREED};
    static const struct words heap = {W_HINT_HEAP}, kernel = {W_HINT_KERNEL};
    switch (f->near.kind) {
    case NEAR_NULL:
        return f->look.access == PT_EXEC ? &null_call : hint_for_region(f);
    case NEAR_OVERFLOW:
        return &stack;
    case NEAR_USYSCALL:
        return f->look.trace.rule == RULE_USER ? hint_for_region(f) : &usyscall;
    case NEAR_FREED:
        return &freed;
    case NEAR_HEAP:
        return &heap;
    case NEAR_DIRECT:
    case NEAR_KERNEL_IMAGE:
    case NEAR_TRAPFRAME:
    case NEAR_TRAMPOLINE:
        return &kernel;
    default:
        return f->near.in != NULL ? hint_for_region(f) : NULL;
    }
}

static void
tell_hint(struct report *r, const struct fault *f)
{
    const struct words *hint = f->paging ? hint_for_place(f) : NULL;
    if (f->error == -ENOMEM)
        say(r, W_HINT, word(W_HINT_NO_MEMORY));
    else if (f->error == -EIO)
        say(r, W_HINT, word(W_HINT_IO));
    else if (hint != NULL)
        say(r, W_HINT, words(hint));
}

// ---- Traps of other kinds -----------------------------------------------------------------------

static void
tell_instruction(struct report *r, const struct fault *f)
{
    static const struct words kinds[INSN_KINDS] = {
        [INSN_ZERO] = {W_INSN_ZERO},   [INSN_ONES] = {W_INSN_ONES},
        [INSN_CSR] = {W_INSN_CSR},     [INSN_SYSTEM] = {W_INSN_SYSTEM},
        [INSN_FLOAT] = {W_INSN_FLOAT}, [INSN_VECTOR] = {W_INSN_VECTOR},
        [INSN_OTHER] = {W_INSN_OTHER},
    };
    uint64 bits = f->stval, at = f->s->tf->epc, text;
    if (bits == 0 && look_word(&f->s->as->pt, at & ~7UL, true, &text)) {
        bits = text >> (at % 8 * 8); // harts may leave it to us to look (priv stval)
        bits = at % 8 == 6 || (bits & 3) != 3 ? bits & 0xffff : bits & 0xffffffff;
    }
    say(r, W_WORD, bits, words(&kinds[insn_judge((uint32)bits)]));
}

// Access faults: the translation went well, what is there did not answer.
static bool
tell_access_fault(struct report *r, struct fault *f)
{
    enum pt_access access = f->cause == 1 ? PT_EXEC : f->cause == 5 ? PT_READ : PT_WRITE;
    if (f->cause != 1 && f->cause != 5 && f->cause != 7)
        return false;
    f->look.access = access;
    look_at(&f->s->as->pt, &f->look);
    tell_walk(r, &f->look);
    if (f->look.trace.rule == RULE_OK)
        say(r, W_ACCESS_FAULT, f->look.trace.pa);
    else
        tell_rule(r, &f->look);
    return true;
}

static void
tell_other(struct report *r, struct fault *f)
{
    if (f->cause == CAUSE_ILLEGAL)
        tell_instruction(r, f);
    else if (!tell_access_fault(r, f) && f->stval != 0)
        say(r, W_ADDRESS, f->stval);
}

// ---- The whole ----------------------------------------------------------------------------------

static void
tell_full(struct report *r, struct fault *f)
{
    struct usertrace t;
    usertrace_take(&t, f->s->as, f->s->tf, USERSYM_READ);
    tell_what(r, f, &t);
    tell_callers(r, &t);
    if (f->paging) {
        tell_reason(r, f);
        tell_near(r, f);
        tell_owner(r, f);
        mapsite_tell(r, f->s->as, f->stval);
    } else {
        tell_other(r, f);
    }
    tell_hint(r, f);
}

static void
tell_short(struct report *r, const struct fault *f)
{
    if (f->paging)
        say(r, W_SHORT, f->s->pid, f->s->name, access_word(f->look.access), f->stval,
            rule_word(f->look.trace.rule), near_word(&f->near));
    else
        say(r, W_SHORT_ELSE, f->s->pid, f->s->name, cause_word(f->cause));
}

// Has a program of this name died of the same thing within the last second? Harts that ask at the same time may
// get each other's answer: then an explanation is longer or shorter than it could be.
static bool
again(const struct fault *f)
{
    static struct {
        uint64 pc, cause, time;
        enum pt_rule rule;
        char name[16];
    } last;
    uint64 now = r_time();
    bool same = last.pc == f->s->tf->epc && last.cause == f->cause &&
                last.rule == f->look.trace.rule && strcmp(last.name, f->s->name) == 0 &&
                now - last.time < f->s->as->usys->timebase;
    last.pc = f->s->tf->epc;
    last.cause = f->cause;
    last.rule = f->look.trace.rule;
    last.time = now;
    safestrcpy(last.name, f->s->name, sizeof last.name);
    return same;
}

void
explain_user(const struct subject *s, uint64 cause, uint64 stval, int error)
{
    char text[REPORT_SIZE];
    struct report r = {.buf = text, .size = sizeof text};
    struct fault f = {.s = s, .cause = cause, .stval = stval, .error = error};
    if (mode == OFF)
        return;
    examine(&f);
    if (mode == SHORT || again(&f))
        tell_short(&r, &f);
    else
        tell_full(&r, &f);
    say_flush(&r);
}
