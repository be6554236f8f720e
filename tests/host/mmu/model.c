// SPDX-License-Identifier: MIT
// model.c - see hart.h: random choices, failures, and the harts' turns.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "mmu/hart.h"
#include "rv/cpu.h"
#include "rv/csr.h"
#include "rv/sbi.h"

#define NOTES 40

int model_hart, model_harts;
int model_asid_bits, model_levels;
bool model_in_turn, model_sets_ad, model_eager;
struct fiber *model_running[MAXHART], model_driver;
bool model_waits[MAXHART], model_kicked[MAXHART];

static uint64 seed, state, clock;
static char notes[NOTES][120];
static unsigned noted;

void
model_seed(uint64 s)
{
    seed = s;
    state = s * 0x9e3779b97f4a7c15 + 1;
}

uint64
model_rnd(uint64 below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state * 0x2545f4914f6cdd1d >> 11) % below;
}

void
model_note(const char *fmt, ...)
{
    va_list ap;
    char *text = notes[noted++ % NOTES];
    int n = snprintf(text, 8, "hart %d ", model_hart);
    va_start(ap, fmt);
    vsnprintf(text + n, sizeof notes[0] - (size_t)n, fmt, ap);
    va_end(ap);
    if (getenv("MMU_TRACE"))
        fprintf(stderr, "%s\n", text);
}

void
model_fail(const char *fmt, ...)
{
    va_list ap;
    for (unsigned i = noted > NOTES ? noted - NOTES : 0; i < noted; i++)
        fprintf(stderr, "  %s\n", notes[i % NOTES]);
    fprintf(stderr, "FAIL seed %lu, hart %d: ", seed, model_hart);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    _Exit(1);
}

void
model_pause(void)
{
    if (model_in_turn)
        fiber_switch(model_running[model_hart], &model_driver);
}

void
sbi_send_ipi(uint64 hartid)
{
    model_kicked[hartid] = true;
    if (model_rnd(4) == 0)
        model_pause();
}

// Reading the clock advances it.
uint64
r_time(void)
{
    return clock += 100;
}

void
intr_on(void)
{
    model_kicked[model_hart] = false;
    model_pause(); // an idle hart that finds nothing to steal yet comes here again and again
}

void
intr_off(void)
{
}
