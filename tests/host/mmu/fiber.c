// SPDX-License-Identifier: MIT
// fiber.c - see fiber.h. The sanitizer is told of each change of stack.
#include "mmu/fiber.h"

#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <stddef.h>
#include <stdlib.h>

#define STACK_SIZE (256UL << 10)

static struct fiber *starting, *origin;

// The first switch away from the program's own stack tells where that is.
static void
arrived(struct fiber *self, struct fiber *from)
{
    const void *bottom;
    size_t size;
    __sanitizer_finish_switch_fiber(self->shadow, &bottom, &size);
    if (from && !from->stack) {
        from->stack = (void *)bottom;
        from->size = size;
    }
}

static void
begin(void)
{
    struct fiber *self = starting;
    self->shadow = NULL;
    arrived(self, origin);
    self->entry();
    abort();
}

void
fiber_start(struct fiber *f, void (*entry)(void))
{
    if (!f->stack) {
        f->size = STACK_SIZE;
        f->stack = aligned_alloc(4096, f->size);
    }
    ASAN_UNPOISON_MEMORY_REGION(f->stack, f->size); // left by an earlier flow
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = f->stack;
    f->context.uc_stack.ss_size = f->size;
    f->context.uc_link = NULL;
    f->entry = entry;
    makecontext(&f->context, begin, 0);
}

void
fiber_switch(struct fiber *from, struct fiber *to)
{
    starting = to;
    origin = from;
    __sanitizer_start_switch_fiber(&from->shadow, to->stack, to->size);
    swapcontext(&from->context, &to->context);
    arrived(from, NULL);
}
