// SPDX-License-Identifier: MIT
// fsworld.c - see fsworld.h.
#include "fsworld.h"

#include "test.h"

#include <unistd.h>

#include "dev/rtc.h"
#include "mm/copy/iobuf.h"
#include "mm/frame/failnth.h"
#include "mm/frame/kmem.h"
#include "panic/backtrace.h"
#include "panic/ksyms.h"
#include "panic/panic.h"
#include "ram.h"
#include "thread.h"

struct blkdev world_disk;
uint8 *world_image;
bool world_late = true, world_fail_on, world_sealed;
long world_fail_at = -1;
uint64 world_bad_block = ~0UL, world_dead_writes;

static struct blk_req *queue[512];
static uint32 queued;
static uint64 resting;
static char tree[64], file[80];

uint64
rtc_seconds(void)
{
    return 0; // there is no clock
}

static void
complete(struct blk_req *r)
{
    r->status = r->op != BLK_FLUSH && r->block == world_bad_block ? -EIO : 0;
    if (r->op != BLK_FLUSH && r->status == 0) {
        uint8 *at = world_image + r->block * BLKSIZE;
        if (r->op == BLK_READ)
            memcpy(p2v(r->pa), at, BLKSIZE);
        else
            memcpy(at, p2v(r->pa), BLKSIZE);
    }
    r->done(r);
}

static int
complete_some(bool killable)
{
    (void)killable;
    CHECK(queued > 0); // else it would wait for ever
    for (uint64 n = 1 + rnd_below(queued); n > 0; n--) {
        uint64 i = rnd_below(queued);
        struct blk_req *r = queue[i];
        queue[i] = queue[--queued];
        complete(r);
    }
    return 0;
}

static void
submit(struct blkdev *d, struct list *reqs)
{
    for (struct list *node; (node = list_pop_front(reqs));) {
        struct blk_req *r = list_entry(node, struct blk_req, link);
        CHECK(r->op == BLK_FLUSH || (r->block < d->blocks && r->pa % BLKSIZE == 0));
        if (r->op == BLK_WRITE)
            world_dead_writes += world_sealed;
        if (!world_late) {
            complete(r);
            continue;
        }
        if (queued == NELEM(queue))
            complete_some(false);
        queue[queued++] = r;
    }
}

static bool
fails(void)
{
    if (world_fail_at < 0)
        return false;
    if (world_fail_at > 0) {
        world_fail_at--;
        return false;
    }
    if (!world_fail_on)
        world_fail_at = -1;
    return true;
}

void
world_boot(uint64 ram)
{
    ram_boot(RAM_BASE, ram, 0, 0);
    kmem_init();
    failnth_hook = fails;
    fs_init();
    frames_set_reclaim(fs_reclaim);
    host_on_block = complete_some;
    resting = frames_free();
}

static void
shell(const char *command)
{
    if (system(command) != 0) {
        fprintf(stderr, "failed: %s\n", command);
        CHECK(false);
    }
}

static const char *
image_file(void)
{
    if (!file[0])
        snprintf(file, sizeof file, "/tmp/vitrine-fs-%d.img", (int)getpid());
    return file;
}

static void
read_image(void)
{
    FILE *f = fopen(image_file(), "rb");
    CHECK(f != NULL);
    fseek(f, 0, SEEK_END);
    size_t size = (size_t)ftell(f);
    rewind(f);
    uint8 *data = malloc(size);
    CHECK_EQ(fread(data, 1, size, f), size);
    fclose(f);
    world_load(data, size);
    free(data);
    unlink(image_file());
}

static void
write_image(void)
{
    FILE *f = fopen(image_file(), "wb");
    CHECK(f != NULL);
    CHECK_EQ(fwrite(world_image, BLKSIZE, world_disk.blocks, f), world_disk.blocks);
    fclose(f);
}

void
world_load(const void *image, size_t size)
{
    free(world_image);
    world_image = malloc(size + 1);
    memcpy(world_image, image, size);
    world_disk = (struct blkdev){.name = "mem0", .blocks = size / BLKSIZE, .submit = submit};
    world_bad_block = ~0UL;
    world_sealed = false;
    world_dead_writes = 0;
}

void
world_format(uint32 blocks, const char *options, const char *from)
{
    char command[512];
    unlink(image_file());
    snprintf(
        command, sizeof command,
        "PATH=$PATH:/usr/sbin:/sbin mke2fs -q -F -t ext2 -b 4096 %s %s %s %s %u >/dev/null 2>&1",
        options, from ? "-d" : "", from ? from : "", image_file(), blocks);
    shell(command);
    read_image();
    if (from) {
        snprintf(command, sizeof command, "rm -rf %s", from);
        shell(command);
        tree[0] = 0;
    }
}

void
world_debugfs(const char *commands)
{
    char command[1200];
    write_image();
    snprintf(command, sizeof command,
             "PATH=$PATH:/usr/sbin:/sbin; printf '%s\\n' | debugfs -w -f - %s >/dev/null 2>&1",
             commands, image_file());
    shell(command);
    read_image();
}

bool
world_clean(void)
{
    char command[256];
    write_image();
    snprintf(command, sizeof command,
             "PATH=$PATH:/usr/sbin:/sbin e2fsck -fn %s >%s.log 2>&1 || { cat %s.log >&2; rm -f "
             "%s.log; false; }",
             image_file(), image_file(), image_file(), image_file());
    bool clean = system(command) == 0;
    unlink(image_file());
    snprintf(command, sizeof command, "%s.log", image_file());
    unlink(command);
    return clean;
}

void
world_forget(void)
{
    uint64 kind[FRAME_KINDS];
    while (queued)
        complete_some(false);
    kmem_drain();
    CHECK_EQ(frames_free(), resting);
    frames_by_kind(kind);
    CHECK(kind[FRAME_CACHE] == 0 && kind[FRAME_SLAB] == 0);
}

void
world_mount(void)
{
    CHECK_EQ(fs_mount(&world_disk, false), 0);
}

void
world_unmount(void)
{
    CHECK_EQ(fs_unmount(), 0);
    world_forget();
    CHECK(world_clean());
}

const char *
world_tree(void)
{
    char command[160];
    snprintf(tree, sizeof tree, "/tmp/vitrine-tree-%d", (int)getpid());
    snprintf(command, sizeof command, "rm -rf %s; mkdir %s", tree, tree);
    shell(command);
    return tree;
}

void
world_file(const char *path, const void *data, size_t size)
{
    char name[256];
    snprintf(name, sizeof name, "%s/%s", tree, path);
    FILE *f = fopen(name, "wb");
    CHECK(f != NULL);
    CHECK_EQ(fwrite(data, 1, size, f), size);
    fclose(f);
}

// User memory always faults.
int
copyout(struct aspace *as, uint64 dstva, const void *src, size_t n)
{
    (void)as, (void)dstva, (void)src, (void)n;
    return -EFAULT;
}

int
copyin(struct aspace *as, void *dst, uint64 srcva, size_t n)
{
    (void)as, (void)srcva;
    memset(dst, 0xee, n / 2); // an unknown part is copied
    return -EFAULT;
}

// For the messages of the check of lock order.
bool
panicking(void)
{
    return false;
}

const char *
ksyms_lookup(uint64 pc, uint64 *offset)
{
    (void)pc, (void)offset;
    return NULL;
}

int
backtrace_walk(uint64 fp, uint64 low, uint64 high, uint64 *pcs, int max)
{
    (void)fp, (void)low, (void)high, (void)pcs, (void)max;
    return 0;
}
