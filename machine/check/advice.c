// SPDX-License-Identifier: MIT
// advice.c - adapts a report's advice to what the history of the page table entry shows.
//
// Theory    A check chooses its advice when it sees the error. The call that stored the entry is
//           found later, in the history. An entry that was never filled is one mistake, and an
//           entry that was cleared is another. For the second, the advice depends on the call that
//           cleared the entry, and on the process that made the call.
// Next      sight/report.h
#include "check/advice.h"

#include "check/blame.h"
#include "check/mapped.h"
#include "machine.h"

enum { A0 = 10 };

#define SYSTEM_CALLS (KNOWN_BIT(SYSCALL) | KNOWN_BIT(FORK) | KNOWN_BIT(EXEC) | KNOWN_BIT(GROWPROC))

// Returns the one of n sentences that has that word; NULL: there is none.
static struct fact *
sentence(struct fact *of, unsigned n, enum word word)
{
    for (; n > 0; n--, of++)
        if (of->word == word)
            return of;
    return NULL;
}

static struct fact *
since(struct report *r, enum word word)
{
    return sentence(r->since, r->nsince, word);
}

// Returns the advice for a page that was mapped, and whose entry a call has cleared.
static enum word
by_removal(const struct machine *m, const struct report *r, const struct moment *call)
{
    if (call->pid != r->moment.pid)
        return WORD_DO_OTHER_REMOVED;
    if (r->todo.word == WORD_DO_LAZY)
        return WORD_DO_SIZE_KEPT;
    if (blame_inside(m, call, KNOWN_BIT(SYS_MUNMAP)))
        return WORD_DO_UNMAPPED;
    if (blame_inside(m, call, KNOWN_BIT(GROWPROC) | KNOWN_BIT(UVMDEALLOC)))
        return WORD_DO_SHRUNK;
    return WORD_DO_REMOVED;
}

// Returns whether the parent had mapped the page already when the child's tree was made.
static bool
mapped_later(struct report *r, const struct fact *parent)
{
    const struct fact *never = since(r, WORD_ENTRY_NEVER);
    return parent != NULL && never != NULL && parent->word != WORD_NONE &&
           never->moment.position < parent->moment.position && !(parent->arg[6] & PTE_V);
}

// Adapts the advice of a report about an address where nothing is mapped.
static void
missing(const struct machine *m, struct report *r)
{
    const struct fact *removed = since(r, WORD_ENTRY_REMOVED);
    struct fact *parent = sentence(r->near, r->nnear, WORD_NEAR_PARENT);
    if (removed == NULL && !mapped_later(r, parent))
        return;
    if (parent != NULL)
        parent->word = WORD_NONE; // what the parent has is not the reason
    r->todo = removed == NULL ? (struct fact){.word = WORD_DO_USER_UNMAPPED}
                              : (struct fact){.word = by_removal(m, r, &removed->moment),
                                              .arg = {blame(m, &removed->moment)}};
}

// Adapts the advice if the leaf is of a mapping that exit() or exec() has not removed. Returns
// whether it is.
static bool
mapping(struct machine *m, struct report *r)
{
    bool exec = blame_inside(m, &r->moment, KNOWN_BIT(EXEC));
    const struct mapping *k = mapped_ever(m, r->what.arg[1]);
    const uint64 *entry = m->sight->known.entry;
    if (k == NULL || blame_inside(m, &r->moment, KNOWN_BIT(FORK)))
        return false;
    r->todo = (struct fact){.word = k->cut ? WORD_LEAF_DO_CUT : WORD_LEAF_DO_MMAP,
                            .arg = {entry[exec ? KNOWN_EXEC : KNOWN_EXIT], mapped_unmapper(m)}};
    return true;
}

// Adapts the advice of a report about a leaf above p->sz: either p->sz became smaller, or the page
// was mapped above it.
static void
behind(struct machine *m, struct report *r)
{
    const struct fact *size = since(r, WORD_LEAF_SZ), *leaf = since(r, WORD_ENTRY_WRITTEN);
    bool first = leaf == NULL || size == NULL || leaf->moment.position < size->moment.position;
    if ((size != NULL && size->arg[6] > r->what.arg[1] && first) || mapping(m, r))
        return;
    bool fault = leaf != NULL && blame_inside(m, &leaf->moment, KNOWN_BIT(USERTRAP)) &&
                 !blame_inside(m, &leaf->moment, SYSTEM_CALLS);
    r->todo.word = fault ? WORD_LEAF_DO_FAULT : WORD_LEAF_DO_BEHIND;
}

// Adapts the advice of a report about a wrong register, if the system call's result was stored
// there.
static void
result(const struct machine *m, struct report *r)
{
    const struct fact *f = since(r, WORD_REGISTER_FROM);
    if (f != NULL && r->what.arg[0] == A0 && blame_first(m, &f->moment, KNOWN_BIT(SYSCALL)))
        r->todo =
            (struct fact){.word = WORD_REGISTER_DO_RESULT, .arg = {moment_pc(m, &f->moment, 0)}};
}

void
advice_complete(struct machine *m, struct report *r)
{
    report_complete(m, r);
    switch (r->todo.word) {
    case WORD_DO_PARENT:
    case WORD_DO_LAZY:
    case WORD_DO_USER_UNMAPPED:
    case WORD_DO_KERNEL_UNMAPPED:
        missing(m, r);
        break;
    case WORD_UNMAP_DO:
    case WORD_UNMAP_DO_LAZY:
    case WORD_UNMAP_DO_RANGE:
        if (since(r, WORD_ENTRY_REMOVED) != NULL)
            r->todo.word = WORD_UNMAP_DO_TWICE;
        break;
    case WORD_LEAF_DO_SZ:
        behind(m, r);
        break;
    case WORD_LEAF_DO:
        mapping(m, r);
        break;
    case WORD_REGISTER_DO:
        result(m, r);
        break;
    default:
        break;
    }
}
