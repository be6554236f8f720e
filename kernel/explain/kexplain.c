// SPDX-License-Identifier: MIT
// kexplain.c - explains why the kernel panics.
//
// Theory    The lines are those for a user program (explain/explain.c), with the table that the
//           hart uses; and the registers are searched for the patterns with which debug builds
//           fill memory.
// Promises  Takes no lock, allocates nothing, follows no pointer that it has not checked: the data
//           that it reads may be damaged.
// Locks     none; the other harts have stopped.
#include "explain/explain.h"

#include "explain/catalogue.h"
#include "explain/tell.h"
#include "explain/usertrace.h"
#include "explain/words.h"
#include "lib/printf.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/mapsite.h"
#include "mm/frame/frame.h"
#include "mm/inspect/layoutrules.h"
#include "mm/kvm/kimage.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"
#include "panic/ksyms.h"
#include "panic/panic.h"
#include "rv/csr.h"
#include "rv/trapframe.h"

#define MAX_FILLS   4
#define SSTATUS_MXR (1UL << 19)

static const struct explain_hooks *hooks;
static struct report console; // straight out

// Tells how to find processes. Called once, when there are some.
void
explain_set_hooks(const struct explain_hooks *h)
{
    hooks = h;
}

// Finds the process that runs on this hart; *s is named "boot" before there is one.
// Returns   false: there is none.
bool
explain_current(struct subject *s)
{
    *s = (struct subject){.name = "boot"};
    return hooks != NULL && hooks->current(s);
}

// Walks the table that satp names.
static void
look_in_kernel(struct look *look)
{
    uint64 satp = csr_read(satp);
    struct pt_env env = {.levels = (int)(satp >> SATP_MODE_SHIFT) - (int)SATP_SV39 + PT_MIN_LEVELS,
                         .direct = DIRECT_MAP};
    struct pt t = {.root = p2v((satp & SATP_PPN_MASK) << PGSHIFT), .env = &env};
    if (satp >> SATP_MODE_SHIFT >= SATP_SV39)
        look_at(&t, look);
}

// ---- Page faults --------------------------------------------------------------------------------

static void
tell_stack(const struct near *near, uint64 va)
{
    struct subject s;
    uint64 top = (va & ~(KSTACK_SLOT - 1)) + KSTACK_SLOT;
    if (hooks != NULL && hooks->on_kstack(top, &s))
        say(&console, W_KSTACK, near_word(near), s.pid, s.name);
    else
        say(&console, W_NEAR, near_word(near));
    if (near->kind == NEAR_KSTACK_HOLE)
        say(&console, W_KSTACK_SIZE, KSTACK_SIZE);
}

// Tells the part of the image, and for code the function.
static void
tell_image(const struct near *near, uint64 va)
{
    static const struct words kinds[KIMAGE_PARTS] = {[KIMAGE_TEXT] = {W_NEAR_KTEXT},
                                                     [KIMAGE_RODATA] = {W_NEAR_KRODATA},
                                                     [KIMAGE_DATA] = {W_NEAR_KDATA}};
    uint64 offset;
    const char *name = ksyms_lookup(va, &offset);
    const struct kimage_part *part = kimage_find(va);
    if (name != NULL)
        say(&console, W_SYMBOL, word(W_NEAR_KTEXT), name, offset);
    else
        say(&console, W_NEAR, part ? words(&kinds[part - kimage]) : near_word(near));
}

static void
tell_place(const struct near *near, uint64 va)
{
    if (near->kind == NEAR_KSTACK || near->kind == NEAR_KSTACK_HOLE)
        tell_stack(near, va);
    else if (near->kind == NEAR_KERNEL_IMAGE)
        tell_image(near, va);
    else
        say(&console, W_NEAR, near_word(near));
}

static struct near
near_of(const struct subject *s, uint64 va)
{
    if (va >= MAXVA || s->as == NULL)
        return (struct near){.kind = near_any(va)};
    struct near_space space = {.region = s->as->regions.v,
                               .n = s->as->regions.n,
                               .brk = s->as->sz,
                               .highest_brk = s->as->highest,
                               .sp = MAXVA}; // the user's sp is not meaningful here
    return near_in(&space, va);
}

static void
tell_hint(const struct look *look, const struct near *near)
{
    const struct words *hint = rule_hint(look);
    if (look->trace.rule == RULE_VALID && near->kind == NEAR_KSTACK)
        say(&console, W_HINT, word(W_HINT_KSTACK_GONE));
    else if (hint != NULL)
        say(&console, W_HINT, words(hint));
}

static void
tell_page_fault(const struct subject *s, struct look *look)
{
    struct near near = near_of(s, look->va);
    look_in_kernel(look);
    say(&console, W_KERNEL_WHAT, s->pid, s->name, access_word(look->access), look->va);
    tell_walk(&console, look);
    tell_rule(&console, look);
    if (look->trace.rule == RULE_PTE_ACCESS && look->trace.reads > 0)
        tell_frame(&console, pte_pa(look->trace.pte)); // the frame is no page table
    tell_place(&near, look->va);
    tell_leaf(&console, look);
    if (DEBUG_BUILD && s->as != NULL && look->va < MAXVA)
        mapsite_tell(&console, s->as, look->va);
    tell_hint(look, &near);
}

// Explains what would stop user mode from this access to va, on the console.
// Locks     none; the caller makes sure that the tables stay.
void
explain_user_page(const struct aspace *as, uint64 va, enum pt_access access)
{
    struct look look = {.va = va, .access = access, .hart = {.user = true}};
    look_at(&as->pt, &look);
    tell_walk(&console, &look);
    tell_rule(&console, &look);
    tell_leaf(&console, &look);
    if (DEBUG_BUILD)
        mapsite_tell(&console, as, va);
    if (look.trace.rule == RULE_USER)
        say(&console, W_HINT, word(W_HINT_PTE_U));
}

// ---- Other traps --------------------------------------------------------------------------------

static void
tell_fills(const struct kernelframe *f)
{
    static const char *const names[32] = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                          "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                          "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                          "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
    int told = 0;
    for (int i = 1; i < 32 && told < MAX_FILLS; i++) {
        struct near near = {.kind = near_fill(f->x[i])};
        if (near.kind == NEAR_REGION)
            continue;
        say(&console, W_POISON, names[i], f->x[i], near_word(&near));
        told++;
    }
}

// Explains a trap of the kernel on the console, for a panic: a page fault in full, any other by its
// cause.
// Locks     none: the other harts have stopped.
void
explain_kernel(const struct kernelframe *f)
{
    struct subject s;
    (void)explain_current(&s);
    struct look look = {.va = f->stval,
                        .hart = {.sum = f->sstatus & SSTATUS_SUM, .mxr = f->sstatus & SSTATUS_MXR}};
    bool paging = look_cause(&look, f->scause);
    if (paging)
        tell_page_fault(&s, &look);
    else
        say(&console, W_KERNEL_WHAT_ELSE, s.pid, s.name, cause_word(f->scause));
    if (f->scause == CAUSE_ILLEGAL)
        say(&console, W_WORD, f->stval, insn_word((uint32)f->stval));
    else if (!paging && f->stval != 0)
        say(&console, W_ADDRESS, f->stval);
    tell_fills(f);
}

// ---- Owners and callers -------------------------------------------------------------------------

static void
explain_frames(uint64 table, uint64 there, uint64 wanted)
{
    if (table != 0) {
        say(&console, W_ROLE_TABLE);
        tell_frame(&console, table);
    }
    if (there != 0) {
        say(&console, W_ROLE_THERE);
        tell_frame(&console, there);
    }
    if (wanted != 0) {
        say(&console, W_ROLE_WANTED);
        tell_frame(&console, wanted);
    }
    if (table != 0)
        say(&console, W_HINT, wanted ? word(W_HINT_REMAP) : word(W_HINT_FREEWALK));
}

static const char *
part_word(const struct part *p)
{
    static const uint8 kinds[] = {
        [PART_TRAPFRAME] = NEAR_TRAPFRAME, [PART_TRAMPOLINE] = NEAR_TRAMPOLINE,
        [PART_KSTACK] = NEAR_KSTACK,       [PART_DIRECT] = NEAR_DIRECT,
        [PART_DEVICES] = NEAR_DEVICE,      [PART_KERNEL] = NEAR_KERNEL_IMAGE,
    };
    struct region r = {.kind = (uint8)p->kind};
    if (p->kind < REGION_KINDS)
        return region_word(&r);
    if (p->kind == PART_KSTACK_HOLE || p->kind == PART_KSTACKS)
        return p->kind == PART_KSTACKS ? word(W_PART_KSTACKS) : word(W_PART_HOLE);
    return near_word(&(struct near){.kind = kinds[p->kind]});
}

static void
tell_part(const struct part *p)
{
    if (p->start != p->end)
        say(&console, W_PART, part_word(p), p->start, p->end);
}

// Explains a wrong address-space layout, a struct layout_fault, for panic_telling().
void
explain_layout(const void *layout_fault)
{
    const struct layout_fault *f = layout_fault;
    static const struct words hints[] = {
        [LAYOUT_OVERLAP] = {W_HINT_APART},           [LAYOUT_GUARD_NONE] = {W_HINT_GUARD_NONE},
        [LAYOUT_GUARD_ABOVE] = {W_HINT_GUARD_ABOVE}, [LAYOUT_GUARD_OPEN] = {W_HINT_GUARD_OPEN},
        [LAYOUT_HOLE_MAPPED] = {W_HINT_HOLE_MAPPED},
    };
    tell_part(&f->one);
    tell_part(&f->two);
    say(&console, W_HINT, words(&hints[f->rule]));
}

static void
explain_user_callers(void)
{
    struct subject s;
    struct usertrace t;
    char place[64];
    if (!explain_current(&s) || s.as == NULL || s.tf == NULL)
        return;
    usertrace_take(&t, s.as, s.tf, USERSYM_PEEK);
    if (t.n == 1 && t.pc[0] == 0)
        return; // the process has not been in user mode yet
    say(&console, W_USER_CALLERS, s.pid, s.name);
    for (int i = 0; i < t.n; i++)
        printf("  0x%016lx %s\n", t.pc[i], usertrace_place(&t, i, place, sizeof place));
}

// Has panics explained from now on. Once, at the start of the boot.
void
explain_init(void)
{
    static const struct panic_explainer explainer = {.message = explain_message,
                                                     .trap = explain_kernel,
                                                     .frames = explain_frames,
                                                     .user = explain_user_callers};
    panic_set_explainer(&explainer);
    printf_set_translator(explain_translate);
}
