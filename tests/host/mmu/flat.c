// SPDX-License-Identifier: MIT
// flat.c - see flat.h.
#include "mmu/flat.h"

#include <string.h>

#include "mmu/files.h"
#include "mmu/hart.h"
#include "mmu/user.h"

#define MAX_OBJECTS 64
#define SPARSE      24 // of more new pages than this, only
#define SAMPLE      61 // every so many-th is looked at

struct object flat_file = {.refs = 1};
int users;

static struct user pool[MAX_USERS];
static struct object objects[MAX_OBJECTS];

struct user *
flat_new(void)
{
    for (struct user *u = pool; u < &pool[MAX_USERS]; u++)
        if (!u->used) {
            memset(u, 0, sizeof *u);
            u->used = true;
            users++;
            return u;
        }
    model_fail("more processes than the model has room for");
}

struct object *
flat_object(void)
{
    for (struct object *o = objects; o < &objects[MAX_OBJECTS]; o++)
        if (!o->refs) {
            memset(o, 0, sizeof *o);
            return o;
        }
    model_fail("more shared objects than the model has room for");
}

bool
flat_objects(const struct user *u, uint64 start, uint64 end)
{
    for (const struct page *p = u->page; p < &u->page[u->n]; p++)
        if (p->object && p->va >= start && p->va < end)
            return true;
    return false;
}

void
flat_fork(struct user *child, const struct user *parent)
{
    *child = *parent;
    child->children = child->last_child = 0;
    for (struct page *p = child->page; p < &child->page[child->n]; p++)
        if (p->object)
            p->object->refs++;
}

void
flat_drop(struct user *u)
{
    flat_remove(u, 0, ~0UL);
    u->used = false;
    users--;
}

struct page *
flat_add(struct user *u, uint64 va, uint64 prot)
{
    if (u->n == MAX_PAGES)
        model_fail("more pages than the model has room for");
    struct page *p = &u->page[u->n++];
    *p = (struct page){.va = va, .prot = prot};
    return p;
}

void
flat_remove(struct user *u, uint64 start, uint64 end)
{
    int kept = 0;
    for (int i = 0; i < u->n; i++) {
        const struct page *p = &u->page[i];
        if (p->va < start || p->va >= end)
            u->page[kept++] = *p;
        else if (p->object)
            p->object->refs--;
    }
    u->n = kept;
}

void
flat_protect(struct user *u, uint64 start, uint64 end, uint64 prot)
{
    for (struct page *p = u->page; p < &u->page[u->n]; p++)
        if (p->va >= start && p->va < end) {
            p->prot = prot;
            p->touched = false;
        }
}

struct page *
flat_find(struct user *u, uint64 va)
{
    for (struct page *p = u->page; p < &u->page[u->n]; p++)
        if (p->va == va)
            return p;
    return NULL;
}

void
flat_exec(struct user *u, int program)
{
    const struct program *p = &programs[program];
    uint64 end = PGROUNDUP(p->text + p->data + p->bss), all = PTE_R | PTE_W | PTE_X;
    flat_remove(u, 0, ~0UL);
    for (uint64 va = 0; va < end; va += PGSIZE) {
        uint64 prot = va < p->text ? PTE_R | PTE_X : PTE_R | PTE_W;
        struct page *page = flat_add(u, va, p->one_segment ? all : prot);
        for (uint64 i = 0; i < WORDS; i++)
            page->word[i] = program_word(program, va + i * STRIDE);
    }
    u->guard = end;
    flat_add(u, end + PGSIZE, PTE_R | PTE_W); // the stack
    u->heap = u->brk = end + 2 * PGSIZE;
}

void
flat_break(struct user *u, uint64 to)
{
    uint64 start = PGROUNDUP(u->brk), end = PGROUNDUP(to), n = 0;
    bool sparse = end > start + SPARSE * PGSIZE;
    for (uint64 va = start; va < end; va += PGSIZE)
        if (!sparse || n++ % SAMPLE == 0 || va + PGSIZE == end)
            flat_add(u, va, PTE_R | PTE_W);
    if (end < start)
        flat_remove(u, end, start);
    u->brk = to;
}

static uint64 *
word_of(struct page *p, uint64 i)
{
    return p->object ? &p->object->word[p->index][i] : &p->word[i];
}

uint64
flat_read(const struct page *p, uint64 i)
{
    return *word_of((struct page *)p, i); // only read from
}

void
flat_write(struct page *p, uint64 i, uint64 value)
{
    *word_of(p, i) = value;
}

// Only the kernel knows the moment of the copy, while other processes wrote to the object.
void
flat_own(struct page *p, const uint64 *memory)
{
    if (!p->object || !p->mine_if_written)
        return;
    for (uint64 i = 0; i < WORDS; i++)
        p->word[i] = memory[i * STRIDE / sizeof *memory];
    p->object->refs--;
    p->object = NULL;
}

// In a page that holds both, the first half of the words are instructions and the others data.
bool
flat_code(const struct page *p, uint64 i)
{
    return (p->prot & PTE_X) && (!(p->prot & PTE_W) || i < WORDS / 2);
}
