// SPDX-License-Identifier: MIT
// kalloc.c - pages of memory, each with the number of its users.
#include "mini.h"

#define PAGES ((PHYSTOP - KERNBASE) / PGSIZE)

struct run {
    struct run *next;
};

static struct {
    struct spinlock lock;
    struct run *freelist;
    u32 users[PAGES];
} kmem;

void *
memset(void *to, int byte, u64 n)
{
    u8 *p = to;
    while (n-- != 0)
        *p++ = (u8)byte;
    return to;
}

void *
memmove(void *to, const void *from, u64 n)
{
    u8 *d = to;
    const u8 *s = from;
    if (s < d && d < s + n)
        while (n-- != 0)
            d[n] = s[n];
    else
        for (u64 i = 0; i < n; i++)
            d[i] = s[i];
    return to;
}

static u32 *
users_of(const void *page)
{
    return &kmem.users[((u64)page - KERNBASE) / PGSIZE];
}

void
kinit(void)
{
    initlock(&kmem.lock, "kmem");
    for (u64 page = PGROUNDUP((u64)end); page < PHYSTOP; page += PGSIZE) {
        *users_of((void *)page) = 1;
        if (!MAKES(NOTHING_FREE))
            kfree((void *)page);
    }
}

static void *spare;

// Keeps the page aside if no other is. Returns whether it does.
static int
keep_spare(void *page)
{
    acquire(&kmem.lock);
    int keeps = spare == 0;
    if (keeps)
        spare = page;
    release(&kmem.lock);
    return keeps;
}

// Gives the page that is kept aside, if there is one.
static void *
take_spare(void)
{
    acquire(&kmem.lock);
    void *page = spare;
    spare = 0;
    if (page != 0)
        *users_of(page) = 1;
    release(&kmem.lock);
    return page != 0 ? memset(page, 0x33, PGSIZE) : kalloc();
}

void
kfree(void *page)
{
    struct run *r = page;
    if ((u64)page % PGSIZE != 0 || (char *)page < end || (u64)page >= PHYSTOP)
        panic("kfree");
    if (MAKES(FREE_FILLS_EARLY))
        memset(page, 0x11, PGSIZE);
    acquire(&kmem.lock);
    u32 left = --*users_of(page);
    release(&kmem.lock);
    for (volatile int i = 0; MAKES(FREE_LATE) && i < 2000; i++)
        left = *(volatile u32 *)users_of(page);
    if (left != 0)
        return;
    memset(page, 0x11, PGSIZE);
    if (TAKES(SPARE) && keep_spare(page))
        return;
    if (!MAKES(FREE_NO_LOCK))
        acquire(&kmem.lock);
    r->next = kmem.freelist;
    kmem.freelist = r;
    if (!MAKES(FREE_NO_LOCK))
        release(&kmem.lock);
    if (MAKES(NOFF_LEFT))
        push_off();
}

void *
kalloc(void)
{
    if (TAKES(SPARE) && spare != 0)
        return take_spare();
    acquire(&kmem.lock);
    struct run *r = kmem.freelist;
    if (r != 0) {
        if (!MAKES(GIVES_TWICE))
            kmem.freelist = r->next;
        if (!MAKES(ALLOC_NO_COUNT))
            *users_of(r) = 1;
    }
    release(&kmem.lock);
    if (r != 0)
        memset(r, 0x33, PGSIZE);
    return r;
}

// Gives a page that is all zero.
void *
kzalloc(void)
{
    acquire(&kmem.lock);
    struct run *r = kmem.freelist;
    if (r != 0) {
        kmem.freelist = r->next;
        *users_of(r) = 1;
    }
    release(&kmem.lock);
    return r != 0 ? memset(r, 0, PGSIZE) : 0;
}

// Puts a page with one user back into the list.
void
kput(void *page)
{
    struct run *r = page;
    acquire(&kmem.lock);
    r->next = kmem.freelist;
    kmem.freelist = r;
    release(&kmem.lock);
}

// One more process uses the page.
void
kshare(void *page)
{
    acquire(&kmem.lock);
    ++*users_of(page);
    release(&kmem.lock);
}

u32
kcount(const void *page)
{
    acquire(&kmem.lock);
    u32 n = *users_of(page);
    release(&kmem.lock);
    return n;
}

// For the mistake FREE_LATE: two harts have one page, and give it up at the same time.
void
give_up(void)
{
    static void *page;
    static u32 ready, told[NHART];
    register u64 hart __asm__("tp");
    if (hart > 1 || __sync_lock_test_and_set(&told[hart], 1) != 0)
        return;
    if (hart == 0) {
        page = kalloc();
        kshare(page);
    }
    for (__sync_add_and_fetch(&ready, 1); *(volatile u32 *)&ready < 2;)
        ;
    kfree(page);
}
