// SPDX-License-Identifier: MIT
// stack.c - lists the calls that have not returned on a hart, by frame pointers.
//
// Theory    In kernels built with -fno-omit-frame-pointer, s0 is the address at the upper end of a
//           frame: the return address is at s0 - 8, the caller's s0 at s0 - 16. There are two
//           exceptions, which the first instructions of a function show. Before s0 is set, ra and
//           s0 are the caller's. A function that makes no call does not save ra, and the caller's
//           s0 is at s0 - 8. A function of assembly that has no frame of its own ends the list, and
//           so does the first function of a thread, which swtch() has jumped to by `ret`: its ra is
//           its own beginning, and its s0 is 0. The result of reading a function's first
//           instructions is remembered for each address (struct call_site): a report is rare, but
//           many moments are noted for one.
// Promises  Nothing changes in the machine. The list is bounded; each frame is above the one
//           before, aligned and mapped, and each return address lies in a function with a name.
// Manual    RISC-V ABIs, "Frame Pointer Convention"
#include "sight/stack.h"

#include "machine.h"
#include "sight/guest.h"

#define PROLOGUE_MAX 64 // instructions of a function in which its frame is made

enum { RA = 1, S0 = 8 };

// The steps that a function has made to build its frame.
struct prologue {
    bool saved_ra, set_s0;
};

// Notes the effect of one instruction; `bits` are 16 if it is a short one.
static void
look_at(uint32 bits, struct prologue *p)
{
    if ((bits & 3) != 3) {
        p->saved_ra |= (bits & 0xe07f) == (0xe002 | RA << 2); // c.sdsp ra
        p->set_s0 |= (bits & 0xe01f) == 0 && bits != 0;       // c.addi4spn s0
        return;
    }
    p->saved_ra |= (bits & 0x01fff07f) == 0x00113023; // sd ra, N(sp)
    p->set_s0 |= (bits & 0x000fffff) == 0x00010413;   // addi s0, sp, N
}

// Reads a function from its start to `pc`. Returns false if a part of it cannot be read.
static bool
read_prologue(const struct machine *m, unsigned hart, uint64 start, uint64 pc, struct prologue *p)
{
    struct guest_page page = {0};
    for (int i = 0; i < PROLOGUE_MAX && start < pc; i++) {
        uint64 low, high = 0;
        if (!guest_read_near(m, hart, &page, start, 2, PT_EXEC, &low))
            return false;
        bool wide = (low & 3) == 3;
        if (wide && !guest_read_near(m, hart, &page, start + 2, 2, PT_EXEC, &high))
            return false;
        look_at((uint32)(high << 16 | low), p);
        start += wide ? 4 : 2;
    }
    return true;
}

// Finds out how to get from the frame at `pc` to the caller's. `pc` is a return address unless it
// is the innermost.
static struct call_site
site_at(const struct machine *m, unsigned hart, struct symbols *s, uint64 pc, bool innermost)
{
    uint64 key = pc << 1 | innermost, offset, look = innermost ? pc : pc - 1;
    struct call_site *kept = &s->site[(key ^ key >> 10) % CALL_SITES], site = {.key = key};
    if (kept->key == key)
        return *kept;
    struct prologue p = {0};
    if (symbols_find(s, look, &offset) == NULL)
        return site;
    site.named = true;
    bool whole = read_prologue(m, hart, look - offset, pc, &p);
    site.saved_ra = p.saved_ra;
    site.set_s0 = p.set_s0;
    if (whole)
        *kept = site;
    return site;
}

// A frame that the walk has reached.
struct frame {
    struct guest_page stack;
    uint64 pc, s0, ra;
    bool innermost; // ra is that of the hart
};

static bool
load(const struct machine *m, unsigned hart, struct frame *f, uint64 va, uint64 *value)
{
    return (va & 7) == 0 && guest_read_near(m, hart, &f->stack, va, 8, PT_READ, value);
}

// Goes to the caller's frame. If the caller's s0 cannot be right, it becomes 0, and the caller's
// own caller is not known. Returns false if there is no caller.
static bool
leave(const struct machine *m, unsigned hart, const struct symbols *s, const struct call_site *at,
      struct frame *f)
{
    uint64 above = f->s0, pc = f->pc;
    if (!f->innermost && !(at->set_s0 && at->saved_ra))
        return false;
    f->innermost = false;
    f->pc = f->ra;
    if (!at->set_s0)
        return !stack_begins(s, pc, f->pc, f->s0);
    if (above == 0 || (at->saved_ra && !load(m, hart, f, above - 8, &f->pc)) ||
        !load(m, hart, f, above - (at->saved_ra ? 16 : 8), &f->s0))
        return false;
    if (stack_begins(s, pc, f->pc, f->s0))
        return false;
    if (f->s0 <= above)
        f->s0 = 0;
    return true;
}

bool
stack_begins(const struct symbols *s, uint64 pc, uint64 ra, uint64 s0)
{
    uint64 offset;
    return s0 == 0 && symbols_find(s, pc, &offset) != NULL && pc - offset == ra;
}

unsigned
stack_calls(const struct machine *m, unsigned hart, struct symbols *s, uint64 at, uint64 *pc,
            unsigned max)
{
    const struct hart *h = &m->s.hart[hart];
    struct frame f = {.pc = at, .s0 = h->x[S0], .ra = h->x[RA], .innermost = true};
    struct call_site site;
    unsigned count = 0;
    if (h->mode == MODE_U)
        return 0;
    do {
        site = site_at(m, hart, s, f.pc, f.innermost);
        if (!site.named)
            break;
        pc[count++] = f.pc;
    } while (count < max && leave(m, hart, s, &site, &f));
    return count;
}
