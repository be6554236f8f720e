// SPDX-License-Identifier: MIT
// quiznum.c - pgtbl quiz: the dice, the comparison of answers, and questions about numbers. No
// system call.
#include "quiz.h"

#include "user/user.h"

#include "ulib/format.h"
#include "ulib/string.h"

#define RAM 0x80000000UL

unsigned long
roll(struct dice *d, unsigned long below)
{
    d->state = d->state * 6364136223846793005UL + 1442695040888963407UL;
    return (d->state >> 33) % below;
}

bool
quiz_right(const char *given, const char *right)
{
    unsigned long a, b;

    if (address(right, &b))
        return address(given, &a) && a == b;
    return strcmp(given, right) == 0;
}

static unsigned long
random_va(struct dice *d)
{
    return roll(d, 1UL << 26) << 12 | roll(d, PGSIZE);
}

static unsigned long
random_pa(struct dice *d)
{
    return RAM + PGSIZE * roll(d, 0x8000);
}

static void
ask_index(struct dice *d, struct question *q)
{
    unsigned long va = random_va(d);
    int level = (int)roll(d, 3);

    snprintf(q->text, sizeof(q->text), tr("What is the index of 0x%lx at level %d?"), va, level);
    snprintf(q->right, sizeof(q->right), "%lu", PX(level, va));
    snprintf(q->why, sizeof(q->why), tr("(0x%lx >> %d) & 511"), va, PXSHIFT(level));
}

static void
ask_address(struct dice *d, struct question *q)
{
    unsigned long pa = random_pa(d), pte = PA2PTE(pa) | PTE_V | roll(d, 512) << 1;

    snprintf(q->text, sizeof(q->text), tr("To which physical address does the entry 0x%lx lead?"),
             pte);
    snprintf(q->right, sizeof(q->right), "0x%lx", pa);
    snprintf(q->why, sizeof(q->why), tr("the page number begins at bit 10: (0x%lx >> 10) << 12"),
             pte);
}

static void
ask_satp(struct dice *d, struct question *q)
{
    unsigned long pa = random_pa(d);

    snprintf(q->text, sizeof(q->text), tr("satp is 0x%lx. Where is the root table?"),
             8UL << 60 | pa >> 12);
    snprintf(q->right, sizeof(q->right), "0x%lx", pa);
    snprintf(q->why, sizeof(q->why), tr("the low 44 bits are its page number: shift left by 12"));
}

static void
ask_slot(struct dice *d, struct question *q)
{
    unsigned long va = random_va(d), pa = random_pa(d);
    int level = (int)roll(d, 3);

    snprintf(q->text, sizeof(q->text),
             tr("A table of level %d is at 0x%lx. Where is its entry for 0x%lx?"), level, pa, va);
    snprintf(q->right, sizeof(q->right), "0x%lx", pa + 8 * PX(level, va));
    snprintf(q->why, sizeof(q->why), tr("an entry has 8 bytes, and the index is %lu"),
             PX(level, va));
}

static void
ask_tables(struct dice *d, struct question *q)
{
    unsigned long pages = 1 + roll(d, 1500), tables = (pages + 511) / 512;

    snprintf(q->text, sizeof(q->text),
             tr("A program has %lu pages from 0 on, and the two pages below MAXVA.\n"
                "How many table pages does Sv39 need for them?"),
             pages);
    snprintf(q->right, sizeof(q->right), "%lu", 1 + 1 + tables + 2);
    snprintf(q->why, sizeof(q->why),
             tr("the root; below: 1 of level 1 and %lu of level 0; above: 2"), tables);
}

void
quiz_draw_numbers(struct dice *d, struct question *q)
{
    static void (*const ask[])(struct dice *, struct question *) = {ask_index, ask_address,
                                                                    ask_satp, ask_slot, ask_tables};

    ask[roll(d, sizeof(ask) / sizeof(ask[0]))](d, q);
}
