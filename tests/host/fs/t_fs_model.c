// SPDX-License-Identifier: MIT
// t_fs_model.c - random operations on files and directories against a model in plain C. Now and then the
// file system is unmounted: e2fsck must find nothing, memory must be at rest, and after mounting again all must
// be as the model says. In each round another resource is short: none, memory, the disk, or
// allocations fail.
//
// SOURCES: tests/host/fs/help/fsworld.c tests/host/fs/help/fsops.c tests/host/fs/help/fsmodel.c
// SOURCES: kernel/lib/bitmap.c tests/host/fs/help/fscheck.c kernel/fs/cache/*.c kernel/fs/journal/*.c kernel/fs/ext2/*.c
// SOURCES: kernel/fs/dir/*.c kernel/dev/disk/blk.c kernel/mm/frame/frame*.c kernel/mm/frame/ledger.c
// SOURCES: kernel/mm/frame/buddy.c kernel/mm/frame/kmem.c kernel/mm/frame/failnth.c kernel/lib/page.c
// SOURCES: kernel/sync/*.c kernel/checked/lockcheck.c tests/host/shim/host.c tests/host/shim/thread.c
// CFLAGS: -DDEBUG
#include "fsmodel.h"
#include "fsworld.h"
#include "test.h"

#include "mm/aspace/pager.h"

static struct {
    struct inode *ip;
    int node;
} open_files[OPEN];

static bool failing, tight;
static uint64 largest;
static uint8 buf[1 << 20], got[1 << 20];
static unsigned long done_well, refused;

// Returns whether the call agreed with the model; false: it failed for lack of a resource, and
// changed nothing.
static bool
agreed(long result, long expected)
{
    if (result < 0 && result != expected &&
        ((result == -ENOMEM && (failing || tight)) || (result == -ENOSPC && tight))) {
        refused++;
        return false;
    }
    CHECK_EQ(result, expected);
    done_well++;
    return result >= 0;
}

static void
arm(void)
{
    if (failing && rnd_below(3)) {
        world_fail_at = (long)rnd_below(rnd_below(2) ? 3 : 20);
        world_fail_on = rnd_below(2);
    }
}

static void
disarm(void)
{
    world_fail_at = -1;
}

static void
op_create(void)
{
    int dir = random_dir(), type = rnd_below(4) ? T_FILE : rnd_below(5) ? T_DIR : T_DEVICE;
    const char *name = random_name();
    int old = lookup(dir, name);
    long expected = 0;
    if (nodes[dir].depth > 5 || slot(dir, "") == NULL)
        return;
    if (old >= 0)
        expected = type == T_FILE && nodes[old].type != T_DIR ? 0
                   : type == T_FILE                           ? -EISDIR
                                                              : -EEXIST;
    int n = old < 0 ? new_node(type, dir) : old;
    if (n < 0)
        return;
    arm();
    bool well = agreed(w_create(path_of(dir, name), type), expected);
    disarm();
    if (old >= 0)
        return;
    if (!well) {
        nodes[n] = (struct node){0};
        return;
    }
    enter(dir, name, n);
    nodes[dir].nlink += type == T_DIR;
}

static void
op_unlink(void)
{
    int dir = random_dir();
    const char *name = random_name();
    int n = lookup(dir, name);
    long expected = dots(name) ? -EINVAL : n < 0 ? -ENOENT : 0;
    if (!expected && nodes[n].type == T_DIR && !is_empty(n))
        expected = -ENOTEMPTY;
    arm();
    bool well = agreed(w_unlink(path_of(dir, name)), expected);
    disarm();
    if (!well)
        return;
    slot(dir, name)->name[0] = 0;
    if (nodes[n].type == T_DIR) {
        nodes[n].nlink = 0;
        nodes[dir].nlink--;
    } else {
        nodes[n].nlink--;
    }
    drop_node(n);
}

static void
op_link(void)
{
    int d1 = random_dir(), d2 = random_dir();
    const char *n1 = random_name(), *n2 = random_name();
    int n = lookup(d1, n1), there = lookup(d2, n2);
    if (slot(d2, "") == NULL)
        return;
    long expected = n < 0 ? -ENOENT : nodes[n].type == T_DIR ? -EPERM : there >= 0 ? -EEXIST : 0;
    arm();
    bool well = agreed(w_link(path_of(d1, n1), path_of(d2, n2)), expected);
    disarm();
    if (!well)
        return;
    enter(d2, n2, n);
    nodes[n].nlink++;
}

static void
op_rename(void)
{
    int d1 = random_dir(), d2 = rnd_below(2) ? random_dir() : d1;
    const char *n1 = random_name(), *n2 = random_name();
    int s = lookup(d1, n1), t = lookup(d2, n2);
    long expected = dots(n1) || dots(n2) ? -EINVAL
                    : s < 0              ? -ENOENT
                                         : rename_expected(d1, d2, s, t);
    if (slot(d2, "") == NULL || (s >= 0 && nodes[s].type == T_DIR && nodes[d2].depth > 2))
        return;
    arm();
    bool well = agreed(w_rename(path_of(d1, n1), path_of(d2, n2)), expected);
    disarm();
    if (!well || s == t)
        return;
    bool sdir = nodes[s].type == T_DIR;
    slot(d1, n1)->name[0] = 0;
    nodes[d1].nlink -= sdir;
    nodes[d2].nlink += sdir;
    if (t >= 0) {
        slot(d2, n2)->name[0] = 0;
        nodes[d2].nlink -= nodes[t].type == T_DIR;
        nodes[t].nlink = nodes[t].type == T_DIR ? 0 : nodes[t].nlink - 1;
        drop_node(t);
    }
    enter(d2, n2, s);
    if (sdir) {
        nodes[s].parent = d2;
        set_depth(s, nodes[d2].depth + 1);
    }
}

static size_t
fill_buf(uint64 size)
{
    uint64 most = size > largest ? 1 : rnd_below(8) ? 5000 : rnd_below(8) ? 60000 : sizeof buf;
    size_t len = rnd_below(most) + 1;
    if (rnd_below(3) == 0)
        len = (len + 4095) & ~4095UL;
    len = len > sizeof buf ? sizeof buf : len;
    for (size_t i = 0; i < len; i++)
        buf[i] = (uint8)rnd();
    return len;
}

static void
op_write(void)
{
    int dir;
    const char *name;
    int n = random_file(&dir, &name);
    if (n < 0)
        return;
    size_t len = fill_buf(nodes[n].size);
    uint64 off = rnd_below(3) ? nodes[n].size : rnd_below(nodes[n].size + 1);
    if (rnd_below(4) == 0)
        off &= ~4095UL;
    bool behind = rnd_below(50) == 0;
    arm();
    int64 r = w_write(path_of(dir, name), buf, behind ? nodes[n].size + 1 : off, len);
    disarm();
    if (r >= 0 && r < (int64)len && (failing || tight)) {
        refused++;
        apply_write(n, off, buf, (size_t)r);
    } else if (agreed(r, behind ? -EINVAL : (long)len)) {
        apply_write(n, off, buf, len);
    }
}

static void
op_bad_pointer(void)
{
    int dir;
    const char *name;
    int n = random_file(&dir, &name);
    struct inode *ip = n < 0 ? NULL : w_open(path_of(dir, name));
    if (!ip)
        return;
    struct iobuf bad = {.as = (struct aspace *)buf};
    begin_op();
    CHECK_EQ(writei(ip, bad, nodes[n].size, 6000), -EFAULT);
    end_op();
    w_put(ip);
}

static void
op_read(void)
{
    int dir;
    const char *name;
    int n = random_file(&dir, &name);
    if (n < 0)
        return;
    uint64 off = rnd_below(nodes[n].size + 100), len = rnd_below(rnd_below(4) ? 9000 : sizeof got);
    uint64 want = off >= nodes[n].size ? 0 : nodes[n].size - off < len ? nodes[n].size - off : len;
    arm();
    int64 r = w_read(path_of(dir, name), got, off, len);
    disarm();
    if (r >= 0 && failing && r < (int64)want)
        want = (uint64)r;
    if (agreed(r, (long)want) && want)
        CHECK_MEM(got, nodes[n].data + off, want);
}

static void
op_trunc(void)
{
    int dir;
    const char *name;
    int n = random_file(&dir, &name);
    if (n < 0)
        return;
    uint64 size = rnd_below(3) ? rnd_below(nodes[n].size + 2) : 0;
    arm();
    bool well = agreed(w_trunc(path_of(dir, name), size), 0);
    disarm();
    if (well && size < nodes[n].size)
        nodes[n].size = size;
}

// A mapped page is written to; the part behind the end must read as zero.
static void
op_map(void)
{
    int dir;
    const char *name;
    int n = random_file(&dir, &name);
    if (n < 0 || nodes[n].size == 0)
        return;
    struct inode *ip = w_open(path_of(dir, name));
    if (!ip)
        return;
    struct pager *p = inode_pager(ip);
    uint64 off = rnd_below(nodes[n].size), end = (off | 4095) + 1;
    struct frame *f;
    int error = p->ops->get(p, off / 4096, &f);
    if (!error) {
        uint8 *page = f->mem;
        for (uint64 i = nodes[n].size; i < end; i++)
            CHECK_EQ(page[i % 4096], 0);
        page[off % 4096] = nodes[n].data[off] = 0x5a;
        p->ops->dirty(p, f);
        frame_put(f);
    } else {
        CHECK(tight);
    }
    w_put(ip);
}

static void
check_open(int i)
{
    int n = open_files[i].node;
    struct stat st;
    stati(open_files[i].ip, &st);
    CHECK_EQ(st.size, nodes[n].size);
    CHECK_EQ(st.nlink, nodes[n].nlink);
    int64 r = readi(open_files[i].ip, iobuf_kernel(got), 0, sizeof got);
    if (r == (int64)(st.size < sizeof got ? st.size : sizeof got) && r > 0)
        CHECK_MEM(got, nodes[n].data, r);
    else
        CHECK(r == 0 ? st.size == 0 : r == -ENOMEM || (r > 0 && tight));
}

static void
close_file(int i)
{
    check_open(i);
    arm();
    w_put(open_files[i].ip);
    disarm();
    nodes[open_files[i].node].opened = false;
    drop_node(open_files[i].node);
    open_files[i].ip = NULL;
}

static void
op_open(void)
{
    int i = (int)rnd_below(OPEN), dir;
    const char *name;
    if (open_files[i].ip) {
        close_file(i);
        return;
    }
    int n = random_file(&dir, &name);
    if (n < 0 || nodes[n].opened)
        return;
    open_files[i].ip = w_open(path_of(dir, name));
    open_files[i].node = n;
    nodes[n].opened = open_files[i].ip != NULL;
}

static void
remount(void)
{
    for (int i = 0; i < OPEN; i++)
        if (open_files[i].ip)
            close_file(i);
    check_tree(0);
    world_unmount();
    world_mount();
    check_tree(0);
}

static void
op_sync(void)
{
    arm();
    int error = fs_sync();
    disarm();
    CHECK(error == 0 || (error == -ENOMEM && (failing || tight)));
}

static void
step(void)
{
    static void (*const ops[])(void) = {op_create, op_create, op_create, op_unlink, op_link,
                                        op_rename, op_write,  op_write,  op_write,  op_read,
                                        op_trunc,  op_map,    op_open,   op_open,   op_bad_pointer};
    if (rnd_below(60) == 0)
        op_sync();
    else
        ops[rnd_below(NELEM(ops))]();
}

static void
round_of(const char *what, int steps, uint32 blocks, const char *options, uint64 most)
{
    done_well = refused = 0;
    largest = most;
    nodes[0] = (struct node){.type = T_DIR, .nlink = 3};
    world_format(blocks, options, NULL);
    world_mount();
    for (int i = 0; i < steps; i++) {
        step();
        if (i % 1000 == 999)
            remount();
    }
    remount();
    world_unmount();
    for (int i = 0; i < NODES; i++)
        free(nodes[i].data);
    memset(nodes, 0, sizeof nodes);
    printf("%s: %lu calls as expected, %lu refused\n", what, done_well, refused);
    CHECK(done_well > (unsigned long)steps / 2);
}

int
main(int argc, char **argv)
{
    int steps = argc > 1 ? atoi(argv[1]) : 3000;
    test_seed += argc > 2 ? (uint64)atol(argv[2]) * 77777 : 0;
    world_boot(8UL << 20);
    round_of("plain", steps, 16384, "-N 500", 6 << 20);
    round_of("small inodes, small groups", steps, 4096, "-I 128 -g 1024 -N 400", 1 << 20);
    round_of("journal", steps, 4096, "-j -I 128 -g 1024 -N 400", 1 << 20);
    failing = true;
    round_of("journal, failing allocations", steps, 4096, "-j -N 500", 300000);
    round_of("failing allocations", steps, 4096, "-N 500", 300000);
    CHECK(refused > (unsigned long)steps / 50);
    failing = false;
    tight = true;
    round_of("full disk", steps, 400, "-N 64 -m 0", 1 << 20);
    CHECK(refused > (unsigned long)steps / 50);
    round_of("full disk, journal", steps, 1500, "-j -N 64 -m 0", 1 << 20);
    failing = true;
    round_of("full disk, failing allocations", steps, 400, "-N 64 -m 0", 1 << 20);
    return test_done();
}
