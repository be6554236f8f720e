// SPDX-License-Identifier: MIT
// brkcount.c - sub-tests of sbrk that count frames.
//
// Theory    A heap keeps its page tables when it shrinks. So growing takes exactly as many frames
//           as pages, in one step or many, and shrinking frees all of them.
// Next      brk.c
#include "t.h"

static long
free_pages(void)
{
    struct sysinfo info;

    want(sysinfo(&info) == 0, "sysinfo failed");
    return (long)(info.freemem / PAGE);
}

// Grows by n pages, `step` at a time, and shrinks.
// Returns   how many frames were taken meanwhile.
static long
taken(int n, int step)
{
    long before = free_pages();

    for (int i = 0; i < n; i += step)
        want(sbrk(step * PAGE) != SBRK_ERROR, "sbrk");
    long with = free_pages();
    want(sbrk(-n * PAGE) != SBRK_ERROR, "shrinking");
    return before - with;
}

// Growing takes frames for the pages only, if the heap has been as large before.
static void
count_frames(long first)
{
    int n = 2560, step[2] = {n, 1}; // at once, leaves of 2 MiB; page by page

    sync(); // a journal commit would take frames meanwhile, which sysinfo() counts as used
    want(sbrk(-(long)sbrk(0) & (PAGE - 1)) != SBRK_ERROR, "sbrk");
    taken(n, step[first]);
    long before = free_pages();
    for (int i = 0; i < 2; i++) {
        long took = taken(n, step[i]);
        want(took == n, "a growth by %d pages, %d at a time, took %ld", n, step[i], took);
    }
    want(free_pages() == before, "%ld pages are free, %ld before", free_pages(), before);
    sbrk(PAGE);
    want(free_pages() == before - 1, "a page more: %ld are free, %ld before", free_pages(), before);
    sbrk(-PAGE);
    want(free_pages() == before, "a page less: %ld are free, %ld before", free_pages(), before);
}

// sbrkcount: counting frames by growing gives one result each time, and sysinfo() agrees.
static void
t_sbrkcount(void)
{
    for (int first = 0; first < 2; first++)
        want(t_status(count_frames, first) == 0, "the child");
}

// Grows until memory is used up, and shrinks.
// Returns   the number of pages.
static long
dry(void)
{
    long n = 0;

    while (sbrk(PAGE) != SBRK_ERROR)
        n++;
    want(free_pages() == 0, "%ld pages are left", free_pages());
    sbrk((int)-n * PAGE);
    return n;
}

// sbrkdry: counting all frames by growing gives one result each time, also when most of them are
// allocated in one step; sysinfo() agrees.
static void
t_sbrkdry(void)
{
    sync(); // as in count_frames()
    long most = dry(), rest = 128;

    want(free_pages() == most, "%ld pages are free, and %ld can be had", free_pages(), most);
    want(sbrk((int)(most - rest) * PAGE) != SBRK_ERROR, "they cannot be had at once");
    for (int i = 0; i < 3; i++) {
        want(sbrk((int)(rest + 1) * PAGE) == SBRK_ERROR, "more than there is");
        long found = dry();
        want(found == rest, "%ld pages can be had, of %ld", found, rest);
    }
    sbrk((int)(rest - most) * PAGE);
    want(free_pages() == most, "%ld pages are free, %ld before", free_pages(), most);
}

const struct test brkcount_tests[] = {
    TEST(sbrkcount, 0),
    TEST(sbrkdry, 0),
    {0, 0, 0},
};
