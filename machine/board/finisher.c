// SPDX-License-Identifier: MIT
// finisher.c - how software ends the run: the test finisher, and HTIF's word in memory.
//
// Theory    HTIF is a protocol of test programs: software stores a word to the address `tohost` and
//           waits. The word's top byte is a device, the next byte a command. Device 0 takes an exit
//           status (bit 0 set) or the address of a system call's arguments; device 1 prints. The
//           board looks at the word between turns, so the store needs no watch.
// Manual    SiFive test finisher: QEMU's docs; HTIF: riscv-isa-sim
// Next      board/board.c
#include "board/finisher.h"

#include "board/dma.h"
#include "machine.h"

#define HTIF_PRINT    0x0101 // device 1, command 1
#define SYSCALL_WRITE 64
#define ENOSYS_VALUE  ((uint64)-38)

void
finisher_end(struct machine *m, uint32 asked, uint32 code)
{
    m->s.finisher = (struct finisher){asked, code};
    m->stop = STOP_FINISHED;
    for (unsigned i = 0; i < m->config.harts; i++)
        machine_attention(m, i);
}

bool
finisher_load(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 *value)
{
    (void)m;
    (void)unit;
    (void)offset;
    (void)bytes;
    *value = 0;
    return true;
}

// Stores a request. Values without a meaning are ignored.
bool
finisher_store(struct machine *m, unsigned unit, uint64 offset, int bytes, uint64 value)
{
    (void)unit;
    uint32 asked = value & 0xffff;
    if (offset == 0 && bytes >= 2 &&
        (asked == FINISHER_PASS || asked == FINISHER_FAIL || asked == FINISHER_RESET))
        finisher_end(m, asked, value >> 16 & 0xffff);
    return true;
}

// Prints `n` bytes at `pa`. Returns how many were in RAM.
static uint64
print(struct machine *m, uint64 pa, uint64 n)
{
    uint8 byte;
    uint64 done = 0;
    for (; done < n && dma_load(m, pa + done, &byte, 1); done++)
        m->host.console(m->host.arg, byte);
    return done;
}

// A system call: eight words at `pa` are number and arguments; the first word takes the result.
static void
serve_call(struct machine *m, uint64 pa)
{
    uint64 word[4];
    if (!dma_load(m, pa, word, sizeof(word)))
        return;
    word[0] = word[0] == SYSCALL_WRITE ? print(m, word[2], word[3]) : ENOSYS_VALUE;
    dma_store(m, pa, &word[0], sizeof(word[0]));
}

static void
answer(struct machine *m)
{
    uint64 zero = 0, one = 1;
    dma_store(m, m->config.tohost, &zero, sizeof(zero));
    if (m->config.fromhost)
        dma_store(m, m->config.fromhost, &one, sizeof(one));
}

void
htif_poll(struct machine *m)
{
    uint64 word;
    if (!m->config.tohost || !dma_load(m, m->config.tohost, &word, sizeof(word)) || word == 0)
        return;
    uint64 payload = word & 0xffffffffffff;
    if (word >> 48 == 0 && payload & 1) {
        uint32 code = (uint32)(payload >> 1);
        finisher_end(m, code ? FINISHER_FAIL : FINISHER_PASS, code);
        return;
    }
    if (word >> 48 == 0)
        serve_call(m, payload);
    else if (word >> 48 == HTIF_PRINT)
        m->host.console(m->host.arg, (uint8)payload);
    answer(m);
}
