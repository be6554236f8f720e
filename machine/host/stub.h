// SPDX-License-Identifier: MIT
// stub.h - serves a debugger by gdb's remote protocol, over TCP.
//
// Theory    A hart is a thread; thread n is hart n - 1. While the run is stopped the debugger asks
//           and this program answers; a packet that lets the run go on is answered when the run has
//           stopped again. Addresses are virtual, of the hart that is asked; one that the hart does
//           not map is taken as physical, so that a kernel that maps RAM at its own addresses can
//           be seen from user mode.
// Manual    "Debugging with GDB", appendix E
#pragma once

#include "host/control.h"

#define PACKET_MAX 16384

struct stub {
    int door;        // listens, or -1
    int line;        // the connection, or -1
    bool running;    // a packet waits for its answer until the run stops
    bool no_ack;     // packets are not acknowledged
    bool physical;   // addresses are physical (Qqemu.PhyMemMode)
    unsigned thread; // the hart that packets are about
    bool reversed;   // the last move was a backward one, which found no place
    bool at_watch;   // the last stop was met going back
    uint64 watch_va[WATCHED_MAX];
    struct control *control;
    char answer[2 * PACKET_MAX]; // text of the answer
    size_t used;
};

// Listens on a port of this computer. Does not return when that cannot be.
void stub_open(struct stub *s, struct control *c, unsigned port);
// Returns whether a debugger is there.
bool stub_present(const struct stub *s);
// Waits until a debugger comes.
void stub_wait(struct stub *s);
// While the run goes on: takes a new connection, or an interrupt of the debugger, which pauses it.
void stub_poll(struct stub *s);
// The run has stopped: serves the debugger until it shall go on, or the debugger has gone.
void stub_serve(struct stub *s);
void stub_close(struct stub *s);

// --- parts of it -----------------------------------------------------------------------------

// Adds to the answer.
void stub_add(struct stub *s, const char *format, ...) printflike(2, 3);
void stub_add_hex(struct stub *s, const void *bytes, size_t n);
// Sends one packet, with the text that has been added.
void stub_send(struct stub *s);
// Queries and settings: q..., Q..., H, T (stubquery.c). Returns false if the packet is not known.
bool stub_query(struct stub *s, char *packet);
// Registers and memory: g, G, p, P, m, M (stubdata.c).
bool stub_data(struct stub *s, char *packet);
// Breakpoints and running: Z, z, c, s, vCont, bc, bs (stubrun.c). `*away` : the run shall go on.
bool stub_run(struct stub *s, char *packet, bool *away);
// Adds why the run has stopped.
void stub_add_stop(struct stub *s);
// A part of the description of the registers, from `offset` on.
void stub_add_target(struct stub *s, uint64 offset, uint64 length);
