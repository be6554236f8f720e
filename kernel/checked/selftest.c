// SPDX-License-Identifier: MIT
// selftest.c - mistakes that the kernel makes on purpose, one for each that it can explain.
//
// Theory    Runs as process 1, before the disk is mounted. Most tests end in a panic, whose text
//           the test outside reads; the others print their result.
// Promises  A test that should have panicked and has not says so and fails.
// Next      checked/selfrules.c for the rules of translation; tests/qemu/test_faults.py
#include "proc/selftest.h"

#include "checked/selflayout.h"
#include "checked/selfrules.h"
#include "explain/explain.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/mirror.h"
#include "mm/aspace/tlb.h"
#include "mm/frame/frame.h"
#include "mm/frame/kmem.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"
#include "rv/csr.h"

#define FAILED    1
#define USER_PAGE 0x40000000UL // a free address of the process
#define CLINT     0x2000000UL  // where old kernels had device registers below user addresses
#define LEAF      (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)

extern char _text[]; // kernel.ld

// A page of memory in a new region of the process at va.
static bool
give_page(struct aspace *as, uint64 va)
{
    struct region r = {.start = va, .end = va + PGSIZE, .kind = REGION_HEAP, .prot = PTE_R | PTE_W};
    return aspace_map(as, &r) == 0 && vmfault(as, va, PT_WRITE) == 0;
}

// ---- Tables -------------------------------------------------------------------------------------

static int
remap(void)
{
    struct aspace *as = selftest_space();
    if (give_page(as, CLINT))
        (void)!mappages(&as->pt, CLINT, PGSIZE, CLINT, LEAF, 0);
    return FAILED;
}

// Maps eight bytes across a page boundary: mappages_rounded() maps both pages, mappages() refuses.
static int
forms(void)
{
    struct aspace *as = selftest_space();
    uint64 boundary = USER_PAGE + PGSIZE, va = boundary - 4;
    if (mappages_rounded(&as->pt, va, 8, CLINT, LEAF) < 0)
        return FAILED;
    printf("selftest: rounded: pte 0x%lx, pte 0x%lx\n", *walk(&as->pt, va, 0),
           *walk(&as->pt, boundary, 0));
    (void)!mappages(&as->pt, va, 8, CLINT, LEAF, 0);
    return FAILED;
}

static int
freewalk_leaf(void)
{
    struct aspace *as = selftest_space();
    if (give_page(as, USER_PAGE))
        freewalk(&as->pt, USER_PAGE, USER_PAGE + GIB);
    return FAILED;
}

// Maps the process's own page without U: the explanation is that of an access in user mode.
static int
forgotten_u(void)
{
    struct aspace *as = selftest_space();
    struct region r = {
        .start = USYSCALL, .end = USYSCALL + PGSIZE, .kind = REGION_USYSCALL, .prot = PTE_R};
    if (aspace_map(as, &r) < 0 || vmfault(as, USYSCALL, PT_READ) < 0)
        return FAILED;
    pte_t *slot = walk(&as->pt, USYSCALL, 0);
    pte_exchange(slot, pte_load(slot) & ~PTE_U);
    explain_user_page(as, USYSCALL, PT_READ);
    return vmfault(as, USYSCALL, PT_READ) < 0 || !(pte_load(slot) & PTE_U);
}

// Removes the user's leaf and keeps the mirror's.
static int
mirror(void)
{
    struct aspace *as = selftest_space();
    if (as->kpt.root == NULL) {
        printf("selftest: kpt=%s has no mirror\n", design->name);
        return 0;
    }
    if (!give_page(as, USER_PAGE))
        return FAILED;
    pte_exchange(walk(&as->pt, USER_PAGE, 0), 0);
    check_mirror(as);
    return FAILED;
}

// ---- Memory -------------------------------------------------------------------------------------

static int
double_free(void)
{
    void *page = kalloc(FRAME_USER, 7);
    kfree(page);
    kfree(page); // NOLINT(clang-analyzer-unix.Malloc): the mistake
    return FAILED;
}

struct node {
    struct node *next;
    struct node *other;
};

static int
use_after_free(void)
{
    struct node *n = kmem_alloc(sizeof *n);
    n->other = n;
    kmem_free(n);
    return ((struct node *volatile)n)->other->other == n;
}

static int
never_initialised(void)
{
    struct node *n = kalloc(FRAME_SLAB, 0);
    return ((struct node *volatile)n)->other->other == n;
}

// ---- The kernel's own map -------------------------------------------------------------------------

static int __attribute__((noinline)) deeper(volatile char *above)
{
    volatile char here[200];
    here[0] = above ? above[0] : 1;
    return here[0] ? deeper(here) + here[0] : 0;
}

static int
stack_overflow(void)
{
    return deeper(NULL);
}

static int
stack_hole(void)
{
    uint64 bottom = (uint64)__builtin_frame_address(0) & ~(KSTACK_SIZE - 1UL);
    return selftest_read(bottom - 8) + FAILED;
}

static int
lost_stack(void)
{
    return selftest_read(KSTACKS + KSTACKS_SIZE - 16) + FAILED;
}

static int
text_write(void)
{
    selftest_write((uint64)_text);
    return FAILED;
}

static int
data_exec(void)
{
    static uint32 code[] = {0x00008067}; // ret
    return selftest_execute((uint64)code) + FAILED;
}

static int
null_pointer(void)
{
    return selftest_read(8) + FAILED;
}

static int
user_memory(void)
{
    struct aspace *as = selftest_space();
    if (!give_page(as, USER_PAGE))
        return FAILED;
    if (as->kpt.root != NULL) {
        printf("selftest: kpt=%s lets the kernel use user memory\n", design->name);
        return 0;
    }
    return selftest_read(USER_PAGE) + FAILED;
}

static int
illegal(void)
{
    asm volatile(".word 0");
    return FAILED;
}

// ---- The table of tests -------------------------------------------------------------------------

static const struct {
    const char *name;
    int (*run)(void);
} tests[] = {
    {"rules", selftest_rules},
    {"remap", remap},
    {"mappages", forms},
    {"freewalk", freewalk_leaf},
    {"forgotten-u", forgotten_u},
    {"mirror", mirror},
    {"overlap", selftest_overlap},
    {"guard-above", selftest_guard_above},
    {"guard-none", selftest_guard_none},
    {"guard-open", selftest_guard_open},
    {"hole-mapped", selftest_hole_mapped},
    {"double-free", double_free},
    {"use-after-free", use_after_free},
    {"never-initialised", never_initialised},
    {"stack-overflow", stack_overflow},
    {"stack-hole", stack_hole},
    {"lost-stack", lost_stack},
    {"text-write", text_write},
    {"data-exec", data_exec},
    {"null-pointer", null_pointer},
    {"user-memory", user_memory},
    {"illegal", illegal},
};

// Runs the self-test of that name; without one of that name prints the names.
// Returns   the exit code for power_off(): 0 if it has passed. Most tests panic and do not return.
int
selftest_run(const char *name)
{
    for (size_t i = 0; i < NELEM(tests); i++) {
        if (strcmp(tests[i].name, name) != 0)
            continue;
        printf("selftest: %s\n", name);
        int code = tests[i].run();
        printf("selftest: %s: %s\n", name, code ? "FAILED" : "ok");
        return code;
    }
    printf("selftest: there is no test %s; there are:", name);
    for (size_t i = 0; i < NELEM(tests); i++)
        printf("%s%s", i % 6 ? " " : "\n  ", tests[i].name);
    printf("\n");
    return FAILED;
}
