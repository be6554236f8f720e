// SPDX-License-Identifier: MIT
// asid.c - ASIDs and their generations.
//
// Theory    A space gets the next free ASID when it first runs. When all are used, a new generation
//           begins with the first ASID. A hart uses ASIDs of one generation at a time and changes
//           to a later one by fencing everything. A space of an earlier generation than its hart's
//           gets a new ASID. So a new generation needs no message to other harts, and the ASID of
//           a space that ends is not used again in its generation.
//           as->harts has the harts whose TLBs may hold entries of the space, all of them current:
//           a change of the tables leaves only the hart that makes it in the set
//           (mm/aspace/tlb.h). Any other hart fences the space before it runs it. The set is valid
//           across generations: a hart that changes to the next one has fenced everything.
//           ASID 0 belongs to the kernel's own table. Where a process has a kernel table too, the
//           space has two ASIDs, since the same address has different rights in the two tables.
// Promises  asid-unique: all entries that a TLB holds under one ASID come from one table.
// Locks     none: a space is [o], its hart's generation [h]; `taken` is one atomic word.
// Fences    asid_enter().
// Manual    priv: satp, sfence.vma
#include "mm/aspace/asid.h"

#include "abi/errno.h"
#include "rv/csr.h"

#define FIRST_GENERATION 2 // harts begin with the one before it, and so drop all before they use it

static uint64 most = SATP_ASID_MASK; // [c] after boot; the largest ASID
static uint64 each;                  // [c] ASIDs that a space takes
static uint64 spaces;                // [c] that get ASIDs in one generation; 0: there are none
static uint64 taken;                 // [a] how often a space has got ASIDs

// Finds out how many bits of an ASID this hart implements, and lowers the limit to them. Each hart,
// at boot, with the kernel's own table in satp.
// Fences    none: the hart drops what it holds under other ASIDs when it changes to the first
//           generation.
// Manual    priv satp: ASID is WARL, and the low bits are implemented first
void
asid_init_hart(void)
{
    uint64 satp = r_satp();
    w_satp(satp | SATP_ASID_MASK << SATP_ASID_SHIFT);
    uint64 mine = r_satp() >> SATP_ASID_SHIFT & SATP_ASID_MASK; // priv satp: WARL, low bits first
    w_satp(satp);
    most = mine < most ? mine : most;
}

// Uses no ASID above the number in `number`, decimal digits. At boot, from the kernel command line.
// On error  -EINVAL: it is no number.
int
asid_set_limit(const char *number)
{
    uint64 limit = 0;
    const char *s = number;
    for (; *s >= '0' && *s <= '9'; s++)
        if (limit <= SATP_ASID_MASK)
            limit = limit * 10 + (uint64)(*s - '0');
    if (s == number || *s)
        return -EINVAL;
    most = limit < most ? limit : most;
    return 0;
}

// Divides the ASIDs among spaces, as the design in force needs them. Once, when all harts run and
// no process exists.
void
asid_init(void)
{
    each = design->private_table ? 2 : 1;
    spaces = most / each;
    for (int i = 0; i < nharts && spaces; i++) {
        cpus[i].asid_mask = 1U << i;
        cpus[i].generation = FIRST_GENERATION - 1;
    }
}

// The largest ASID in use; 0: the harts have no ASIDs, or the limit allows none.
uint64
asid_limit(void)
{
    return spaces * each;
}

static uint64
with_id(uint64 satp, uint64 id)
{
    return (satp & ~(SATP_ASID_MASK << SATP_ASID_SHIFT)) | id << SATP_ASID_SHIFT;
}

static void
assign(struct aspace *as)
{
    uint64 n = __atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED); // unique, no order
    as->generation = FIRST_GENERATION + n / spaces;
    as->asid = (uint16)(1 + n % spaces * each);
    as->satp = with_id(as->satp, as->asid);
    if (!design->switches)
        as->ksatp = as->satp;
    if (!design->private_table)
        return;
    as->kasid = as->asid + 1;
    as->ksatp = with_id(as->ksatp, as->kasid);
}

// Makes the space ready for this hart, where asid_ready() says that it is not. Its satp and ksatp
// may change.
// Returns   whether the caller has to fence everything once more after it has written ksatp: until
//           then the hart may load entries of the old table under what is now the space's ASID.
// Fences    entries of the space that this hart may hold; earlier stores to the space's tables are
//           ordered before any walk of them.
bool
asid_enter(struct aspace *as)
{
    struct cpu *c = mycpu();
    if (c->asid_mask && as->generation < c->generation)
        assign(as);
    as->harts |= c->asid_mask;
    if (c->asid_mask && as->generation == c->generation) {
        sfence_vma_asid(as->asid);
        if (design->private_table)
            sfence_vma_asid(as->kasid);
        return false;
    }
    sfence_vma();
    c->generations += as->generation != c->generation;
    c->generation = as->generation;
    return true;
}
