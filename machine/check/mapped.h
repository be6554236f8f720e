// SPDX-License-Identifier: MIT
// mapped.h - files that processes have mapped with mmap.
#pragma once

#include "pt/read/translate.h"
#include "sight/moment.h"

#define MAP_SHARED  1
#define MAP_PRIVATE 2

struct mapping {
    uint64 root; // of the process; 0: unused
    uint64 from, to, offset;
    uint64 prot, flags;
    uint64 when;
    uint64 file;  // 0: not known
    bool counted; // mmap() took a reference to the file
    bool cut;     // munmap() has removed a part
    bool inherited;
    struct moment forked;
};

// Returns the newest mapping of the process that contains `va`; NULL: there is none. A root that
// was allocated again since has none.
const struct mapping *mapped_find(const struct machine *m, uint64 root, uint64 va);

// Gets the size of a file. Returns false if it is not known.
bool mapped_file_size(const struct machine *m, uint64 file, uint64 *size);
// Returns whether `va` is in a mapping of the process, in a page that begins behind the end of the
// file.
bool mapped_behind_file(const struct machine *m, uint64 root, uint64 va);
// Returns the newest mapping of any process, also of an ended one, that contains `va`; NULL: there
// is none.
const struct mapping *mapped_ever(struct machine *m, uint64 va);
// Returns how many mappings of the process have the file and hold a reference to it, which mmap()
// took.
unsigned mapped_files(struct machine *m, uint64 root, uint64 file);
// Gets argument `n` of the system call of the hart's process. Returns false if it is not known.
bool mapped_argument(const struct machine *m, unsigned hart, unsigned n, uint64 *value);
// Returns whether mmap() was given the right to access `va` in that way.
bool mapped_allows(const struct machine *m, uint64 root, uint64 va, enum pt_access kind);
// Returns code of the function that unmaps pages for munmap().
uint64 mapped_unmapper(const struct machine *m);
