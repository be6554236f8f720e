// SPDX-License-Identifier: MIT
// names.c - addresses of the kernel in words.
#include "host/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/say.h"
#include "sight/stack.h"

// xv6 maps the page with this symbol at the end of the address space, too, and runs it there.
#define TRAMPOLINE_NAME "trampoline"
#define TRAMPOLINE_AT   0x3ffffff000ULL

void
names_read(struct names *n, struct file kernel)
{
    uint32 count = symbols_count(kernel);
    struct function *room = calloc((size_t)count + 1, sizeof(*room));
    if (room == NULL)
        refuse("there is not enough memory for the kernel's symbols");
    symbols_read(&n->symbols, kernel, room, count);
    lines_open(&n->lines, kernel);
}

// Where the linker has put the instruction.
static uint64
linked_at(const struct names *n, uint64 pc)
{
    uint64 start;
    if (pc - TRAMPOLINE_AT < PAGE_BYTES && symbols_address(&n->symbols, TRAMPOLINE_NAME, &start))
        return start + (pc - TRAMPOLINE_AT);
    return pc;
}

// Of a directory with its whole path, the last part is enough.
static const char *
last_part(const char *directory)
{
    const char *slash = directory[0] == '/' ? strrchr(directory, '/') : NULL;
    return slash != NULL && slash[1] != '\0' ? slash + 1 : directory;
}

void
names_place(const struct names *n, uint64 pc, char words[WORDS_MAX])
{
    struct line_place p;
    uint64 offset, at = linked_at(n, pc);
    const char *name = symbols_find(&n->symbols, at, &offset);
    if (name == NULL) {
        snprintf(words, WORDS_MAX, "at pc 0x%" PRIx64, (uint64_t)pc);
        return;
    }
    int used = snprintf(words, WORDS_MAX, "in %.60s+0x%" PRIx64, name, (uint64_t)offset);
    if (lines_find(&n->lines, at, &p)) {
        const char *directory = last_part(p.directory);
        snprintf(words + used, (size_t)(WORDS_MAX - used), " (%.60s%s%.60s:%" PRIu64 ")", directory,
                 directory[0] ? "/" : "", p.file, (uint64_t)p.line);
    }
}

// Appends a function that has called itself `times` - 1 times. Returns false if there is no room.
static bool
add_call(char words[WORDS_MAX], const char *name, unsigned times)
{
    size_t used = strlen(words), room = WORDS_MAX - used;
    char again[32] = "";
    if (times > 1)
        snprintf(again, sizeof(again), " (%u times)", times);
    int more = snprintf(words + used, room, "%s%.60s%s", used > 0 ? " < " : "", name, again);
    if ((size_t)more < room)
        return true;
    words[used] = '\0';
    return false;
}

bool
names_calls(const struct names *n, const struct machine *m, unsigned hart, uint64 at,
            char words[WORDS_MAX])
{
    uint64 pc[CALLS_MAX], offset;
    unsigned count = stack_calls(m, hart, &n->symbols, at, pc), times = 1;
    words[0] = '\0';
    for (unsigned i = 0; i < count; i += times) {
        const char *name = symbols_find(&n->symbols, pc[i] - (i > 0), &offset);
        times = 1;
        while (i + times < count && symbols_find(&n->symbols, pc[i + times] - 1, &offset) == name)
            times++;
        if (!add_call(words, name, times))
            break;
    }
    if (count == CALLS_MAX)
        (void)add_call(words, "...", 1);
    return count > 1;
}
