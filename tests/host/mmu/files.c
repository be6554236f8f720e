// SPDX-License-Identifier: MIT
// files.c - see files.h. Stands in for fs/ and for functions of dev/ that proc/ calls.
#include "mmu/files.h"

#include <string.h>

#include "abi/errno.h"
#include "fs/file/devnode.h"
#include "fs/file/file.h"
#include "fs/fs.h"
#include "lib/panic.h"
#include "mm/aspace/pager.h"
#include "mm/frame/frame.h"
#include "mmu/hart.h"
#include "mmu/user.h"

#define FILE_PAGES 16
#define TEXT_OFF   PGSIZE
#define SKEW       120 // of the program that is not aligned
#define DATA_PAGES 12UL
#define EHDR       64
#define PHDR       56

struct inode {
    struct pager pager;
    struct frame *page[FILE_PAGES];
    bool dirty[FILE_PAGES]; // of the data file
};

const struct program programs[PROGRAMS] = {
    {2 * PGSIZE, PGSIZE + 700, PGSIZE, false},
    {PGSIZE, 2 * PGSIZE, 2 * PGSIZE, false},
    {3 * PGSIZE, 1200, 0, true},
    {2 * PGSIZE, PGSIZE + 8, PGSIZE, true},
};

static struct inode inodes[PROGRAMS + 1], root; // the last one is the data file
static struct inode *const data = &inodes[PROGRAMS];
static uint8 disk[DATA_PAGES][PGSIZE]; // contents of the data file

static int
number(const struct inode *ip)
{
    return (int)(ip - inodes);
}

static uint64
file_end(int program)
{
    const struct program *p = &programs[program];
    return TEXT_OFF + (p->one_segment ? SKEW : 0) + p->text + p->data;
}

// The word of the file that belongs to address `va`.
static uint64
hash(int program, uint64 va)
{
    return (va + 8 * (uint64)program + 1) * 0x9e3779b97f4a7c15 | 1;
}

uint64
program_word(int program, uint64 va)
{
    const struct program *p = &programs[program];
    return va < p->text + p->data ? hash(program, va) : 0;
}

static void
put16(uint8 *at, uint16 v)
{
    memcpy(at, &v, sizeof v);
}

static void
put32(uint8 *at, uint32 v)
{
    memcpy(at, &v, sizeof v);
}

static void
put64(uint8 *at, uint64 v)
{
    memcpy(at, &v, sizeof v);
}

static void
program_header(uint8 *at, uint32 flags, uint64 off, uint64 va, uint64 filesz, uint64 memsz)
{
    put32(at, 1);
    put32(at + 4, flags);
    put64(at + 8, off);
    put64(at + 16, va);
    put64(at + 32, filesz);
    put64(at + 40, memsz);
    put64(at + 48, PGSIZE);
}

static void
headers(int program, uint8 *at)
{
    const struct program *p = &programs[program];
    uint64 skew = p->one_segment ? SKEW : 0;
    memcpy(at, "\177ELF\2\1\1", 7);
    put16(at + 16, 2);
    put16(at + 18, 243);
    put64(at + 32, EHDR);
    put16(at + 54, PHDR);
    put16(at + 56, p->one_segment ? 1 : 2);
    if (p->one_segment) {
        program_header(at + EHDR, 7, TEXT_OFF + skew, 0, p->text + p->data,
                       p->text + p->data + p->bss);
        return;
    }
    program_header(at + EHDR, 5, TEXT_OFF, 0, p->text, p->text);
    program_header(at + EHDR + PHDR, 6, TEXT_OFF + p->text, p->text, p->data, p->data + p->bss);
}

// The 8 bytes of the file at `off`, a multiple of 8, past the headers.
static uint64
file_word(int program, uint64 off)
{
    uint64 skew = programs[program].one_segment ? SKEW : 0;
    if (off < TEXT_OFF + skew || off >= file_end(program))
        return 0;
    return hash(program, off - TEXT_OFF - skew);
}

static void
file_page(int program, uint64 index, uint8 *to)
{
    if (program == PROGRAMS) {
        memcpy(to, disk[index], PGSIZE);
        return;
    }
    for (uint64 i = 0; i < PGSIZE; i += 8)
        put64(to + i, file_word(program, index * PGSIZE + i));
    if (index == 0)
        headers(program, to);
    uint64 end = file_end(program);
    for (uint64 i = end; i < PGROUNDUP(end) && index == end / PGSIZE; i++)
        to[i % PGSIZE] = 0;
}

// ---- The page cache

static int
get(struct pager *pager, uint64 index, struct frame **out)
{
    struct inode *ip = container_of(pager, struct inode, pager);
    if (model_rnd(3) == 0)
        model_pause(); // the disk
    if (!ip->page[index]) {
        void *page = kalloc(FRAME_CACHE, (uint32)number(ip));
        if (!page)
            return -ENOMEM;
        file_page(number(ip), index, page);
        ip->page[index] = frame_of(v2p(page));
    }
    frame_get(ip->page[index]);
    *out = ip->page[index];
    return 0;
}

static struct frame *
peek(struct pager *pager, uint64 index)
{
    return container_of(pager, struct inode, pager)->page[index];
}

static uint32
ready(struct pager *pager, uint64 index, uint32 count, struct frame **out)
{
    struct inode *ip = container_of(pager, struct inode, pager);
    uint32 n = 0;
    for (; n < count && index + n < FILE_PAGES && ip->page[index + n]; n++) {
        out[n] = ip->page[index + n];
        frame_get(out[n]);
    }
    return n;
}

static void
dirty(struct pager *pager, struct frame *f)
{
    struct inode *ip = container_of(pager, struct inode, pager);
    int i = 0;
    while (i < FILE_PAGES && ip->page[i] != f)
        i++;
    if (ip != data || i == FILE_PAGES)
        model_fail("frame 0x%lx is said to be a dirty page of a file", frame_pa(f));
    ip->dirty[i] = true;
}

static uint64
size(struct pager *pager)
{
    const struct inode *ip = container_of(pager, struct inode, pager);
    return ip == data ? DATA_PAGES * PGSIZE : file_end(number(ip));
}

static void
reference(struct pager *pager)
{
    (void)pager;
}

// Clean pages are forgotten; dirty ones are written to the disk first.
static void
drop(struct inode *ip, int i)
{
    if (ip->dirty[i])
        memcpy(disk[i], p2v(frame_pa(ip->page[i])), PGSIZE);
    ip->dirty[i] = false;
    frame_put(ip->page[i]);
    ip->page[i] = NULL;
}

uint64
files_drop(void)
{
    uint64 n = 0;
    for (struct inode *ip = inodes; ip <= data; ip++)
        for (int i = 0; i < FILE_PAGES; i++) {
            if (!ip->page[i] || ip->page[i]->refs != 1)
                continue;
            drop(ip, i);
            n++;
        }
    return n;
}

// ---- Functions that proc/ calls

struct pager *
inode_pager(struct inode *ip)
{
    static const struct pager_ops ops = {get, peek, ready, dirty, size, reference, reference};
    ip->pager.ops = &ops;
    return &ip->pager;
}

struct pager *
files_data(void)
{
    return inode_pager(data);
}

int
namei(struct inode *cwd, const char *path, struct inode **out)
{
    (void)cwd;
    *out = &inodes[path[0] - '0'];
    return 0;
}

int64
readi(struct inode *ip, struct iobuf dst, uint64 off, size_t n)
{
    uint8 page[PGSIZE];
    for (size_t done = 0; done < n;) {
        uint64 at = (off + done) % PGSIZE, rest = PGSIZE - at;
        size_t chunk = n - done < rest ? n - done : rest;
        file_page(number(ip), (off + done) / PGSIZE, page);
        int error = iobuf_write(dst, done, page + at, chunk);
        if (error)
            return error;
        done += chunk;
    }
    return (int64)n;
}

int
inode_type(const struct inode *ip)
{
    (void)ip;
    return T_FILE;
}

uint64
inode_size(const struct inode *ip)
{
    return file_end(number(ip));
}

struct inode *
fs_root(void)
{
    return &root;
}

struct inode *
idup(struct inode *ip)
{
    return ip;
}

void
iput(struct inode *ip)
{
    if (ip == &root) // only a process that exits drops its directory
        user_ends();
}

void
begin_op(void)
{
}

void
end_op(void)
{
}

int
fs_writeback(void)
{
    return 0;
}

int
fs_sync(void)
{
    return 0;
}

bool
fs_relieve(void)
{
    return false;
}

int
fs_unmount(void)
{
    return 0;
}

// Process 1 gets no console: its descriptors stay closed.
int
devnode_open(int major, struct file **out)
{
    (void)major;
    *out = NULL;
    return 0;
}

struct file *
filedup(struct file *f)
{
    return f;
}

void
fileclose(struct file *f)
{
    panic("fileclose: %p", (void *)f);
}
