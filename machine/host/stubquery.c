// SPDX-License-Identifier: MIT
// stubquery.c - the debugger's questions about harts, registers and abilities; monitor commands.
#include <stdlib.h>
#include <string.h>

#include "host/answer.h"
#include "host/prompt.h"
#include "host/stub.h"

// --- harts -----------------------------------------------------------------------------------

static void
add_threads(struct stub *s)
{
    for (unsigned i = 0; i < s->control->m->config.harts; i++)
        stub_add(s, "%c%x", i ? ',' : 'm', i + 1);
}

// The hart of a thread's number; 0 and -1 leave the present one.
static bool
choose_thread(struct stub *s, const char *number)
{
    long n = strtol(number, NULL, 16);
    if (n > (long)s->control->m->config.harts)
        return false;
    if (n > 0)
        s->thread = (unsigned)n - 1;
    return true;
}

static void
add_thread_words(struct stub *s, const char *number)
{
    char words[80];
    unsigned long n = strtoul(number, NULL, 16);
    if (n == 0 || n > s->control->m->config.harts)
        return;
    const struct hart *h = &s->control->m->s.hart[n - 1];
    snprintf(words, sizeof(words), "hart %lu, %c-mode%s", n - 1, "US?M"[h->mode & 3],
             h -> waiting ? ", waiting" : "");
    stub_add_hex(s, words, strlen(words));
}

// --- monitor ---------------------------------------------------------------------------------

// Reads hexadecimal digits as text.
static void
unhex(const char *hex, char *text, size_t room)
{
    size_t n = 0;
    for (; hex[0] && hex[1] && n < room - 1; hex += 2) {
        char byte[3] = {hex[0], hex[1], '\0'};
        text[n++] = (char)strtoul(byte, NULL, 16);
    }
    text[n] = '\0';
}

// Sends text to the debugger's console, in packets that it has room for.
static void
tell(struct stub *s, const char *text, size_t bytes)
{
    for (size_t n; bytes > 0; text += n, bytes -= n) {
        n = bytes < 1000 ? bytes : 1000;
        stub_add(s, "O");
        stub_add_hex(s, text, n);
        stub_send(s);
    }
}

// A command of the prompt.
static void
monitor(struct stub *s, const char *hex)
{
    struct control *c = s->control;
    char line[256], *text = NULL;
    size_t bytes = 0;
    uint64 before = machine_position(c->m);
    enum pause pause = c->pause;
    FILE *out = open_memstream(&text, &bytes);
    if (out == NULL)
        return;
    unhex(hex, line, sizeof(line));
    c->out = out;
    c->hart = s->thread;
    prompt_obey(c, line);
    if (c->pause == PAUSE_NONE || c->leave)
        answer(out, "In gdb the run goes on with continue and stepi, and ends with kill.");
    if (machine_position(c->m) != before)
        answer(out, "The run was taken to another place: `maintenance flush register-cache' makes "
                    "gdb look anew.");
    if (c->pause == PAUSE_NONE)
        control_stay(c, pause);
    c->leave = false;
    c->out = stdout;
    s->thread = c->hart;
    fclose(out);
    tell(s, text, bytes);
    free(text);
    stub_add(s, "OK");
}

// --- questions -------------------------------------------------------------------------------

static bool
begins(const char *packet, const char *with, const char **rest)
{
    size_t n = strlen(with);
    *rest = packet + n;
    return strncmp(packet, with, n) == 0;
}

static bool
ask_thread(struct stub *s, const char *packet)
{
    const char *rest;
    if (packet[0] == 'H')
        stub_add(s, choose_thread(s, packet + 2) ? "OK" : "E01");
    else if (packet[0] == 'T')
        stub_add(s, strtoul(packet + 1, NULL, 16) <= s->control->m->config.harts ? "OK" : "E01");
    else if (strcmp(packet, "qC") == 0)
        stub_add(s, "QC%x", s->thread + 1);
    else if (strcmp(packet, "qfThreadInfo") == 0)
        add_threads(s);
    else if (strcmp(packet, "qsThreadInfo") == 0)
        stub_add(s, "l");
    else if (begins(packet, "qThreadExtraInfo,", &rest))
        add_thread_words(s, rest);
    else
        return false;
    return true;
}

static bool
ask_ability(struct stub *s, const char *packet)
{
    const char *rest;
    char *end;
    if (begins(packet, "qSupported", &rest)) {
        stub_add(s,
                 "PacketSize=%x;qXfer:features:read+;ReverseStep+;ReverseContinue+;"
                 "vContSupported+;QStartNoAckMode+",
                 PACKET_MAX - 16);
    } else if (begins(packet, "qXfer:features:read:target.xml:", &rest)) {
        uint64 offset = strtoull(rest, &end, 16);
        stub_add_target(s, offset, *end == ',' ? strtoull(end + 1, NULL, 16) : 0);
    } else if (strcmp(packet, "qAttached") == 0) {
        stub_add(s, "1");
    } else if (begins(packet, "qSymbol:", &rest)) {
        stub_add(s, "OK");
    } else {
        return false;
    }
    return true;
}

static bool
change_setting(struct stub *s, const char *packet)
{
    const char *rest;
    if (strcmp(packet, "QStartNoAckMode") == 0)
        s->no_ack = true;
    else if (begins(packet, "Qqemu.PhyMemMode:", &rest))
        s->physical = *rest == '1';
    else
        return false;
    stub_add(s, "OK");
    return true;
}

bool
stub_query(struct stub *s, char *packet)
{
    const char *rest;
    if (!begins(packet, "qRcmd,", &rest))
        return ask_thread(s, packet) || ask_ability(s, packet) || change_setting(s, packet);
    monitor(s, rest);
    return true;
}
