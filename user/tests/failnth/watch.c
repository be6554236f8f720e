// SPDX-License-Identifier: MIT
// watch.c - a watchdog process: it ends the test when it hangs.
#include "failnth.h"

#define SILENCE 60 // seconds without a new run

volatile struct beat *beat; // in memory that the test and the watchdog share

static int watchdog;

static void
give_up(int tester)
{
    printf("failnth: FAILED: %s, n=%d: stands still\n", (const char *)beat->name, beat->n);
    kill(beat->pid);
    kill(tester);
    exit(1);
}

static void
watch_beat(int tester)
{
    int last = 0, silent = 0;

    touch_program();
    beat->ready = 1;
    for (;;) {
        sleep(10);
        silent = beat->count == last ? silent + 1 : 0;
        last = beat->count;
        if (silent >= SILENCE)
            give_up(tester);
    }
}

void
watch_start(void)
{
    char *page = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int tester = getpid();

    prepared(page != FAILED, "mmap");
    page[0] = 0; // before fork, so that both see one page
    beat = (struct beat *)page;
    beat->count = 1;
    watchdog = fork();
    prepared(watchdog >= 0, "fork");
    if (watchdog == 0)
        watch_beat(tester);
    while (!beat->ready)
        sleep(1);
    touch_program();
}

void
watch_end(void)
{
    kill(watchdog);
    ended(watchdog);
}
