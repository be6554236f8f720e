// SPDX-License-Identifier: MIT
// tell.c - the parts that explanations of faults share.
//
// Promises  Reads tables and ledger entries in the direct map alone, each after a check that it is
//           RAM: a damaged table does no harm.
// Locks     none: changes by other harts may be seen or not.
#include "explain/tell.h"

#include "explain/insn.h"
#include "explain/words.h"
#include "lib/printf.h"
#include "mm/frame/frame.h"
#include "rv/csr.h"

// Fills in the access that the trap is about.
// Returns   false: no access to memory has failed.
bool
look_cause(struct look *look, uint64 cause)
{
    static const struct {
        bool memory, refused;
        enum pt_access access;
    } causes[] = {
        [1] = {true, true, PT_EXEC},
        [5] = {true, true, PT_READ},
        [7] = {true, true, PT_WRITE},
        [CAUSE_PAGE_FETCH] = {true, false, PT_EXEC},
        [CAUSE_PAGE_LOAD] = {true, false, PT_READ},
        [CAUSE_PAGE_STORE] = {true, false, PT_WRITE},
    };
    if (cause >= NELEM(causes) || !causes[cause].memory)
        return false;
    look->access = causes[cause].access;
    look->refused = causes[cause].refused;
    return true;
}

static bool
is_table(void *arg, uint64 pa)
{
    (void)arg;
    return frame_managed(pa) && frame_of(pa)->kind == FRAME_PGTABLE;
}

// Walks the table as a hart does, and finds the rule that stops the access to look->va. First with
// a hart that sets A and D itself; if that explains nothing, with one that faults instead.
void
look_at(const struct pt *t, struct look *look)
{
    look->hart.present = is_table;
    look->hart.update_ad = true;
    if (translate(t, look->va, look->access, &look->hart, &look->trace) != RULE_OK)
        return;
    look->hart.update_ad = false;
    (void)translate(t, look->va, look->access, &look->hart, &look->trace);
}

// Reads the word at va, as user mode or the kernel would read it by the table `t`.
// Returns   false: va is misaligned, or the word is not readable, or not in RAM.
bool
look_word(const struct pt *t, uint64 va, bool user, uint64 *out)
{
    struct look look = {.va = va, .access = PT_READ, .hart = {.user = user, .sum = true}};
    if (va % sizeof(uint64) != 0)
        return false;
    look_at(t, &look);
    if (look.trace.rule != RULE_OK || !frame_managed(look.trace.pa))
        return false;
    *out = *(const uint64 *)p2v(look.trace.pa); // RAM, in the direct map
    return true;
}

// ---- Words ------------------------------------------------------------------------------------

// The verb for an access: read, write or execute, in the chosen language.
const char *
access_word(enum pt_access access)
{
    static const struct words verbs[] = {
        [PT_READ] = {W_READ}, [PT_WRITE] = {W_WRITE}, [PT_EXEC] = {W_EXECUTE}};
    return words(&verbs[access]);
}

static const char *
rule_word(enum pt_rule rule)
{
    static const struct words rules[RULES] = {
        [RULE_OK] = {W_RULE_OK},
        [RULE_PTE_ACCESS] = {W_RULE_PTE_ACCESS},
        [RULE_VALID] = {W_RULE_VALID},
        [RULE_W_NEEDS_R] = {W_RULE_W_NEEDS_R},
        [RULE_RESERVED] = {W_RULE_RESERVED},
        [RULE_POINTER_AUD] = {W_RULE_POINTER_AUD},
        [RULE_NO_LEAF] = {W_RULE_NO_LEAF},
        [RULE_ALIGNED] = {W_RULE_ALIGNED},
        [RULE_USER] = {W_RULE_USER},
        [RULE_SUM] = {W_RULE_SUM},
        [RULE_USER_FETCH] = {W_RULE_USER_FETCH},
        [RULE_READ] = {W_RULE_READ},
        [RULE_WRITE] = {W_RULE_WRITE},
        [RULE_EXEC] = {W_RULE_EXEC},
        [RULE_ACCESSED] = {W_RULE_ACCESSED},
        [RULE_DIRTY] = {W_RULE_DIRTY},
    };
    return words(&rules[rule]);
}

// The sentence for the rule that stops the access, in the chosen language.
const char *
reason_word(const struct look *look)
{
    static const struct words canonical[] = {
        {W_RULE_CANONICAL_39}, {W_RULE_CANONICAL_48}, {W_RULE_CANONICAL_57}};
    if (look->trace.rule == RULE_OK && look->refused)
        return word(W_REFUSED);
    if (look->trace.rule == RULE_CANONICAL)
        return words(&canonical[look->trace.level + 1 - PT_MIN_LEVELS]); // the root's level
    return rule_word(look->trace.rule);
}

// The advice for a rule that a well-formed table does not break; NULL: there is none.
const struct words *
rule_hint(const struct look *look)
{
    static const struct words hints[RULES] = {
        [RULE_OK] = {W_HINT_FENCE},
        [RULE_PTE_ACCESS] = {W_HINT_FREE_TABLE},
        [RULE_RESERVED] = {W_HINT_FREE_TABLE},
        [RULE_POINTER_AUD] = {W_HINT_TABLE_DIRTY},
        [RULE_NO_LEAF] = {W_HINT_NO_LEAF},
        [RULE_W_NEEDS_R] = {W_HINT_W_NEEDS_R},
        [RULE_ALIGNED] = {W_HINT_ALIGNED},
        [RULE_SUM] = {W_HINT_SUM},
        [RULE_USER_FETCH] = {W_HINT_SUM},
        [RULE_ACCESSED] = {W_HINT_AD},
        [RULE_DIRTY] = {W_HINT_AD},
    };
    const struct words *hint = &hints[look->trace.rule];
    return hint->en != NULL && !look->refused ? hint : NULL;
}

// The words for the cause of a trap that is no page fault, in the chosen language.
const char *
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

// The words for why an instruction was refused, in the chosen language.
const char *
insn_word(uint32 bits)
{
    static const struct words kinds[INSN_KINDS] = {
        [INSN_ZERO] = {W_INSN_ZERO},   [INSN_ONES] = {W_INSN_ONES},
        [INSN_CSR] = {W_INSN_CSR},     [INSN_SYSTEM] = {W_INSN_SYSTEM},
        [INSN_FLOAT] = {W_INSN_FLOAT}, [INSN_VECTOR] = {W_INSN_VECTOR},
        [INSN_OTHER] = {W_INSN_OTHER},
    };
    return words(&kinds[insn_judge(bits)]);
}

// The name of a region's kind, in the chosen language.
const char *
region_word(const struct region *r)
{
    static const struct words kinds[] = {
        [REGION_IMAGE] = {W_REGION_IMAGE},       [REGION_GUARD] = {W_REGION_GUARD},
        [REGION_STACK] = {W_REGION_STACK},       [REGION_HEAP] = {W_REGION_HEAP},
        [REGION_USYSCALL] = {W_REGION_USYSCALL}, [REGION_MMAP] = {W_REGION_MMAP},
    };
    if (r->kind >= NELEM(kinds) || kinds[r->kind].en == NULL)
        return word(W_REGION_OTHER);
    return words(&kinds[r->kind]);
}

// The words for what an address is near to, in the chosen language.
const char *
near_word(const struct near *near)
{
    static const struct words kinds[] = {
#define NEAR(kind, en, zh) [kind] = {en, zh},
#include "explain/near.def"
#undef NEAR
    };
    if (near->kind == NEAR_REGION && near->in != NULL)
        return region_word(near->in);
    return words(&kinds[near->kind]);
}

// ---- Lines ------------------------------------------------------------------------------------

#define WALK_TEXT 200

// The flags of a valid entry as letters, without V, a dash for each that is 0. Rights come first.
const char *
flag_letters(pte_t pte, char text[8])
{
    static const char letters[] = "rwxugad";
    for (int i = 0; letters[i]; i++)
        text[i] = (pte >> (i + 1)) & 1 ? letters[i] : '-';
    text[7] = '\0';
    return text;
}

// Adds the line with the entries that the walk has read; none if it has read none.
void
tell_walk(struct report *r, const struct look *look)
{
    const struct pt_trace *t = &look->trace;
    char text[WALK_TEXT], letters[8];
    size_t n = 0;
    if (t->reads == 0)
        return;
    for (int i = 0; i < t->reads && n < sizeof text; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s[%lu] 0x%lx", i ? " -> " : "",
                              t->step[i].pa % PGSIZE / sizeof(pte_t), t->step[i].pte);
    if (pte_leaf(t->pte) && n < sizeof text)
        snprintf(text + n, sizeof text - n, " = pa 0x%lx %s", pte_pa(t->pte & ~PTE_RESERVED),
                 flag_letters(t->pte, letters));
    say(r, W_WALK, text);
}

// Adds the line with the rule that stops the access, and its level.
void
tell_rule(struct report *r, const struct look *look)
{
    say(r, W_RULE, reason_word(look), pt_rule_name(look->trace.rule), look->trace.level);
}

static const char *
kind_word(enum frame_kind kind)
{
    static const struct words kinds[FRAME_KINDS] = {
        [FRAME_FREE] = {W_KIND_FREE},           [FRAME_RESERVED] = {W_KIND_RESERVED},
        [FRAME_PGTABLE] = {W_KIND_PGTABLE},     [FRAME_USER] = {W_KIND_USER},
        [FRAME_CACHE] = {W_KIND_CACHE},         [FRAME_KSTACK] = {W_KIND_KSTACK},
        [FRAME_TRAPFRAME] = {W_KIND_TRAPFRAME}, [FRAME_USYSCALL] = {W_KIND_USYSCALL},
        [FRAME_SLAB] = {W_KIND_SLAB},           [FRAME_DMA] = {W_KIND_DMA},
    };
    return kind < FRAME_KINDS ? words(&kinds[kind]) : "?";
}

static const char *
owner_word(enum frame_kind kind)
{
    switch (kind) {
    case FRAME_PGTABLE:
    case FRAME_USER:
    case FRAME_KSTACK:
    case FRAME_TRAPFRAME:
    case FRAME_USYSCALL:
        return word(W_OWNER_PID);
    case FRAME_CACHE:
        return word(W_OWNER_INODE);
    default:
        return word(W_OWNER_KERNEL);
    }
}

// Adds the line with the owner of the frame that the leaf maps; none if the walk has found no leaf.
void
tell_leaf(struct report *r, const struct look *look)
{
    if (pte_leaf(look->trace.pte))
        tell_frame(r, pte_translate(look->trace.pte & ~PTE_RESERVED, look->trace.level, look->va));
}

// Adds the line with kind, owner and counts of the frame at pa.
void
tell_frame(struct report *r, uint64 pa)
{
    if (!frame_managed(pa)) {
        say(r, W_UNMANAGED, pa);
        return;
    }
    const struct frame *f = frame_head(pa);
    if (f->kind == FRAME_RESERVED || f->kind == FRAME_FREE) {
        say(r, W_OWNER_NONE, pa, kind_word(f->kind));
        return;
    }
    say(r, W_OWNER, pa, kind_word(f->kind), owner_word(f->kind), f->owner, f->refs, f->mapcount);
}
