// SPDX-License-Identifier: MIT
// stack.c - the calls that a hart is inside of, by frame pointers.
//
// Theory    Kernels built with -fno-omit-frame-pointer keep in s0 the address behind a frame: the
//           return address is at s0 - 8, the caller's s0 at s0 - 16. Not so in two cases, which the
//           first instructions of a function tell apart: before s0 is set, ra and s0 are the
//           caller's; a function that calls none saves no ra, and the caller's s0 is at s0 - 8.
//           A function of assembly that has no frame of its own ends the list.
// Promises  Nothing changes in the machine. The list is bounded; each frame is above the one before,
//           aligned and mapped, and each return address lies in a function with a name.
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

// Notes what one instruction does; `bits` are 16 if it is a short one.
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

// Reads a function from its start to `pc`.
static struct prologue
prologue(const struct machine *m, unsigned hart, uint64 start, uint64 pc)
{
    struct prologue p = {0};
    struct guest_page page = {0};
    for (int i = 0; i < PROLOGUE_MAX && start < pc; i++) {
        uint64 low, high = 0;
        if (!guest_read_near(m, hart, &page, start, 2, PT_EXEC, &low))
            break;
        bool wide = (low & 3) == 3;
        if (wide && !guest_read_near(m, hart, &page, start + 2, 2, PT_EXEC, &high))
            break;
        look_at((uint32)(high << 16 | low), &p);
        start += wide ? 4 : 2;
    }
    return p;
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

// Goes on to the caller's frame. Its s0 becomes 0 if that cannot be right: its own caller is then
// not known. Returns false when there is no caller.
static bool
leave(const struct machine *m, unsigned hart, const struct symbols *s, struct frame *f)
{
    uint64 offset, above = f->s0, look = f->innermost ? f->pc : f->pc - 1;
    if (symbols_find(s, look, &offset) == NULL)
        return false;
    struct prologue p = prologue(m, hart, look - offset, f->pc);
    if (!f->innermost && !(p.set_s0 && p.saved_ra))
        return false;
    f->innermost = false;
    f->pc = f->ra;
    if (!p.set_s0)
        return true;
    if (above == 0 || (p.saved_ra && !load(m, hart, f, above - 8, &f->pc)) ||
        !load(m, hart, f, above - (p.saved_ra ? 16 : 8), &f->s0))
        return false;
    if (f->s0 <= above)
        f->s0 = 0;
    return true;
}

unsigned
stack_calls(const struct machine *m, unsigned hart, const struct symbols *s, uint64 at,
            uint64 pc[CALLS_MAX])
{
    const struct hart *h = &m->s.hart[hart];
    struct frame f = {.pc = at, .s0 = h->x[S0], .ra = h->x[RA], .innermost = true};
    uint64 offset;
    unsigned count = 0;
    if (h->mode == MODE_U)
        return 0;
    do {
        if (symbols_find(s, f.innermost ? f.pc : f.pc - 1, &offset) == NULL)
            break;
        pc[count++] = f.pc;
    } while (count < CALLS_MAX && leave(m, hart, s, &f));
    return count;
}
