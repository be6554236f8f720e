// SPDX-License-Identifier: MIT
// user.c - processes that use memory in every way they can and know what each page must hold.
//
// Theory    A process touches pages, changes its break, maps and unmaps, forks, runs other programs, writes code,
//           asks the kernel for copies, dies of accesses that are not allowed; every word it sees is compared
//           with its flat copy (flat.c). Between any two steps it may find itself on another hart.
#include "mmu/user.h"

#include "mm/frame/direct.h"
#include "mmu/files.h"
#include "mmu/hart.h"
#include "mmu/traps.h"
#include "mmu/world.h"
#include "proc/proc.h"
#include "rv/csr.h"
#include "rv/trapframe.h"

#define HEAP_MAX (5UL << 20)
#define BIG      (2UL << 20)
#define CROWD    9
#define CROWDED  64 // pages that are looked at
#define MAPPED   36 // pages
#define FAR      86 // pages from one to the next: there is a large leaf among them
#define WIDE     9  // 2^9 pages are a large leaf

bool users_stop, users_done;

struct user *
user_me(void)
{
    return (struct user *)myproc()->trapframe->s1; // a pointer kept in a user register
}

void
user_ends(void)
{
    flat_drop(user_me());
}

void
user_expect(const char *what, const struct page *p, uint64 i, uint64 found)
{
    if (found != flat_read(p, i))
        model_fail("pid %d %s 0x%lx at va 0x%lx, which holds 0x%lx", myproc()->pid, what, found,
                   p->va + i * STRIDE, flat_read(p, i));
}

static struct page *
any_page(void)
{
    return &user_me()->page[model_rnd((uint64)user_me()->n)];
}

static uint64 *
word_at(struct page *p, uint64 i, enum pt_access access)
{
    uint64 pa = traps_at(p->va + i * STRIDE, access);
    p->touched = p->used = true;
    return p2v(pa);
}

// ---- Touching memory

static void
touch_read(void)
{
    struct page *p = any_page();
    uint64 i = model_rnd(WORDS);
    if (p->prot & PTE_R)
        user_expect("reads", p, i, *word_at(p, i, PT_READ));
}

static void
touch_write(void)
{
    struct page *p = any_page();
    uint64 i = model_rnd(WORDS), value = model_rnd(~0UL);
    if (!(p->prot & PTE_W) || (flat_code(p, i) && model_rnd(16)))
        return; // code is written rarely: its fence.i hides the kernel's errors
    uint64 *word = word_at(p, i, PT_WRITE);
    flat_own(p, word - i * STRIDE / sizeof *word);
    flat_write(p, i, value);
    *word = value;
    if (flat_code(p, i))
        fence_i(); // the process's own duty, on its hart; the kernel must fence when it moves
}

// Reads pages in ascending order, as far as they are readable: fault-around maps pages of files.
static void
sweep_mapped(void)
{
    struct page *p = any_page();
    bool writes = model_rnd(3) == 0;
    for (uint64 n = OBJECT_PAGES; n > 0 && p && p->mapped && p->prot & PTE_R; n--) {
        uint64 i = model_rnd(WORDS), va = p->va;
        enum pt_access access = writes && p->prot & PTE_W ? PT_WRITE : PT_READ;
        uint64 *word = word_at(p, i, access); // stores what is there
        if (access == PT_WRITE)
            flat_own(p, word - i * STRIDE / sizeof *word);
        user_expect("reads", p, i, *word);
        p = flat_find(user_me(), va + PGSIZE);
    }
}

// Sweeps the heap, also its pages that are not checked otherwise: these are zero.
static void
sweep(void)
{
    const struct user *u = user_me();
    bool writes = model_rnd(2);
    uint64 va = any_page()->va;
    for (uint64 n = 8 + model_rnd(40); n > 0 && va >= u->heap && va < u->brk; n--, va += PGSIZE) {
        const struct page *p = flat_find(user_me(), va);
        if (p && !(p->prot & PTE_R))
            return;
        uint64 i = model_rnd(WORDS);
        enum pt_access access = writes && (!p || p->prot & PTE_W) ? PT_WRITE : PT_READ;
        uint64 word = *(uint64 *)p2v(traps_at(va + i * STRIDE, access)); // stores what is there
        if (p)
            user_expect("reads", p, i, word);
        else if (word != 0)
            model_fail("va 0x%lx, which nobody has written to, holds 0x%lx", va + i * STRIDE, word);
    }
}

// Runs through some instructions of a page.
static void
touch_exec(void)
{
    struct page *p = any_page();
    for (uint64 n = model_rnd(12); n > 0; n--) {
        uint64 i = model_rnd(WORDS);
        if (flat_code(p, i))
            user_expect("executes", p, i, hart_fetch(v2p(word_at(p, i, PT_EXEC))));
    }
}

// pgaccess() tells the pages used since its last call; for a superpage it may report all pages.
static void
ask_touched(void)
{
    struct user *u = user_me();
    struct page *p = any_page();
    bool touched = p->touched && (p->prot & PTE_R);
    for (struct page *q = u->page; q < &u->page[u->n]; q++)
        q->touched &= q->va / BIG != p->va / BIG;
    bool told = traps_call(CALL_TOUCHED, p->va, 0);
    if (touched && !told)
        model_fail("va 0x%lx was used, and the kernel does not know", p->va);
    if (told && !p->used && p->object == &flat_file)
        model_fail("the kernel says that va 0x%lx was used, which it never was", p->va);
}

// ---- Changing it

// By how much the break moves: mostly a little, at times far, at times to where a leaf table begins.
static int64
stride(const struct user *u)
{
    uint64 most = model_rnd(12) ? 3 * PGSIZE : 2 * BIG;
    int64 n = (int64)model_rnd(2 * most) - (int64)most;
    if (model_rnd(8) == 0)
        n += (int64)(BIG - u->brk);
    return n < 0 && (uint64)-n > u->brk - u->heap ? (int64)(u->heap - u->brk) : n;
}

static void
resize(void)
{
    struct user *u = user_me();
    uint64 old = u->brk;
    int64 n = stride(u);
    if (n > 0 && (u->brk + (uint64)n > u->heap + HEAP_MAX || u->n > CROWDED))
        return;
    int64 result = traps_call(model_rnd(3) ? CALL_SBRK : CALL_LAZY, (uint64)n, 0);
    if (result < 0)
        return; // there was no memory
    if ((uint64)result != old)
        model_fail("sbrk returns 0x%lx, the break was 0x%lx", (uint64)result, old);
    flat_break(u, old + (uint64)n);
}

static void
map(void)
{
    static const uint64 protections[] = {PTE_R, PTE_R | PTE_W, PTE_R | PTE_W, PTE_R | PTE_W};
    enum map_kind kind = (enum map_kind)model_rnd(4);
    uint64 prot = protections[model_rnd(4)], apart = kind < KIND_FILE && model_rnd(3) ? FAR : 1;
    struct user *u = user_me();
    int mapped = 0;
    for (int i = 0; i < u->n; i++)
        mapped += u->page[i].mapped;
    int64 at = mapped < MAPPED ? traps_call(CALL_MAP, kind, prot | apart << 8) : -1;
    if (at < 0)
        return;
    struct object *object = kind == KIND_FAMILY ? flat_object()
                            : kind >= KIND_FILE ? &flat_file
                                                : NULL;
    for (uint64 i = 0; i < OBJECT_PAGES; i++) {
        struct page *p = flat_add(u, (uint64)at + i * apart * PGSIZE, prot);
        p->mapped = true;
        p->object = object;
        p->index = i;
        p->mine_if_written = kind == KIND_COPY;
        if (object)
            object->refs++;
    }
}

static void
unmap_some(void)
{
    const struct page *p = any_page();
    uint64 va = p->va, n = PGSIZE * (1 + model_rnd(OBJECT_PAGES)) * (model_rnd(4) ? 1 : FAR);
    if (p->mapped && traps_call(CALL_UNMAP, va, n) == 0)
        flat_remove(user_me(), va, va + n);
}

// Changes the protection of one or two pages, or of many; for new executable pages the process
// fences.
static void
protect_some(void)
{
    static const uint64 protections[] = {0, PTE_R, PTE_R | PTE_W, PTE_R | PTE_W, PTE_R | PTE_X};
    struct user *u = user_me();
    const struct page *at = any_page();
    uint64 order = model_rnd(3) ? model_rnd(2) : WIDE, size = PGSIZE << order;
    uint64 start = order == WIDE ? at->va & ~(size - 1) : at->va, end = start + size;
    uint64 prot = protections[model_rnd(flat_objects(u, start, end) ? 4 : 5)];
    if (!at->mapped || traps_call(CALL_PROTECT, start, prot | order << 8) < 0)
        return;
    flat_protect(u, start, end, prot);
    if (prot & PTE_X)
        fence_i();
}

static void
sync_page(void)
{
    const struct page *p = any_page();
    if (p->mapped)
        (void)traps_call(CALL_SYNC, p->va, 0);
}

// A copy by the kernel, of words of a page that allows it, and of the next one if that does.
static void
kernel_copy(void)
{
    const struct page *p = any_page(), *next = flat_find(user_me(), p->va + PGSIZE);
    bool out = model_rnd(2);
    uint64 need = out ? PTE_W : PTE_R, end = p->va + PGSIZE;
    uint64 start = p->va + 8 * model_rnd(PGSIZE / 8), n = 8 * (1 + model_rnd(PGSIZE / 8));
    if (!(p->prot & need) || p->object || (out && (p->prot & PTE_X) && model_rnd(16)))
        return;
    if (next && (next->prot & need) && !next->object)
        end += PGSIZE;
    n = n < end - start ? n : end - start;
    if (traps_call(out ? CALL_OUT : CALL_IN, start, n) < 0)
        (void)traps_call(CALL_EXIT, 0, 0); // memory ran out: the copied length is unknown
}

static uint64
forbidden(enum pt_access *access)
{
    static const uint64 need[] = {PTE_R, PTE_W, PTE_X};
    const struct page *p = any_page();
    *access = (enum pt_access)model_rnd(3);
    if (!(p->prot & need[*access]))
        return p->va;
    uint64 no[] = {user_me()->guard, PGROUNDUP(user_me()->brk), DIRECT_MAP, 1UL << 37,
                   myproc()->own.kstack.top - 8};
    return no[model_rnd(NELEM(no))];
}

// The kernel refuses a copy, or the process dies of its own access.
static void
misbehave(void)
{
    enum pt_access access;
    uint64 va = forbidden(&access);
    if (access == PT_WRITE && model_rnd(2)) {
        if (traps_call(CALL_OUT, va, 8) >= 0)
            model_fail("the kernel writes to va 0x%lx, which the process may not write to", va);
        return;
    }
    (void)traps_at(va, access);
    model_fail("pid %d: access %d of va 0x%lx is allowed", myproc()->pid, access, va);
}

// ---- Processes

static void
make_child(void)
{
    if (users >= CROWD)
        return;
    int64 pid = traps_call(CALL_FORK, 0, 0);
    if (pid < 0)
        return;
    user_me()->children++;
    user_me()->last_child = (int)pid;
}

static void
wait_for_child(void)
{
    if (user_me()->children == 0)
        return;
    int64 pid = traps_call(CALL_WAIT, 0, 0);
    if (pid <= 0 && !users_stop && !killed(myproc()))
        model_fail("wait returns %ld, pid %d has %d children", pid, myproc()->pid,
                   user_me()->children);
    user_me()->children--;
}

static void
run_program(void)
{
    uint64 program = model_rnd(PROGRAMS);
    if (traps_call(CALL_EXEC, program, 0) < 0)
        return;
    flat_exec(user_me(), (int)program);
    uint64 argv = myproc()->trapframe->a1;
    uint64 first = *(uint64 *)p2v(traps_at(argv, PT_READ));
    const char *text = p2v(traps_at(first, PT_READ));
    if (text[0] != (char)('0' + program) || text[1] != '\0')
        model_fail("argv[0] of program %lu is \"%.8s\"", program, text);
}

static void
kill_child(void)
{
    if (user_me()->last_child)
        (void)traps_call(CALL_KILL, (uint64)user_me()->last_child, 0);
}

static void
look_at_child(void)
{
    if (user_me()->last_child)
        (void)traps_call(CALL_LOOK, (uint64)user_me()->last_child, 0);
}

static const struct {
    void (*fn)(void);
    uint64 weight;
} kinds[] = {{touch_read, 30},  {touch_write, 30},   {touch_exec, 40},   {sweep, 3},
             {sweep_mapped, 4}, {resize, 12},        {kernel_copy, 10},  {map, 3},
             {unmap_some, 6},   {protect_some, 12},  {sync_page, 6},     {ask_touched, 12},
             {make_child, 3},   {wait_for_child, 1}, {run_program, 1},   {traps_timer, 12},
             {misbehave, 1},    {kill_child, 1},     {look_at_child, 2}, {model_pause, 40}};

static void
step(void)
{
    uint64 total = 0;
    for (size_t i = 0; i < NELEM(kinds); i++)
        total += kinds[i].weight;
    size_t i = 0;
    for (uint64 at = model_rnd(total); at >= kinds[i].weight; i++)
        at -= kinds[i].weight;
    kinds[i].fn();
}

// Process 1: makes others, and buries them.
static void noreturn
first_user(void)
{
    myproc()->trapframe->s1 = (uint64)flat_new();
    flat_exec(user_me(), 0);
    world_rest();
    ending_watched();
    while (!users_stop) {
        if (users < CROWD && model_rnd(2))
            make_child();
        else if (users > 1)
            (void)traps_call(CALL_WAIT, 0, 0);
        model_pause();
    }
    while (traps_call(CALL_WAIT, 0, 0) > 0)
        ;
    world_rest();
    users_done = true;
    for (;;)
        model_pause();
}

void
traps_user_main(void)
{
    struct trapframe *tf = myproc()->trapframe;
    if (!tf->s1)
        first_user();
    if (tf->a1 == ROLE_ENDS)
        ending_process();
    for (uint64 life = 20 + model_rnd(400); life > 0 && !users_stop; life--)
        step();
    (void)traps_call(CALL_EXIT, 0, 0);
    model_fail("exit returns");
}
