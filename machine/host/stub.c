// SPDX-License-Identifier: MIT
// stub.c - serves a debugger: the connection, packets, and their handlers.
//
// Next      host/stubrun.c, host/stubdata.c, host/stubquery.c
#include "host/stub.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/answer.h"
#include "host/say.h"
#include "host/terminal.h"

#define INTERRUPT 3 // Ctrl-C of the debugger, outside packets

void
stub_open(struct stub *s, struct control *c, unsigned port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16)port)};
    int yes = 1;
    *s = (struct stub){.door = socket(AF_INET, SOCK_STREAM, 0), .line = -1, .control = c};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s->door >= 0)
        setsockopt(s->door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (s->door < 0 || bind(s->door, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(s->door, 1) != 0)
        refuse("--gdb %u: the port cannot be used: %s", port, said(strerror(errno)));
}

bool
stub_present(const struct stub *s)
{
    return s->line >= 0;
}

static void
lose(struct stub *s)
{
    close(s->line);
    s->line = -1;
    s->running = s->no_ack = s->physical = false;
    s->control->stops.count = s->control->stops.watches = 0;
    stops_change(s->control->m);
    terminal_also(s->door);
}

static void
take_connection(struct stub *s)
{
    int yes = 1;
    s->line = accept(s->door, NULL, NULL);
    if (s->line < 0)
        return;
    setsockopt(s->line, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    terminal_also(s->line);
    s->running = false;
    s->thread = 0;
}

void
stub_wait(struct stub *s)
{
    while (s->line < 0)
        take_connection(s);
}

static bool
ready(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 0) > 0;
}

void
stub_poll(struct stub *s)
{
    char byte;
    if (s->line < 0) {
        terminal_also(s->door);
        if (!ready(s->door))
            return;
        take_connection(s);
        if (s->line >= 0)
            control_stay(s->control, PAUSE_KEY);
        return;
    }
    if (!s->running || !ready(s->line))
        return;
    ssize_t n = recv(s->line, &byte, 1, 0);
    if (n <= 0)
        lose(s);
    else if (byte == INTERRUPT)
        control_stay(s->control, PAUSE_KEY);
}

void
stub_close(struct stub *s)
{
    if (s->line >= 0) {
        if (s->running) {
            stub_add(s, "W00");
            stub_send(s);
        }
        close(s->line);
    }
    close(s->door);
}

// --- packets ---------------------------------------------------------------------------------

void
stub_add(struct stub *s, const char *format, ...)
{
    va_list words;
    va_start(words, format);
    int n = vsnprintf(s->answer + s->used, sizeof(s->answer) - s->used, format, words);
    va_end(words);
    if (n > 0 && s->used + (size_t)n < sizeof(s->answer))
        s->used += (size_t)n;
}

void
stub_add_hex(struct stub *s, const void *bytes, size_t n)
{
    const uint8 *b = bytes;
    for (size_t i = 0; i < n; i++)
        stub_add(s, "%02x", b[i]);
}

static void
send_all(struct stub *s, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(s->line, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes += sent;
        n -= (size_t)sent;
    }
}

void
stub_send(struct stub *s)
{
    uint8 sum = 0;
    char end[4];
    for (size_t i = 0; i < s->used; i++)
        sum = (uint8)(sum + (uint8)s->answer[i]);
    snprintf(end, sizeof(end), "#%02x", sum);
    send_all(s, "$", 1);
    send_all(s, s->answer, s->used);
    send_all(s, end, 3);
    s->used = 0;
}

static int
next_byte(struct stub *s)
{
    uint8 byte;
    return recv(s->line, &byte, 1, 0) == 1 ? byte : -1;
}

// Reads one packet. Returns false when the debugger has gone.
static bool
receive(struct stub *s, char packet[PACKET_MAX])
{
    int byte;
    size_t n = 0;
    while ((byte = next_byte(s)) != '$') {
        if (byte < 0)
            return false;
    }
    while ((byte = next_byte(s)) != '#') {
        if (byte < 0)
            return false;
        if (n < PACKET_MAX - 1)
            packet[n++] = (char)byte;
    }
    packet[n] = '\0';
    next_byte(s); // the sum: TCP has its own
    if (next_byte(s) < 0)
        return false;
    if (!s->no_ack)
        send_all(s, "+", 1);
    return true;
}

// Packets that end the connection. Returns whether this was one.
static bool
goodbye(struct stub *s, const char *packet)
{
    bool kills = packet[0] == 'k' || strncmp(packet, "vKill", 5) == 0;
    if (!kills && packet[0] != 'D')
        return false;
    if (packet[0] != 'k') {
        stub_add(s, "OK");
        stub_send(s);
    }
    s->control->leave = kills;
    lose(s);
    return true;
}

void
stub_serve(struct stub *s)
{
    char packet[PACKET_MAX];
    bool away = false;
    if (s->running) {
        stub_add_stop(s);
        stub_send(s);
    }
    s->running = false;
    while (!away) {
        if (!receive(s, packet)) {
            lose(s);
            break;
        }
        if (goodbye(s, packet))
            break;
        s->used = 0;
        if (!stub_run(s, packet, &away) && !stub_data(s, packet))
            (void)stub_query(s, packet);
        if (!away)
            stub_send(s);
    }
    s->running = away;
    if (!away && !s->control->leave)
        control_go(s->control, ~0ULL);
}
