// SPDX-License-Identifier: MIT
// virtio_request.c - requests of a virtio block device, and its configuration space.
//
// Theory    A chain is a header that the device reads, data, and a status byte that the device
//           writes. The division into buffers does not matter: header and status are removed from
//           the chain's ends, and the rest is data.
// Promises  checked-first: a request that gets an error status has transferred nothing.
// Manual    virtio 1.2: 5.2.4 configuration, 5.2.6 device operation
// Next      board/dma.c
#include "board/virtio_request.h"

#include "base/mem.h"
#include "board/dma.h"
#include "machine.h"

enum { REQUEST_IN = 0, REQUEST_OUT = 1, REQUEST_FLUSH = 4, REQUEST_GET_ID = 8 };
enum { RESULT_OK = 0, RESULT_IOERR = 1, RESULT_UNSUPP = 2 };

#define SECTOR 512

struct header {
    uint32 type, reserved;
    uint64 sector;
};

static const char serial[20] = "vitrine-glass";

// Cuts the header off the front of the chain. Returns false when it is not all readable RAM.
static bool
cut_header(const struct machine *m, struct virtio_chain *chain, struct header *h)
{
    uint64 have = 0;
    for (uint32 i = 0; i < chain->count && have < sizeof(*h); i++) {
        struct virtio_buffer *b = &chain->buffer[i];
        uint64 n = b->len < sizeof(*h) - have ? b->len : sizeof(*h) - have;
        if (b->writable || (n > 0 && !dma_load(m, b->pa, (uint8 *)h + have, n)))
            return false;
        b->pa += n;
        b->len -= (uint32)n;
        have += n;
    }
    return have == sizeof(*h);
}

// Cuts the status byte off the end of the chain. Returns its address, 0 when there is none.
static uint64
cut_status(const struct machine *m, struct virtio_chain *chain)
{
    struct virtio_buffer *last = &chain->buffer[chain->count - 1];
    if (!last->writable || last->len == 0)
        return 0;
    last->len--;
    uint64 pa = last->pa + last->len;
    return ram_has(&m->ram, pa, 1) ? pa : 0;
}

static uint64
total(const struct virtio_chain *chain)
{
    uint64 sum = 0;
    for (uint32 i = 0; i < chain->count; i++)
        sum += chain->buffer[i].len;
    return sum;
}

// Checks that all data lies in RAM and may be transferred in the request's direction.
static enum virtio_fault
check_buffers(const struct machine *m, const struct virtio_chain *chain, bool writable,
              uint64 *value)
{
    for (uint32 i = 0; i < chain->count; i++) {
        const struct virtio_buffer *b = &chain->buffer[i];
        *value = b->pa;
        if (b->len > 0 && b->writable != writable)
            return VIRTIO_DIRECTION;
        if (b->len > 0 && !ram_has(&m->ram, b->pa, b->len))
            return VIRTIO_DATA;
    }
    return VIRTIO_OK;
}

static enum virtio_fault
check_transfer(const struct machine *m, unsigned unit, const struct header *h,
               const struct virtio_chain *chain, uint64 *value)
{
    uint64 bytes = total(chain), sectors = m->disk_sectors[unit];
    *value = h->sector;
    if (h->type == REQUEST_OUT && m->disk_readonly[unit])
        return VIRTIO_READONLY;
    if (bytes % SECTOR != 0 || h->sector > sectors || bytes / SECTOR > sectors - h->sector)
        return VIRTIO_SECTOR;
    return check_buffers(m, chain, h->type == REQUEST_IN, value);
}

static void
transfer(struct machine *m, unsigned unit, const struct header *h, const struct virtio_chain *chain)
{
    uint64 at = h->sector * SECTOR;
    for (uint32 i = 0; i < chain->count; i++) {
        const struct virtio_buffer *b = &chain->buffer[i];
        if (h->type == REQUEST_IN)
            dma_from_disk(m, unit, at, b->pa, b->len);
        else
            dma_to_disk(m, unit, at, b->pa, b->len);
        at += b->len;
    }
}

// Stores the serial number into the data buffers, as much of it as they take.
static void
tell_serial(struct machine *m, const struct virtio_chain *chain)
{
    uint64 told = 0;
    for (uint32 i = 0; i < chain->count && told < sizeof(serial); i++) {
        const struct virtio_buffer *b = &chain->buffer[i];
        uint64 n = b->len < sizeof(serial) - told ? b->len : sizeof(serial) - told;
        dma_store(m, b->pa, serial + told, n);
        told += n;
    }
}

// Checks a request. Returns the status byte to give, with in *fault the driver's mistake if any.
static uint8
judge(const struct machine *m, unsigned unit, const struct header *h,
      const struct virtio_chain *chain, enum virtio_fault *fault, uint64 *value)
{
    *fault = VIRTIO_OK;
    switch (h->type) {
    case REQUEST_IN:
    case REQUEST_OUT:
        *fault = check_transfer(m, unit, h, chain, value);
        break;
    case REQUEST_GET_ID:
        *fault = check_buffers(m, chain, true, value);
        break;
    case REQUEST_FLUSH:
        break;
    default:
        return RESULT_UNSUPP;
    }
    return *fault ? RESULT_IOERR : RESULT_OK;
}

static void
carry_out(struct machine *m, unsigned unit, const struct header *h,
          const struct virtio_chain *chain)
{
    if (h->type == REQUEST_GET_ID)
        tell_serial(m, chain);
    else if (h->type != REQUEST_FLUSH)
        transfer(m, unit, h, chain);
}

enum virtio_fault
virtio_request(struct machine *m, unsigned unit, struct virtio_chain *chain, uint32 *written,
               uint64 *value)
{
    struct header h;
    enum virtio_fault fault;
    *value = chain->head;
    if (!cut_header(m, chain, &h))
        return VIRTIO_HEADER;
    uint64 status_pa = cut_status(m, chain);
    if (status_pa == 0)
        return VIRTIO_NO_STATUS;
    uint8 status = judge(m, unit, &h, chain, &fault, value);
    if (status == RESULT_OK)
        carry_out(m, unit, &h, chain);
    else if (fault)
        virtio_blk_fault(&m->s.virtio[unit], fault, *value);
    dma_store(m, status_pa, &status, 1);
    *written = 1;
    if (status == RESULT_OK && (h.type == REQUEST_IN || h.type == REQUEST_GET_ID))
        *written += (uint32)total(chain);
    return VIRTIO_OK;
}

uint64
virtio_config(const struct machine *m, unsigned unit, uint64 offset, int bytes)
{
    struct {
        uint64 capacity; // sectors
        uint32 size_max, seg_max;
        uint32 geometry, blk_size;
    } config = {m->disk_sectors[unit], 0, VIRTIO_CHAIN_MAX - 2, 0, SECTOR};
    uint64 value = 0;
    if (offset < sizeof(config) && (uint64)bytes <= sizeof(config) - offset)
        mem_copy(&value, (const uint8 *)&config + offset, (uint64)bytes);
    return value;
}
