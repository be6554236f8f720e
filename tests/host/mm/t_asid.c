// SPDX-License-Identifier: MIT
// t_asid.c - mm/aspace/asid.c by itself: how identifiers are found and allocated, and how
// generations begin; spaces that wander among harts whose identifiers have 0, 1, 2 or 16 bits.
// t_mmu_*.c tests the contents of TLBs.
// SOURCES: kernel/mm/aspace/asid.c kernel/rv/cpu.c
// CFLAGS: -iquote tests/host/mmu/shim
#include "mm/aspace/asid.h"

#include <sys/wait.h>
#define sleep host_sleep // the kernel has one, too
#include <unistd.h>
#undef sleep

#include "abi/errno.h"
#include "rv/csr.h"
#include "test.h"

#define HARTS       3
#define SPACES      40
#define ID_OF(satp) ((satp) >> SATP_ASID_SHIFT & SATP_ASID_MASK)

int model_hart;
const struct design *design;

static const struct design unified = {.name = "unified"};
static const struct design global = {.name = "global", .switches = true};
static const struct design sharedroot = {
    .name = "sharedroot", .switches = true, .private_table = true};

static uint64 satp_bits, satp_now; // of the hart's identifiers; its satp
static int all, one;               // fences
static struct aspace space[SPACES];

uint64
r_satp(void)
{
    return satp_now;
}

void
w_satp(uint64 satp)
{
    satp_now = satp & ~(SATP_ASID_MASK << SATP_ASID_SHIFT);
    satp_now |= (ID_OF(satp) & ((1UL << satp_bits) - 1)) << SATP_ASID_SHIFT;
}

void
sfence_vma(void)
{
    all++;
}

void
sfence_vma_asid(uint64 asid)
{
    CHECK(asid != 0);
    one++;
}

static void
begin(const struct design *in_force, const char *limit, uint64 bits)
{
    design = in_force;
    nharts = HARTS;
    satp_bits = bits;
    CHECK(limit == NULL || asid_set_limit(limit) == 0);
    for (model_hart = 0; model_hart < HARTS; model_hart++) {
        satp_now = MAKE_SATP(3, 0, 0x80200000);
        asid_init_hart();
        CHECK(satp_now == MAKE_SATP(3, 0, 0x80200000));
    }
    model_hart = 0;
    asid_init();
    for (uint64 i = 0; i < SPACES; i++)
        space[i] = (struct aspace){.satp = MAKE_SATP(3, 0, (i + 1) * PGSIZE),
                                   .ksatp = MAKE_SATP(3, 0, (i + 100) * PGSIZE)};
}

static void
check_limits(void)
{
    static const char *const bad[] = {"", "x", "4x", "-1", " 4", "65536x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_EQ(asid_set_limit(bad[i]), -EINVAL);
    CHECK_EQ(asid_set_limit("70000"), 0);
    CHECK_EQ(asid_set_limit("99999999999999999999999"), 0);
}

// A space runs on a hart: another space with this identifier on that hart must be of an older
// generation.
static void
run(struct aspace *as, int hart)
{
    model_hart = hart;
    struct cpu *c = mycpu();
    uint64 root = as->satp & SATP_PPN_MASK, before = c->generation;
    int fences = all + one;
    if (!asid_ready(as, c)) {
        bool drop = asid_enter(as);
        CHECK(all + one > fences);
        CHECK(drop == (c->generation != before || !c->asid_mask));
    }
    CHECK((as->satp & SATP_PPN_MASK) == root && ID_OF(as->satp) == as->asid);
    CHECK(c->generation == as->generation && c->generation >= before);
    CHECK(asid_ready(as, c) == (c->asid_mask != 0));
}

static void
check_unique(void)
{
    for (struct aspace *a = space; a < space + SPACES; a++)
        for (struct aspace *b = space; b < a; b++)
            if (a->generation && a->generation == b->generation)
                CHECK(a->asid != b->asid && a->asid != b->kasid && a->kasid != b->asid);
}

static void
wander(uint64 limit)
{
    for (int step = 0; step < 2000; step++) {
        struct aspace *as = &space[rnd_below(SPACES)];
        run(as, (int)rnd_below(HARTS));
        CHECK(as->asid <= limit && as->kasid <= limit && !as->asid == !limit);
        check_unique();
    }
}

// A change leaves no hart but the one that makes it; the next one fences for the space, once.
static void
check_changes(void)
{
    struct aspace *as = &space[0];
    int tables = design->private_table ? 2 : 1;
    run(as, 0);
    run(as, 1);
    as->harts = cpus[1].asid_mask;
    int fences = one;
    run(as, 1);
    CHECK_EQ(one, fences);
    run(as, 0);
    CHECK_EQ(one, fences + tables);
    run(as, 0);
    run(as, 1);
    CHECK_EQ(one, fences + tables);
}

static const struct config {
    const struct design *design;
    uint64 bits;
    const char *limit;
    uint64 usable; // the largest identifier that comes into use
} configs[] = {
    {&unified, 0, NULL, 0},      {&unified, 1, NULL, 1},         {&global, 2, NULL, 3},
    {&unified, 16, NULL, 65535}, {&unified, 16, "5", 5},         {&unified, 2, "5", 3},
    {&global, 16, "0", 0},       {&sharedroot, 1, NULL, 0},      {&sharedroot, 2, NULL, 2},
    {&sharedroot, 16, "4", 4},   {&sharedroot, 16, NULL, 65534}, {&sharedroot, 16, "1", 0},
};

static int
try(const struct config *c)
{
    check_limits();
    begin(c->design, c->limit, c->bits);
    CHECK_EQ(asid_limit(), c->usable);
    wander(c->usable);
    if (c->usable > 4)
        check_changes();
    return test_done();
}

// Each configuration in a program of its own: a kernel boots once.
int
main(void)
{
    for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0)
            _exit(try(&configs[i]));
        if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
            return 1;
    }
    return 0;
}
