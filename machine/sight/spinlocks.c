// SPDX-License-Identifier: MIT
// spinlocks.c - finds the functions that acquire and release spinlocks by their code.
//
// Theory    A function that acquires a lock exchanges a value with the lock's word (amoswap, or lr
//           and sc) and branches back until the word was zero. The release exchanges the word with
//           x0, or stores x0 after fence rw,w, as compilers translate the builtin. The word must
//           belong to the object of the first argument: a function for one fixed lock does not
//           count. If several functions fit, the kernel has several kinds of locks, and none is
//           chosen.
#include "sight/spinlocks.h"

#include "hart/opcodes.h"
#include "machine.h"
#include "sight/known.h"

#define LOOP_BYTES 40
#define FENCE_RW_W 0x0310000f

enum { A0 = 10 };

struct code_walk {
    const struct machine *m;
    uint64 pa, end;
    uint32 raw; // the present instruction; 16 bits of a compressed one
    unsigned bytes;
    uint32 pointers; // registers with pointers into the first argument's object, as bits
};

// Follows the pointer if the present instruction copies it to another register.
static void
follow(struct code_walk *c)
{
    uint32 r = c->raw, rd = r >> 7 & 31, from = 32;
    if (c->bytes == 2 && (r & 0xf003) == 0x8002 && (r >> 2 & 31) != 0) // c.mv
        from = r >> 2 & 31;
    else if (c->bytes == 4 && (r & 0x707f) == OPCODE_OP_IMM) // addi
        from = r >> 15 & 31;
    if (from < 32 && rd != 0)
        c->pointers = (c->pointers & ~(1u << rd)) | (c->pointers >> from & 1) << rd;
}

static bool
next(struct code_walk *c)
{
    follow(c);
    c->pa += c->bytes;
    if (c->pa + 2 > c->end || !ram_has(&c->m->ram, c->pa, 4))
        return false;
    const uint16 *half = (const uint16 *)ram_at(&c->m->ram, c->pa);
    c->bytes = (half[0] & 3) == 3 ? 4 : 2;
    c->raw = c->bytes == 4 ? (uint32)half[1] << 16 | half[0] : half[0];
    return true;
}

static struct code_walk
walk_function(const struct machine *m, const struct function *f)
{
    struct code_walk c = {.m = m, .pointers = 1u << A0};
    if (symbols_physical(&m->sight->symbols, f->start, &c.pa))
        c.end = c.pa + (f->end - f->start);
    return c;
}

// Returns the offset of a conditional branch; 0: the instruction is another one.
static int64
branch(const struct code_walk *c)
{
    uint32 r = c->raw;
    if (c->bytes == 4 && opcode_of(r) == OPCODE_BRANCH)
        return ((int32)r >> 31 << 12) |
               (int32)((r >> 7 & 1) << 11 | (r >> 25 & 63) << 5 | (r >> 8 & 15) << 1);
    if (c->bytes == 2 && (r & 0xc003) == 0xc001) // c.beqz, c.bnez
        return ((r >> 12 & 1) ? -256 : 0) + (int32)((r >> 5 & 3) << 6 | (r >> 2 & 1) << 5 |
                                                    (r >> 10 & 3) << 3 | (r >> 3 & 3) << 1);
    return 0;
}

// Returns whether the instruction uses the word to which the first argument points.
static bool
of_argument(const struct code_walk *c)
{
    return c->pointers >> (c->raw >> 15 & 31) & 1;
}

static bool
is_amo(const struct code_walk *c, unsigned funct5)
{
    return c->bytes == 4 && opcode_of(c->raw) == OPCODE_AMO && c->raw >> 27 == funct5 &&
           of_argument(c);
}

// Returns whether the function spins until an exchange gives it the word.
static bool
takes(const struct machine *m, const struct function *f)
{
    struct code_walk c = walk_function(m, f);
    uint64 at = 0; // address of the last exchange with a register
    while (next(&c)) {
        bool swap = is_amo(&c, 1), conditional = is_amo(&c, 3);
        if ((swap || conditional) && (c.raw >> 20 & 31) != 0 && (c.raw >> 7 & 31) != 0)
            at = c.pa;
        int64 distance = branch(&c);
        if (at != 0 && distance < 0 && c.pa - at < LOOP_BYTES && c.pa + (uint64)distance <= at &&
            at - (c.pa + (uint64)distance) < LOOP_BYTES)
            return true;
    }
    return false;
}

// Returns whether the function releases a word.
static bool
gives(const struct machine *m, const struct function *f)
{
    struct code_walk c = walk_function(m, f);
    bool fence = false;
    while (next(&c)) {
        if (is_amo(&c, 1) && (c.raw >> 20 & 31) == 0 && (c.raw >> 7 & 31) == 0)
            return true;
        if (fence && c.bytes == 4 && (c.raw & 0x01f0707f) == (OPCODE_STORE | 2 << 12) &&
            of_argument(&c))
            return true;
        fence = c.bytes == 4 && c.raw == FENCE_RW_W;
    }
    return false;
}

// Returns the physical address of the only function that fits; 0: none fits, or several do.
static uint64
only_one(const struct machine *m, bool (*is)(const struct machine *, const struct function *))
{
    const struct symbols *s = &m->sight->symbols;
    uint64 found = 0, pa;
    for (uint32 i = 0; i < s->count; i++) {
        if (!is(m, &s->function[i]) || !symbols_physical(s, s->function[i].start, &pa) ||
            pa == found)
            continue;
        if (found != 0)
            return 0;
        found = pa;
    }
    return found;
}

void
spinlocks_find(struct machine *m)
{
    uint64 *entry = m->sight->known.entry;
    if (entry[KNOWN_ACQUIRE] != 0 || entry[KNOWN_RELEASE] != 0)
        return;
    uint64 take = only_one(m, takes), give = only_one(m, gives);
    if (take == 0 || give == 0 || take == give)
        return;
    entry[KNOWN_ACQUIRE] = take;
    entry[KNOWN_RELEASE] = give;
}
