// SPDX-License-Identifier: MIT
// hash.c - a number for the state of the machine, so that runs can be compared.
#include "base/mem.h"
#include "run.h"

static uint64
hash_words(uint64 hash, const void *bytes, uint64 n)
{
    const uint8 *p = bytes;
    for (; n >= 8; n -= 8, p += 8) {
        uint64 word;
        mem_copy(&word, p, 8);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
        hash ^= hash >> 29;
    }
    for (; n > 0; n--)
        hash = (hash ^ *p++) * 0x100000001b3ULL;
    return hash;
}

uint64
machine_hash(const struct machine *m)
{
    uint64 hash = hash_words(1, m->ram.bytes, m->ram.size);
    for (unsigned i = 0; i < DISKS_MAX; i++)
        hash = hash_words(hash, m->disk[i].bytes, m->disk[i].size);
    for (unsigned h = 0; h < m->config.harts; h++) {
        const struct hart *hart = &m->s.hart[h];
        hash = hash_words(hash, hart->x, 32 * sizeof(hart->x[0]));
        hash = hash_words(hash, hart->f, sizeof(hart->f));
        hash = hash_words(hash, &hart->pc, sizeof(hart->pc));
        hash = hash_words(hash, &hart->satp, sizeof(hart->satp));
        hash = hash_words(hash, &hart->mstatus, sizeof(hart->mstatus));
    }
    return hash;
}
