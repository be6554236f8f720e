// SPDX-License-Identifier: MIT
// fz_fdt.c - any bytes may pretend to be a device tree.
//
// SOURCES: kernel/lib/fdt*.c kernel/dev/machine.c kernel/dev/isa.c tests/host/shim/host.c
#include <stdlib.h>
#include <string.h>

#include "dev/machine.h"
#include "lib/fdt.h"

int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

static void
check_machine(const struct machine *m)
{
    if (m->nram > MACHINE_RAM || m->nreserved > MACHINE_RESERVED || m->nharts > MACHINE_HARTS ||
        m->nvirtio > MACHINE_VIRTIO)
        abort();
    for (int i = 0; i < m->nram; i++) {
        if (m->ram[i].start >= m->ram[i].end || (i > 0 && m->ram[i - 1].start > m->ram[i].start))
            abort();
    }
    if (memchr(m->bootargs, '\0', sizeof(m->bootargs)) == NULL)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
    static struct machine m;
    struct fdt t;
    struct fdt_node n;
    if (size > 65536 || fdt_open(&t, data, size) != 0)
        return 0;
    (void)fdt_find(&t, "/soc/serial", &n);
    if (machine_probe(data, 0, &m) == NULL && m.nharts == 0)
        abort();
    check_machine(&m);
    return 0;
}
