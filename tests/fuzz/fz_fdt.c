// SPDX-License-Identifier: MIT
// fz_fdt.c - any bytes as a device tree.
//
// SOURCES: kernel/lib/parse/fdt*.c kernel/dev/machine.c kernel/dev/ram.c kernel/lib/range*.c
// SOURCES: tests/host/shim/host.c
#include <stdlib.h>
#include <string.h>

#include "dev/machine.h"
#include "lib/parse/fdt.h"

int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

static void
check_ranges(const struct ranges *l)
{
    if (l->n > RANGES)
        abort();
    for (int i = 0; i < l->n; i++)
        if (l->v[i].start >= l->v[i].end || (i > 0 && l->v[i - 1].end >= l->v[i].start))
            abort();
}

static void
check_machine(const struct machine *m)
{
    if (m->nplics > MACHINE_PLICS || m->nharts > MACHINE_HARTS || m->nvirtio > MACHINE_VIRTIO)
        abort();
    check_ranges(&m->ram);
    check_ranges(&m->reserved);
    for (int i = 0; i < m->ram.n; i++)
        if (m->ram.v[i].start % 4096 || m->ram.v[i].end % 4096)
            abort();
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
