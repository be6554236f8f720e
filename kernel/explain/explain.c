// SPDX-License-Identifier: MIT
// explain.c - explains why a user program is stopped, in three to eight lines behind xv6's two.
//
// Theory    The lines tell the access, the callers, the entries that a hart reads, the first of the
//           manual's rules that fails, what is near the address, the owner of the memory, and what
//           to do when the cause is a known one. A program that is stopped for the same reason
//           many times a second gets one line.
// Promises  The lines of one explanation, xv6's included, stay together. Allocates nothing itself;
//           takes no lock but the pager's, while it looks for names of functions, and printf's.
// Locks     none held on entry. The running process's regions and tables do not change: only the
//           process itself changes them.
// Next      explain/tell.c, explain/near.c, explain/words.h
#include "explain/explain.h"

#include "abi/errno.h"
#include "explain/tell.h"
#include "explain/usertrace.h"
#include "explain/words.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/mapsite.h"
#include "mm/kvm/layout.h"
#include "rv/csr.h"
#include "rv/trapframe.h"

#define REPORT_SIZE 1920
#define PLACE_SIZE  64
#define FROM_SIZE   240

// AUTO: in full, repetitions in short. `explain=` lists these in the same order.
enum { AUTO, FULL, SHORT, OFF };
int explain_mode;

struct fault {
    const struct subject *s;
    uint64 cause, stval;
    int error;
    bool paging; // an access to memory failed: look and near are meaningful
    struct look look;
    struct near near;
};

static void
examine(struct fault *f)
{
    const struct aspace *as = f->s->as;
    struct near_space space = {.region = as->regions.v,
                               .n = as->regions.n,
                               .brk = as->sz,
                               .highest_brk = as->highest,
                               .sp = f->s->tf->sp};
    f->paging = look_cause(&f->look, f->cause);
    f->look.va = f->stval;
    f->look.hart.user = true;
    if (!f->paging)
        return;
    look_at(&f->s->as->pt, &f->look);
    f->near = near_in(&space, f->stval);
}

// ---- Lines ------------------------------------------------------------------------------------

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

static bool
region_allows(const struct fault *f)
{
    static const uint16 need[] = {[PT_READ] = PTE_R, [PT_WRITE] = PTE_W, [PT_EXEC] = PTE_X};
    return f->near.in != NULL && (f->near.in->prot & need[f->look.access]);
}

static void
tell_reason(struct report *r, const struct fault *f)
{
    tell_walk(r, &f->look);
    // The page may be absent because its region does not allow the access.
    if (f->look.trace.rule == RULE_VALID && f->near.in != NULL && !region_allows(f))
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

static void
tell_near(struct report *r, const struct fault *f)
{
    const struct region *in = f->near.in;
    const struct aspace *as = f->s->as;
    char letters[8];
    switch (f->near.kind) {
    case NEAR_REGION:
        say(r, W_IN, region_word(in), in->start, in->end, flag_letters(in->prot, letters));
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

// ---- Hints ------------------------------------------------------------------------------------

static const struct words *
hint_for_region(const struct fault *f)
{
    static const struct words text = {W_HINT_TEXT}, data_exec = {W_HINT_DATA_EXEC};
    static const struct words pte_u = {W_HINT_PTE_U}, prot = {W_HINT_PROT}, eof = {W_HINT_EOF};
    const struct region *in = f->near.in;
    if (in == NULL || in->kind == REGION_GUARD)
        return NULL;
    if (in->kind == REGION_MMAP && !region_allows(f))
        return &prot;
    if (in->kind == REGION_MMAP)
        return in->pager != NULL && f->error == -EFAULT ? &eof : NULL;
    if (f->look.trace.rule == RULE_USER && region_allows(f))
        return &pte_u;
    if (f->look.access == PT_EXEC)
        return &data_exec;
    return f->look.access == PT_WRITE && in->kind == REGION_IMAGE ? &text : NULL;
}

static const struct words *
hint_for_place(const struct fault *f)
{
    static const struct words stack = {W_HINT_STACK};
    static const struct words usyscall = {W_HINT_USYSCALL}, freed = {W_HINT_USE_FREED};
    static const struct words heap = {W_HINT_HEAP}, kernel = {W_HINT_KERNEL};
    switch (f->near.kind) {
    case NEAR_NULL:
        return NULL;
    case NEAR_OVERFLOW:
    case NEAR_SP:
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
        return hint_for_region(f);
    }
}

static void
tell_hint(struct report *r, const struct fault *f)
{
    const struct words *hint = f->paging ? rule_hint(&f->look) : NULL;
    if (f->paging && hint == NULL)
        hint = hint_for_place(f);
    if (f->error == -ESTARVED)
        say(r, W_HINT, word(W_HINT_STARVED));
    else if (f->error == -ENOMEM)
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
    uint64 bits = f->stval, at = f->s->tf->epc, text;
    if (bits == 0 && look_word(&f->s->as->pt, at & ~7UL, true, &text)) {
        bits = text >> (at % 8 * 8); // stval need not have the instruction (priv stval)
        bits = at % 8 == 6 || (bits & 3) != 3 ? bits & 0xffff : bits & 0xffffffff;
    }
    say(r, W_WORD, bits, insn_word((uint32)bits));
}

static void
tell_other(struct report *r, const struct fault *f)
{
    if (f->cause == CAUSE_ILLEGAL)
        tell_instruction(r, f);
    else if (f->stval != 0)
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
        tell_leaf(r, &f->look);
        if (DEBUG_BUILD)
            mapsite_tell(r, f->s->as, f->stval);
    } else {
        tell_other(r, f);
    }
    tell_hint(r, f);
}

// Returns whether a program of this name has been stopped for the same reason within the last
// second. Harts that ask at the same time may get a wrong answer, which makes an explanation longer
// or shorter.
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

static void
tell(struct report *r, struct fault *f)
{
    examine(f);
    if (explain_mode != SHORT && !(again(f) && explain_mode == AUTO))
        tell_full(r, f);
    else if (f->paging)
        say(r, W_SHORT, f->s->pid, f->s->name, access_word(f->look.access), f->stval,
            reason_word(&f->look), near_word(&f->near));
    else
        say(r, W_SHORT_ELSE, f->s->pid, f->s->name, cause_word(f->cause));
}

// Says on the console, as xv6 does, that process `s`, the running one, is stopped, and explains
// why: its trap has this scause and stval, and `error` is vmfault()'s result if it was a page
// fault.
// Locks     none held; takes the pager's for names of functions.
// Sleeps    when the file's symbols are read.
void
explain_user(const struct subject *s, uint64 cause, uint64 stval, int error)
{
    char text[REPORT_SIZE];
    struct report r = {.buf = text, .size = sizeof text};
    struct fault f = {.s = s, .cause = cause, .stval = stval, .error = error};
    say(&r, W_TRAP, cause, s->pid);
    say(&r, W_TRAP_AT, s->tf->epc, stval);
    if (explain_mode != OFF)
        tell(&r, &f);
    say_flush(&r);
}

// Explains in three lines, or one, that a process is stopped for want of memory, because `other`
// shares its memory. It has made no mistake.
void
explain_starved(int pid, const char *name, int other, const char *other_name)
{
    char text[REPORT_SIZE];
    struct report r = {.buf = text, .size = sizeof text};
    say(&r, W_STARVED, pid, name);
    if (explain_mode == AUTO || explain_mode == FULL) {
        say(&r, W_STARVED_WHY, other, other_name);
        say(&r, W_HINT, word(W_HINT_STRICT));
    }
    say_flush(&r);
}
