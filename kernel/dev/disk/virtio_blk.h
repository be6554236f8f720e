// SPDX-License-Identifier: MIT
// virtio_blk.h - disks behind virtio.
#pragma once

struct machine;

// Adds every disk in the machine's slots to the block devices ("vda", "vdb" ... in the order of the
// slots); returns how many. After plic_init().
int virtio_blk_init(const struct machine *m);
