// SPDX-License-Identifier: MIT
// reports.c - the reports of the checks, completed and in words, for the page.
//
// Theory    Reports are kept as data, so that they can be said in another language later.
// Next      sight/report.h, words/words.h
#include "check/advice.h"
#include "sight/sight.h"
#include "web/names.h"
#include "web/web.h"
#include "words/words.h"

#define KEPT 64 // reports; later ones are counted by the machine alone

struct web_reports {
    struct report report[KEPT];
    uint32 count;
    bool pmp; // the missing PMP entry is among them
    struct text text;
};

// Data of a report that the page shows besides its text.
struct report_view {
    uint64 kind; // its name: a string in the module's memory
    uint64 when, hart, note;
};

EXPORT struct web_reports *web_watch(struct machine *m, const struct web_names *n,
                                     const uint8 *facts, uint64 bytes);
EXPORT uint32 web_report_count(struct machine *m, struct web_reports *w);
EXPORT void web_report(const struct web_reports *w, uint32 i, struct report_view *out);
EXPORT const char *web_report_words(const struct machine *m, struct web_reports *w, uint32 i,
                                    uint32 language);

// Begins to watch, before the first instruction. `facts` comes from debug information,
// in the form of facts_read(); `bytes` may be 0. Returns NULL without memory.
struct web_reports *
web_watch(struct machine *m, const struct web_names *n, const uint8 *facts, uint64 bytes)
{
    struct web_reports *w = web_alloc(sizeof(*w));
    if (w == NULL || !sight_new(m, &n->symbols, &n->lines, (struct file){facts, bytes}, web_alloc))
        return NULL;
    return w;
}

// Returns whether a hart runs in S-mode or U-mode without a PMP entry: only this machine allows it.
static bool
pmp_missing(const struct machine *m)
{
    for (unsigned i = 0; m->config.no_pmp && i < m->config.harts; i++) {
        if (m->s.hart[i].mode != MODE_M && m->s.hart[i].pmp.top == 0)
            return true;
    }
    return false;
}

static void
tell_pmp(struct machine *m, struct web_reports *w)
{
    struct report *r = &w->report[w->count++];
    report_begin(m, r, REPORT_NO_PMP, m->turn_hart, 0);
    r->what.word = WORD_NO_PMP;
    r->todo.word = WORD_NO_PMP_DO;
    r->note = w->pmp = true;
}

// Takes the reports since the last time; between runs, since completing goes back and comes
// back. Returns how many reports there are.
uint32
web_report_count(struct machine *m, struct web_reports *w)
{
    sight_examine(m);
    if (!w->pmp && w->count < KEPT && pmp_missing(m))
        tell_pmp(m, w);
    while (w->count < KEPT && report_take(m, &w->report[w->count]))
        advice_complete(m, &w->report[w->count++]);
    return w->count;
}

// Report `i`: struct report_view.
void
web_report(const struct web_reports *w, uint32 i, struct report_view *out)
{
    const struct report *r = &w->report[i];
    *out = (struct report_view){.kind = (size_t)report_kind_name(r->kind),
                                .when = r->when,
                                .hart = r->hart,
                                .note = r->note};
}

// The words of report `i`, as the native program prints them: English (0) or Chinese (1).
const char *
web_report_words(const struct machine *m, struct web_reports *w, uint32 i, uint32 language)
{
    const struct report *r = &w->report[i];
    struct speaker s = {m, language != 0 ? CHINESE : ENGLISH, r->when};
    w->text.used = 0;
    words_report(&s, r, &w->text);
    return w->text.bytes;
}
