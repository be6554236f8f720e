// SPDX-License-Identifier: MIT
// virtio_words.c - messages about errors of drivers.
#include "board/virtio_blk.h"

const char *
virtio_words(enum virtio_fault fault)
{
    static const char *const words[] = {
        [VIRTIO_OK] = "the driver made no mistake",
        [VIRTIO_ACCESS] = "a register was accessed in other than 4 bytes: at offset",
        [VIRTIO_NOT_READY] = "a queue was notified before it and the device were ready: queue",
        [VIRTIO_QUEUE_SIZE] = "the queue's size is no power of two up to 128: it is",
        [VIRTIO_RING] = "a part of the queue lies outside RAM: at address",
        [VIRTIO_AVAIL] = "the available ring is ahead by more than the queue's size: its index is",
        [VIRTIO_INDEX] = "a descriptor's number is not below the queue's size: it is",
        [VIRTIO_LOOP] = "a chain of descriptors has a loop: at descriptor",
        [VIRTIO_INDIRECT] = "an indirect table is nested, misshapen or outside RAM: at address",
        [VIRTIO_HEADER] = "a request has no header of 16 bytes to read: head descriptor",
        [VIRTIO_NO_STATUS] = "a request has no last byte to write the status to: head descriptor",
        [VIRTIO_DATA] = "a buffer lies outside RAM: at address",
        [VIRTIO_DIRECTION] = "a buffer has the wrong direction (VRING_DESC_F_WRITE): at address",
        [VIRTIO_SECTOR] = "a request is not on the disk or no whole number of sectors: sector",
        [VIRTIO_READONLY] = "a read-only disk was to be written: sector",
    };
    return (unsigned)fault < NELEM(words) ? words[fault] : "";
}
