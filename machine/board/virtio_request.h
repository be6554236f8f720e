// SPDX-License-Identifier: MIT
// virtio_request.h - requests of a virtio block device, and its configuration space.
#pragma once

#include "base/types.h"
#include "board/virtio_ring.h"

// Carries out the request in a chain and stores its status byte.
// Returns   VIRTIO_OK, with in *written the number of bytes that the device wrote; a fault, with
//           *value what was wrong, when there is no place for a status: the device must stop.
enum virtio_fault virtio_request(struct machine *m, unsigned unit, struct virtio_chain *chain,
                                 uint32 *written, uint64 *value);
// `bytes` bytes of the configuration space at `offset`.
uint64 virtio_config(const struct machine *m, unsigned unit, uint64 offset, int bytes);
// Counts a driver's mistake.
void virtio_blk_fault(struct virtio_blk *v, enum virtio_fault fault, uint64 value);
