// SPDX-License-Identifier: MIT
// t_umalloc.c - malloc, free, realloc and calloc of the user library: random use against a model;
// pieces are aligned, apart from each other and keep their content; free memory is joined again;
// exhaustion fails and harms nothing; other code may move the break in between.
//
// SOURCES: user/ulib/sort.c
// CFLAGS: -Ikernel
#include "test.h"

static void *(*const host_memset)(void *, int, size_t) = memset;

static _Noreturn void
host_exit(int status)
{
    exit(status);
}

#include "uland.h"
#include "../../user/ulib/string.c"
#include "../../user/ulib/malloc.c"
#include "../../user/ulib/realloc.c"

const char *
tr(const char *en)
{
    return en;
}

#define ARENA  (64UL * 1024 * 1024)
#define PIECES 400

static char arena[ARENA] __attribute__((aligned(4096)));
static unsigned long top, limit = ARENA;

char *
u_sbrk(int n)
{
    char *old = arena + top;

    if (n < 0 || top + (unsigned long)n > limit)
        return (char *)-1;
    top += (unsigned long)n;
    host_memset(old, 0xa5, (size_t)n);
    return old;
}

int
u_fprintf(int fd, const char *format, ...)
{
    (void)fd, (void)format;
    return 0;
}

int
u_exit(int status)
{
    host_exit(status);
}

static struct piece {
    unsigned char *p;
    unsigned long n;
    unsigned char fill;
} pieces[PIECES];

static void
check_piece(const struct piece *x)
{
    unsigned long i;

    for (i = 0; i < x->n; i++)
        CHECK_EQ(x->p[i], x->fill);
}

static void
fill_piece(struct piece *x, unsigned long from)
{
    unsigned long i;

    CHECK_EQ((unsigned long)x->p % 16, 0);
    for (i = 0; i < from; i++)
        CHECK_EQ(x->p[i], x->fill);
    x->fill = (unsigned char)rnd();
    host_memset(x->p, x->fill, x->n);
}

static unsigned long
random_size(void)
{
    return rnd_below(1UL << (rnd_below(16) + 1));
}

static void
change(struct piece *x)
{
    unsigned long n = random_size();
    unsigned char *p;

    if (!x->p) {
        x->p = rnd_below(2) ? u_malloc(n) : u_calloc(n, 1);
        x->n = x->p ? n : 0;
        if (x->p)
            fill_piece(x, 0);
        return;
    }
    check_piece(x);
    if (rnd_below(3)) {
        u_free(x->p);
        x->p = 0;
        return;
    }
    p = u_realloc(x->p, n);
    if (!p)
        return;
    x->p = p;
    n = n < x->n ? (x->n = n) : n;
    p = (unsigned char *)x->n;
    x->n = n;
    fill_piece(x, (unsigned long)p < n ? (unsigned long)p : n);
}

static void
free_all(void)
{
    int i;

    for (i = 0; i < PIECES; i++) {
        if (pieces[i].p)
            check_piece(&pieces[i]);
        u_free(pieces[i].p);
        pieces[i].p = 0;
    }
}

// After everything is free, one piece of nearly the whole heap fits without growing it.
static void
check_joined(void)
{
    unsigned long before = top;
    void *p = u_malloc(heap_size / 2);

    CHECK(p != 0);
    CHECK_EQ(top, before);
    u_free(p);
}

static void
test_random(int rounds)
{
    int i;

    for (i = 0; i < rounds; i++)
        change(&pieces[rnd_below(PIECES)]);
}

static void
test_exhaustion(void)
{
    void *p;

    limit = top + 64 * 1024;
    test_random(30000);
    CHECK_EQ(u_malloc(32UL << 20), NULL);
    CHECK_EQ(u_malloc(~0UL), NULL);
    CHECK_EQ(u_calloc(1UL << 40, 1UL << 40), NULL);
    free_all();
    limit = ARENA;
    p = u_malloc(8UL << 20);
    CHECK(p != 0);
    u_free(p);
}

static void
test_calloc(void)
{
    unsigned char *p = u_malloc(1000);
    int i;

    host_memset(p, 0xff, 1000);
    u_free(p);
    p = u_calloc(10, 100);
    for (i = 0; i < 1000; i++)
        CHECK_EQ(p[i], 0);
    u_free(p);
}

// Small pieces take little more than their size from the system.
static void
test_small(void)
{
    int i;

    for (i = 0; i < PIECES; i++)
        pieces[i].p = u_malloc(100);
    CHECK(top <= PIECES * 112 + 2 * GROW_MIN);
    free_all();
}

int
main(void)
{
    int i;

    test_small();
    test_calloc();
    test_random(100000);
    free_all();
    check_joined();
    for (i = 0; i < 20; i++) {
        test_random(1000);
        u_sbrk((int)rnd_below(5000));
    }
    free_all();
    test_exhaustion();
    return test_done();
}
