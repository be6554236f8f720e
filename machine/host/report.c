// SPDX-License-Identifier: MIT
// report.c - reports of the machine on standard error.
//
// Next      sight/report.h, words/words.h
#include "host/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check/advice.h"
#include "host/json.h"
#include "host/say.h"

static void
print(struct reports *r, const struct machine *m, const struct report *report)
{
    struct speaker s = {m, r->language, report->when};
    r->last.used = 0;
    words_report(&s, report, &r->last);
    fflush(stdout);
    if (r->midline)
        fputc('\n', stderr);
    r->midline = false;
    fputs(r->last.bytes, stderr);
}

#define AT "{at}" // stands in the command for the words that stop it there

// The command that shows it again, if the run can be repeated.
static void
print_again(const struct reports *r, const struct report *report)
{
    static struct text text, words;
    const char *place = r->again ? strstr(r->again, AT) : NULL;
    if (place == NULL || place - r->again >= TEXT_MAX)
        return;
    text.used = words.used = 0;
    text_add(&words, r->again);
    words.used = (unsigned)(place - r->again);
    text_add(&words, "--stop --at ");
    text_number(&words, report->when);
    text_add(&words, place + strlen(AT));
    text_part(&text, word_pattern(WORD_HEAD_AGAIN, r->language).bytes, words.bytes);
    fputs(text.bytes, stderr);
}

void
report_print(struct reports *r, struct machine *m)
{
    static struct report report;
    while (m->sight != NULL && report_take(m, &report)) {
        advice_complete(m, &report);
        if (expect_known(r->expected, m, &report))
            continue;
        json_report(r->json, m, &report);
        print(r, m, &report);
        print_again(r, &report);
        r->printed += !report.note;
        r->fatal |= report.fatal;
    }
}

void
report_waiting(const struct reports *r, const struct machine *m)
{
    static struct text text;
    struct speaker s = {m, r->language, machine_position(m)};
    for (unsigned i = 0; i < m->config.harts; i++) {
        const struct hart *h = &m->s.hart[i];
        struct report report = {.hart = i};
        if (m->sight == NULL)
            return;
        moment_now(m, i, &report.moment);
        report.what = (struct fact){.word = WORD_WAITS, .arg = {i, h->mode, h->pc, h->mie}};
        text.used = 0;
        words_report(&s, &report, &text);
        fflush(stdout);
        fputs(text.bytes, stderr);
    }
}

static bool
any_pmp(const struct hart *h)
{
    for (unsigned i = 0; i < NELEM(h->pmp.cfg); i++) {
        if (h->pmp.cfg[i] != 0)
            return true;
    }
    return false;
}

static void
report_pmp(struct reports *r, const struct machine *m)
{
    if (!m->config.no_pmp || r->pmp)
        return;
    for (unsigned i = 0; i < m->config.harts; i++) {
        const struct hart *h = &m->s.hart[i];
        if (h->mode == MODE_M || any_pmp(h))
            continue;
        struct report report = {.what.word = WORD_NO_PMP, .todo.word = WORD_NO_PMP_DO};
        r->pmp = true;
        print(r, m, &report);
        return;
    }
}

void
report_lacks(struct reports *r, const struct machine *m)
{
    report_pmp(r, m);
    if (m->card_sought && !r->card) {
        struct report report = {.what.word = WORD_NO_CARD, .todo.word = WORD_NO_CARD_DO};
        r->card = true;
        print(r, m, &report);
    }
}

void
report_end(const struct reports *r, const struct machine *m)
{
    static struct text text;
    struct speaker s = {m, r->language, machine_position(m)};
    uint64 total = m->sight != NULL ? m->sight->outbox.total : 0;
    struct fact end = {.word = WORD_REPORTS_END, .arg = {r->printed, total}};
    if (total == 0)
        return;
    text.used = 0;
    words_fact(&s, &end, &text);
    fflush(stdout);
    fprintf(stderr, "%s\n", text.bytes);
}
