// SPDX-License-Identifier: MIT
// record.c - recordings: a text file with the input and the machine that got it.
//
// Theory    The first line names the machine: its options and the hash of its state before the
//           first instruction. Then comes a line for each byte, with its position in the run, the
//           clock there, and whether all harts waited ("idle") or not ("busy"), and a line for
//           the end of the run with the hash of the state there.
//           A recording is cut short if the program was killed; then it has no end.
#include "host/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/answer.h"
#include "host/say.h"
#include "run.h"

#define HEAD_SIZE 256

static void
describe(char head[HEAD_SIZE], const struct machine *m)
{
    const struct config *c = &m->config;
    snprintf(head, HEAD_SIZE,
             "glass-log 1 start=%016" PRIx64 " mem=%" PRIu64 " harts=%u seed=%" PRIu64
             " turn=%" PRIu64 " sharp=%u tlb=%s mmu=%u epoch=%" PRIu64
             " svade=%d no-pmp=%d modern=%d",
             (uint64_t)machine_hash(m), (uint64_t)m->ram.size, c->harts, (uint64_t)c->seed,
             (uint64_t)c->mean_turn, c->sharp, tlb_name(c->tlb), c->mmu, (uint64_t)c->epoch,
             c->svade, c->no_pmp, c->modern_virtio);
}

void
record_open(struct input *in, const char *path, const struct machine *m)
{
    char head[HEAD_SIZE];
    in->record = fopen(path, "w");
    if (!in->record)
        refuse("%s cannot be written: %s", path, said(strerror(errno)));
    describe(head, m);
    fprintf(in->record, "%s\n", head);
    fflush(in->record);
}

void
record_byte(struct input *in, struct place here, uint8 byte)
{
    fprintf(in->record, "%" PRIu64 " %" PRIu64 " %s %02x\n", (uint64_t)here.position,
            (uint64_t)here.clock, here.idle ? "idle" : "busy", byte);
    fflush(in->record);
}

void
record_end(struct input *in, const struct machine *m)
{
    fprintf(in->record, "%" PRIu64 " end %016" PRIx64 "\n", (uint64_t)machine_position(m),
            (uint64_t)machine_hash(m));
    if (fclose(in->record) != 0)
        say("the recording is not complete: %s", said(strerror(errno)));
    in->record = NULL;
}

static void
check_head(const char *path, char *head, const struct machine *m)
{
    char own[HEAD_SIZE];
    head[strcspn(head, "\n")] = '\0';
    if (strncmp(head, "glass-log 1 ", 12) != 0)
        refuse("%s is no recording of glass", path);
    describe(own, m);
    if (strcmp(head, own) == 0)
        return;
    say("%s was recorded on another machine: %s", path, head + 12);
    refuse("this one is: %s", own + 12);
}

static void
add_event(struct input *in, struct place place, unsigned byte)
{
    if ((in->events & (in->events - 1)) == 0) {
        in->event = realloc(in->event, (2 * in->events + 1) * sizeof(*in->event));
        if (!in->event)
            refuse("there is not enough memory for the recording");
    }
    in->event[in->events++] = (struct event){place, (uint8)byte};
}

// Reads a line of a recording. Returns false if it is none.
static bool
read_line(struct input *in, const char *line)
{
    uint64_t position, clock, hash;
    char how[5];
    unsigned byte;
    if (sscanf(line, "%" SCNu64 " end %" SCNx64, &position, &hash) == 2) {
        in->end = position;
        in->end_hash = hash;
        return true;
    }
    if (sscanf(line, "%" SCNu64 " %" SCNu64 " %4s %2x", &position, &clock, how, &byte) != 4)
        return false;
    add_event(in, (struct place){position, clock, strcmp(how, "idle") == 0}, byte);
    return true;
}

void
record_read(struct input *in, const char *path, const struct machine *m)
{
    char line[HEAD_SIZE];
    FILE *f = fopen(path, "r");
    if (!f)
        refuse("%s cannot be read: %s", path, said(strerror(errno)));
    if (!fgets(line, sizeof(line), f))
        refuse("%s is empty", path);
    check_head(path, line, m);
    for (unsigned n = 2; fgets(line, sizeof(line), f); n++) {
        if (!read_line(in, line))
            refuse("%s:%u: this line is damaged: %s", path, n, line);
    }
    fclose(f);
}
