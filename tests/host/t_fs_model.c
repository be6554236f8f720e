// SPDX-License-Identifier: MIT
// t_fs_model.c - random operations on files and directories against a model in plain C. Now and then the
// file system is unmounted: e2fsck must find nothing, memory must be at rest, and after mounting again all must
// be as the model says. Rounds differ in what is short: nothing, memory, the disk, allocations that fail.
//
// SOURCES: tests/host/fsworld.c kernel/fs/balloc.c kernel/fs/bits.c kernel/fs/bmap.c kernel/fs/cache.c
// SOURCES: kernel/fs/dcache.c kernel/fs/dir.c kernel/fs/dirread.c kernel/fs/ialloc.c kernel/fs/idisk.c
// SOURCES: kernel/fs/inodes.c kernel/fs/mount.c kernel/fs/namei.c kernel/fs/names.c kernel/fs/orphan.c
// SOURCES: kernel/fs/pageio.c kernel/fs/pages.c kernel/fs/radix.c kernel/fs/reclaim.c kernel/fs/rename.c
// SOURCES: kernel/fs/rw.c kernel/fs/stat.c kernel/fs/super.c kernel/fs/writeback.c
// SOURCES: kernel/dev/blk.c kernel/mm/frame.c kernel/mm/ledger.c kernel/mm/buddy.c kernel/mm/kmem.c
// SOURCES: kernel/mm/failnth.c kernel/lib/page.c kernel/sync/*.c kernel/debug/checked/lockcheck.c
// SOURCES: tests/host/shim/host.c tests/host/shim/thread.c
// CFLAGS: -DDEBUG
#include "fsworld.h"
#include "test.h"

#include "mm/pager.h"

#define NODES   160
#define ENTRIES 60
#define OPEN    8

struct entry {
    char name[DIRSIZ + 1]; // "": free
    int node;
};

struct node {
    int type; // 0: free
    int nlink, parent, depth;
    bool opened;
    uint64 size;
    uint8 *data;
    struct entry e[ENTRIES];
};

static struct node nodes[NODES];
static struct {
    struct inode *ip;
    int node;
} open_files[OPEN];

static bool failing, tight;
static uint64 largest;
static uint8 buf[1 << 20], got[1 << 20];
static unsigned long done_well, refused;

static const char *names[] = {"a",
                              "b",
                              "c",
                              "dd",
                              "eee",
                              "a-long-name-he",
                              "a-long-name-here",
                              "a-long-name-him",
                              "x1",
                              "x2",
                              "x3",
                              "x4",
                              "x5",
                              "x6",
                              "x7",
                              "x8",
                              "x9",
                              "y1",
                              "y2",
                              "y3",
                              "medium-name",
                              "medium-name2",
                              "q",
                              "r",
                              "s",
                              "t",
                              ".",
                              ".."};

static int
lookup(int dir, const char *name)
{
    char cut[DIRSIZ + 1];
    snprintf(cut, sizeof cut, "%s", name);
    if (strcmp(cut, ".") == 0)
        return dir;
    if (strcmp(cut, "..") == 0)
        return nodes[dir].parent;
    for (int i = 0; i < ENTRIES; i++)
        if (strcmp(nodes[dir].e[i].name, cut) == 0)
            return nodes[dir].e[i].node;
    return -1;
}

static struct entry *
slot(int dir, const char *name)
{
    char cut[DIRSIZ + 1];
    snprintf(cut, sizeof cut, "%s", name);
    for (int i = 0; i < ENTRIES; i++)
        if (strcmp(nodes[dir].e[i].name, cut) == 0)
            return &nodes[dir].e[i];
    return NULL;
}

static void
enter(int dir, const char *name, int node)
{
    struct entry *e = slot(dir, "");
    CHECK(e != NULL);
    snprintf(e->name, sizeof e->name, "%s", name);
    e->node = node;
}

static bool
dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool
is_empty(int dir)
{
    for (int i = 0; i < ENTRIES; i++)
        if (nodes[dir].e[i].name[0])
            return false;
    return true;
}

static bool
is_below(int dir, int above)
{
    for (; dir != above; dir = nodes[dir].parent)
        if (dir == 0)
            return false;
    return true;
}

static int
new_node(int type, int parent)
{
    int i = 1;
    while (i < NODES && nodes[i].type)
        i++;
    if (i == NODES)
        return -1;
    nodes[i] = (struct node){.type = type, .parent = parent, .depth = nodes[parent].depth + 1};
    nodes[i].nlink = type == T_DIR ? 2 : 1;
    return i;
}

static void
drop_node(int n)
{
    if (nodes[n].nlink > 0 || nodes[n].opened)
        return;
    free(nodes[n].data);
    nodes[n] = (struct node){0};
}

static int
random_dir(void)
{
    for (;;) {
        int n = (int)rnd_below(NODES);
        if (nodes[n].type == T_DIR && nodes[n].nlink > 0)
            return n;
    }
}

static const char *
random_name(void)
{
    return names[rnd_below(NELEM(names))];
}

// The path of an entry of a directory; in two static buffers in turn.
static const char *
path_of(int dir, const char *name)
{
    static char paths[2][200];
    static int turn;
    char *p = paths[turn ^= 1], rest[200];
    snprintf(p, 200, "%s", name);
    while (dir != 0) {
        int up = nodes[dir].parent;
        for (int i = 0; i < ENTRIES; i++) {
            if (nodes[up].e[i].name[0] && nodes[up].e[i].node == dir) {
                snprintf(rest, sizeof rest, "%s", p);
                snprintf(p, 200, "%s/%.150s", nodes[up].e[i].name, rest);
            }
        }
        dir = up;
    }
    return p;
}

// Whether the call did what the model expects; false: it was refused for want of something, and changed nothing.
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

static long
rename_expected(int d1, int d2, int s, int t)
{
    bool sdir = nodes[s].type == T_DIR;
    if (s == t)
        return 0;
    if (sdir && is_below(d2, s))
        return -EINVAL;
    if (t < 0)
        return 0;
    if (nodes[t].type != T_DIR)
        return sdir ? -ENOTDIR : 0;
    if (!sdir)
        return -EISDIR;
    return is_below(d1, t) || !is_empty(t) ? -ENOTEMPTY : 0;
}

static void
set_depth(int dir, int depth)
{
    nodes[dir].depth = depth;
    for (int i = 0; nodes[dir].type == T_DIR && i < ENTRIES; i++)
        if (nodes[dir].e[i].name[0])
            set_depth(nodes[dir].e[i].node, depth + 1);
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

static int
random_file(int *dir, const char **name)
{
    for (int i = 0; i < 40; i++) {
        *dir = random_dir();
        *name = random_name();
        int n = lookup(*dir, *name);
        if (n >= 0 && nodes[n].type == T_FILE)
            return n;
    }
    return -1;
}

static void
apply_write(int n, uint64 off, size_t len)
{
    if (off + len > nodes[n].size) {
        nodes[n].data = realloc(nodes[n].data, off + len);
        nodes[n].size = off + len;
    }
    memcpy(nodes[n].data + off, buf, len);
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
        apply_write(n, off, (size_t)r);
    } else if (agreed(r, behind ? -EINVAL : (long)len)) {
        apply_write(n, off, len);
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
check_records(int dir, const char *path)
{
    static struct dirent d[2000];
    int64 r = w_read(path, d, 0, sizeof d);
    CHECK(r > 0);
    uint64 live = 0, want = 2;
    for (int64 i = 0; i < r / 16; i++)
        live += d[i].inum != 0;
    for (int i = 0; i < ENTRIES; i++)
        want += nodes[dir].e[i].name[0] != 0;
    CHECK_EQ(live, want);
}

static void
check_tree(int dir)
{
    for (int i = 0; i < ENTRIES; i++) {
        struct entry *e = &nodes[dir].e[i];
        struct stat st;
        if (!e->name[0])
            continue;
        struct node *n = &nodes[e->node];
        CHECK_EQ(w_stat(path_of(dir, e->name), &st), 0);
        CHECK_EQ(st.type, n->type);
        CHECK_EQ(st.nlink, n->nlink);
        if (n->type == T_DIR) {
            check_records(e->node, path_of(dir, e->name));
            check_tree(e->node);
        } else if (n->type == T_FILE) {
            CHECK_EQ(st.size, n->size);
            for (uint64 off = 0; off < n->size; off += sizeof got) {
                uint64 len = n->size - off < sizeof got ? n->size - off : sizeof got;
                CHECK_EQ(w_read(path_of(dir, e->name), got, off, sizeof got), len);
                CHECK_MEM(got, n->data + off, len);
            }
        }
    }
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
    failing = true;
    round_of("failing allocations", steps, 4096, "-N 500", 300000);
    CHECK(refused > (unsigned long)steps / 30);
    failing = false;
    tight = true;
    round_of("full disk", steps, 400, "-N 64 -m 0", 1 << 20);
    CHECK(refused > (unsigned long)steps / 30);
    failing = true;
    round_of("full disk, failing allocations", steps, 400, "-N 64 -m 0", 1 << 20);
    return test_done();
}
