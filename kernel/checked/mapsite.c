// SPDX-License-Identifier: MIT
// mapsite.c - records the callers that map and unmap pages, for explanations (debug builds only).
//
// Theory    A ring of the latest notes, each with the chain of callers. The last two about a page
//           tell where it was mapped and where it was unmapped.
// Promises  A note costs no lock and no allocation; old ones are overwritten.
// Locks     none: notes are numbered atomically. One that is being overwritten can be read wrong.
#include "mm/aspace/mapsite.h"

#include "explain/say.h"
#include "explain/words.h"
#include "lib/printf.h"
#include "mm/aspace/aspace.h"
#include "panic/backtrace.h"
#include "panic/ksyms.h"
#include "rv/csr.h"
#include "rv/kstack.h"

#define NOTES     4096 // a power of two
#define CALLERS   8
#define TELL      2
#define TEXT_SIZE MAPSITE_TEXT

static struct note {
    uint64 page;
    uint64 time;
    const struct aspace *as;
    enum mapsite_op op;
    int callers;
    uint64 pc[CALLERS];
} notes[NOTES];

static uint64 next; // atomic

// Records a change of the page of `va`, with the callers of the function that calls this.
void
mapsite_note(enum mapsite_op op, const struct aspace *as, uint64 va)
{
    // Orders nothing: it only keeps two harts from writing the same note.
    struct note *n = &notes[__atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % NOTES];
    uint64 fp = (uint64)__builtin_frame_address(0), top = ((fp - 1) | (KSTACK_SIZE - 1)) + 1;
    *n = (struct note){.page = PGROUNDDOWN(va), .time = r_time(), .as = as, .op = op};
    n->callers = backtrace_walk(fp, fp - 2 * sizeof(uint64), top, n->pc, CALLERS);
}

// Appends the name of the function to which pc returns; a function that calls itself is named once.
static size_t
add_name(char *text, size_t used, const struct note *n, int i)
{
    uint64 at, before = 0;
    const char *name = ksyms_lookup(n->pc[i] - 1, &at); // within the call
    if (i > 0 && name == ksyms_lookup(n->pc[i - 1] - 1, &before))
        return used;
    used +=
        (size_t)snprintf(text + used, TEXT_SIZE - used, "%s%s", i ? " < " : "", name ? name : "?");
    return used < TEXT_SIZE ? used : TEXT_SIZE - 1;
}

static void
name_callers(const struct note *n, char *text)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < n->callers; i++)
        used = add_name(text, used, n, i);
}

static void
tell_note(struct report *r, const struct note *n, uint64 per_ms)
{
    static const struct words ops[] = {[MAPSITE_MAP] = {W_OP_MAP}, [MAPSITE_UNMAP] = {W_OP_UNMAP}};
    char text[TEXT_SIZE];
    name_callers(n, text);
    say(r, W_MAPPED, words(&ops[n->op]), n->page, text, (r_time() - n->time) / per_ms);
}

// Adds the last notes about the page of `va` to the report, latest first.
void
mapsite_tell(struct report *r, const struct aspace *as, uint64 va)
{
    uint64 now = __atomic_load_n(&next, __ATOMIC_RELAXED); // as above
    int told = 0;
    for (uint64 i = 1; i <= NOTES && i <= now && told < TELL; i++) {
        const struct note *n = &notes[(now - i) % NOTES];
        if (n->as == as && n->op == MAPSITE_NEW)
            return; // older notes are about another space in the same memory
        if (n->as != as || n->page != PGROUNDDOWN(va))
            continue;
        tell_note(r, n, as->usys->timebase / 1000);
        told++;
    }
}

// Finds the last mapping of the page of `va` that is recorded. `text`, unless NULL, gets the
// callers' names.
// Returns   the return address of the innermost caller; 0: none is recorded.
uint64
mapsite_last(const struct aspace *as, uint64 va, char text[MAPSITE_TEXT])
{
    uint64 now = __atomic_load_n(&next, __ATOMIC_RELAXED); // as above
    for (uint64 i = 1; i <= NOTES && i <= now; i++) {
        const struct note *n = &notes[(now - i) % NOTES];
        if (n->as == as && n->op == MAPSITE_NEW)
            return 0;
        if (n->as != as || n->page != PGROUNDDOWN(va) || n->op != MAPSITE_MAP)
            continue;
        if (text)
            name_callers(n, text);
        return n->pc[0];
    }
    return 0;
}
