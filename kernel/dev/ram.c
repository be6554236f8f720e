// SPDX-License-Identifier: MIT
// ram.c - collects the RAM that can be used from the device tree's description.
//
// Theory    Nodes may describe RAM in any order, overlapping, in many pieces, and not in whole
//           pages. The pieces are merged as they come and cut to whole pages at the end. A list
//           that is full keeps the lowest ranges: the kernel is loaded low.
// Promises  machine.ram: whole pages, ascending, with a gap between any two ranges. Unused ranges
//           are counted in machine.ram_dropped. Reserved ranges are never dropped.
// Locks     none: called at boot, by the first hart.
// Next      dev/machine.c, kernel/boot/main.c
#include "dev/ram.h"

#include "dev/machine.h"
#include "lib/printf.h"
#include "pt/sv.h"

static void
drop(struct machine *m, struct range r)
{
    m->ram_dropped++;
    m->ram_dropped_size += range_size(r);
}

// Adds a range of RAM. An empty one describes none, as nodes of NUMA machines may.
void
ram_add(struct machine *m, uint64 base, uint64 size)
{
    struct range r;
    if (!range_make(base, size, &r)) {
        drop(m, (struct range){base, base});
        return;
    }
    if (ranges_add(&m->ram, r))
        return;
    struct range *last = &m->ram.v[m->ram.n - 1];
    if (r.start < last->start) {
        drop(m, *last);
        m->ram.n--;
        ram_add(m, base, size);
    } else {
        drop(m, r);
    }
}

// Records that a range of addresses is reserved, whether there is RAM or not.
// Returns   false: there are too many ranges, and the machine must not be used.
bool
ram_reserve(struct machine *m, uint64 base, uint64 size)
{
    struct range r;
    if (!range_make(base, size, &r))
        r = (struct range){base, ~0UL};
    return ranges_add(&m->reserved, r);
}

// Cuts each range of RAM to whole pages; one without a whole page is left out.
void
ram_settle(struct machine *m)
{
    for (int i = m->ram.n; i-- > 0;) {
        struct range *r = &m->ram.v[i], all = *r;
        r->start = all.start + (-all.start & (PGSIZE - 1));
        r->end = PGROUNDDOWN(all.end);
        m->ram_cut += range_size(all);
        if (r->start < all.start || range_empty(*r)) // rounding up may wrap
            ranges_remove(&m->ram, i);
        else
            m->ram_cut -= range_size(*r);
    }
}

// Drops the highest range of RAM, and counts it as dropped.
void
ram_drop_last(struct machine *m)
{
    drop(m, m->ram.v[--m->ram.n]);
}

// The bytes of RAM that are not reserved.
uint64
ram_usable(const struct machine *m)
{
    uint64 size = 0;
    for (int i = 0; i < m->ram.n; i++)
        size += range_size(m->ram.v[i]) - ranges_overlap_size(&m->reserved, m->ram.v[i]);
    return size;
}

// Prints how much RAM is not used, and why; nothing if all is used.
void
ram_tell_dropped(const struct machine *m)
{
    if (m->ram_dropped)
        printf("vitrine: left out of RAM: %d range%s, %lu MiB: too many, or too far apart\n",
               m->ram_dropped, m->ram_dropped == 1 ? "" : "s", m->ram_dropped_size >> 20);
    if (m->ram_cut)
        printf("vitrine: %lu bytes of RAM cannot be used: they do not fill a page\n", m->ram_cut);
}
