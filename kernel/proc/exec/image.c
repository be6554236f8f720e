// SPDX-License-Identifier: MIT
// image.c - make a program's address space from its file.
//
// Theory    Segments whose file pages and memory pages coincide become regions of the file, read
//           at first touch; others are copied at once. Gaps between segments are filled, so that
//           all addresses from 0 up to the break are in regions. Above the last segment follow the
//           guard page, the stack, and later the heap.
// Promises  A failed load leaves nothing behind.
#include "proc/exec/image.h"

#include "abi/errno.h"
#include "abi/mman.h"
#include "fs/fs.h"
#include "lib/parse/elf.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/pager.h"
#include "mm/copy/iobuf.h"
#include "mm/kvm/layout.h"

static int
read_exactly(struct inode *ip, struct iobuf dst, uint64 off, size_t n)
{
    int64 got = readi(ip, dst, off, n);
    if (got < 0)
        return (int)got;
    return got == (int64)n ? 0 : -ENOEXEC;
}

static int
read_segment(struct inode *ip, uint64 off, uint64 file_size, struct elf_segment *segment)
{
    uint8 bytes[ELF_PHDR_SIZE];
    int error = read_exactly(ip, iobuf_kernel(bytes), off, sizeof bytes);
    return error ? error : elf_check_phdr(bytes, sizeof bytes, file_size, USYSCALL, segment);
}

static int
read_program(struct inode *ip, struct elf_program *program)
{
    uint8 bytes[ELF_HEADER_SIZE];
    struct elf_header h;
    uint64 size = inode_size(ip);
    int error = read_exactly(ip, iobuf_kernel(bytes), 0, sizeof bytes);
    if (!error)
        error = elf_check_header(bytes, sizeof bytes, size, &h);
    if (error)
        return error;
    *program = (struct elf_program){.entry = h.entry};
    for (uint32 i = 0; !error && i < h.phnum; i++) {
        struct elf_segment segment;
        error = read_segment(ip, h.phoff + (uint64)i * ELF_PHDR_SIZE, size, &segment);
        if (!error)
            error = elf_add(program, &segment);
    }
    return error;
}

static uint8
region_prot(uint32 prot)
{
    return (uint8)(PTE_R | (prot & PROT_WRITE ? PTE_W : 0) | (prot & PROT_EXEC ? PTE_X : 0));
}

// Adds zero pages from `start` up to the segment, then the segment. A copied segment is an
// anonymous region that is writable until its bytes have been copied; then it gets its own
// protection. A segment that begins inside a page has the whole page: the bytes before it come from
// the file, or are zero.
static int
add_segment(struct aspace *as, struct inode *ip, const struct elf_segment *s, uint64 start)
{
    uint64 before = s->va % PGSIZE, first = s->va - before;
    struct region gap = {
        .start = start, .end = first, .kind = REGION_IMAGE, .prot = region_prot(s->prot)};
    struct region r = {.start = first,
                       .end = PGROUNDUP(s->va + s->memsz),
                       .kind = REGION_IMAGE,
                       .prot = region_prot(s->prot)};
    int error = 0;
    if (gap.start < gap.end)
        error = aspace_map(as, &gap);
    if (error || r.start >= r.end)
        return error;
    if (elf_mappable(s)) {
        r.pager = inode_pager(ip);
        r.offset = s->off - before;
        r.filesz = s->filesz + before;
        return aspace_map(as, &r);
    }
    r.prot |= PTE_W;
    error = aspace_map(as, &r);
    if (!error)
        error = read_exactly(ip, (struct iobuf){as, s->va}, s->off, s->filesz);
    return error ? error : aspace_restrict(as, s->va, region_prot(s->prot));
}

static int
add_stack(struct aspace *as, uint64 above, uint64 size, struct image *image)
{
    uint64 guard = PGROUNDUP(above);
    image->stack_base = guard + PGSIZE;
    image->stack_top = image->stack_base + (size ? PGROUNDUP(size) : PGSIZE);
    if (image->stack_top < guard || image->stack_top > USYSCALL)
        return -ENOMEM;
    int error = aspace_map(
        as, &(struct region){.start = guard, .end = image->stack_base, .kind = REGION_GUARD});
    if (!error)
        error = uvmguard(as, guard);
    if (!error)
        error = aspace_map(as, &(struct region){.start = image->stack_base,
                                                .end = image->stack_top,
                                                .kind = REGION_STACK,
                                                .prot = PTE_R | PTE_W});
    if (!error)
        error = aspace_map(as, &(struct region){.start = USYSCALL,
                                                .end = USYSCALL + PGSIZE,
                                                .kind = REGION_USYSCALL,
                                                .prot = PTE_R});
    return error;
}

static int
build(struct inode *ip, const struct elf_program *program, struct image *image)
{
    struct aspace *as = image->as;
    uint64 end = 0;
    int error = 0;
    for (uint32 i = 0; !error && i < program->count; i++) {
        const struct elf_segment *s = &program->segment[i];
        error = add_segment(as, ip, s, end);
        end = PGROUNDUP(s->va + s->memsz);
    }
    if (!error)
        error = add_stack(as, end, program->stack, image);
    as->sz = as->heap = image->stack_top;
    image->entry = program->entry;
    return error;
}

// Makes the address space of the program in a file, for the process that owns `model`.
// On error  -EACCES: no plain file; -ENOEXEC, -ENOMEM, -EIO, -ETXTBSY. Nothing is left.
// Sleeps    for the disk.
int
image_load(struct inode *ip, const struct aspace *model, struct image *image)
{
    struct elf_program program;
    if (inode_type(ip) != T_FILE)
        return -EACCES;
    int error = read_program(ip, &program);
    if (error)
        return error;
    image->as = uvmcreate(model->owner, model->usys);
    if (!image->as)
        return -ENOMEM;
    error = build(ip, &program, image);
    if (error)
        uvmfree(image->as);
    return error;
}
