// SPDX-License-Identifier: MIT
// crashwork.c - see crashwork.h.
//
// While a commit waits for the disk, other operations begin and end in between, as those of other processes would:
// one stack, but to the code under test each depth is a thread of its own.
#include "crashwork.h"

#include "crashdisk.h"
#include "crashmodel.h"
#include "fsworld.h"
#include "test.h"

#include "fs/cache/pageio.h"
#include "fs/ext2/super.h"
#include "fs/journal/journal.h"
#include "sync/thread.h"

#define DEPTH  2
#define STATES 4000

int (*host_on_block)(bool killable);

static int depth;
static struct waiter waiters[DEPTH];
static char selves[DEPTH];
static bool waiting;            // in a call that commits, which does not use the model meanwhile
static uint32 noted_at[STATES]; // events when the state was noted
static struct {
    uint32 at, state;
} acks[1000];
static uint32 nacks;
static struct inode *opened[CM_NODES];
static uint8 buf[CM_SECTORS * 512];
static uint32 log_map[4096], log_blocks;

struct proc *
thread_self(void)
{
    return (struct proc *)&selves[depth]; // opaque to everybody
}

struct waiter *
thread_waiter(struct proc *p)
{
    (void)p;
    return &waiters[depth];
}

void
thread_prepare_block(struct proc *p)
{
    (void)p;
}

int
thread_block(bool killable)
{
    return host_on_block(killable);
}

void
thread_wake(struct proc *p)
{
    (void)p;
}

int
preempt_point(void)
{
    return 0;
}

static void one_op(void);

// Whether another operation can begin and end now without waiting for this one.
static bool
free_to_work(void)
{
    return waiting && depth == 0 && journal.active && journal.commit.state &&
           !(journal.ops & JOURNAL_STOP) && cache_lists.nrunning + 60 < journal.limit &&
           rootfs.free_blocks > 400;
}

int
work_wait(bool killable)
{
    (void)killable;
    if (free_to_work() && rnd_below(4) == 0) {
        depth++;
        one_op();
        depth--;
        return 0; // the caller checks its condition again
    }
    crash_complete();
    return 0;
}

bool
work_in_log(uint32 block)
{
    for (uint32 i = 1; i < log_blocks; i++)
        if (log_map[i] == block)
            return true;
    return false;
}

static void
note(void)
{
    noted_at[cm_count] = nevents;
    cm_note();
}

uint32
work_acked(uint32 at)
{
    uint32 state = 0;
    for (uint32 i = 0; i < nacks; i++)
        if (acks[i].at <= at && acks[i].state > state)
            state = acks[i].state;
    return state;
}

uint32
work_begun(uint32 at)
{
    uint32 last = 0;
    while (last + 1 < cm_count && noted_at[last + 1] <= at)
        last++;
    return last + 2 < cm_count ? last + 2 : cm_count - 1; // one may be under way in another
}

static int
random_dir(void)
{
    for (;;) {
        int n = (int)rnd_below(CM_NODES);
        if (cm.nodes[n].type == T_DIR && cm.nodes[n].nlink)
            return n;
    }
}

static const char *
random_name(void)
{
    static const char *names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    return names[rnd_below(NELEM(names))];
}

// The index of a name that leads to a node of this type, or -1.
static int
random_entry(int type)
{
    for (int i = 0; i < 60; i++) {
        int e = (int)rnd_below(CM_NAMES);
        if (cm.names[e].node && cm.nodes[cm.names[e].node].type == type)
            return e;
    }
    return -1;
}

static const char *
path_of(int e)
{
    return cm_path(cm.names[e].dir, cm.names[e].name);
}

static int
free_name(void)
{
    for (int i = 0; i < CM_NAMES - 6; i++)
        if (!cm.names[i].node)
            return i;
    return -1;
}

static void
enter(int e, int dir, const char *name, int node)
{
    cm.names[e].dir = dir;
    cm.names[e].node = node;
    snprintf(cm.names[e].name, sizeof cm.names[e].name, "%s", name);
}

static void
drop(int node)
{
    if (cm.nodes[node].nlink == 0 && !cm.nodes[node].opened)
        cm.nodes[node] = (struct cm_node){0};
}

static void
op_create(void)
{
    int type = rnd_below(4) ? T_FILE : T_DIR, dir = type == T_DIR ? 0 : random_dir(), node = 1;
    const char *name = random_name();
    while (node < CM_NODES && cm.nodes[node].type)
        node++;
    int e = free_name();
    if (node == CM_NODES || e < 0 || cm_find(dir, name) >= 0)
        return;
    CHECK_EQ(w_create(cm_path(dir, name), type), 0);
    cm.nodes[node] = (struct cm_node){.type = type, .nlink = type == T_DIR ? 2 : 1};
    cm.nodes[dir].nlink += type == T_DIR;
    enter(e, dir, name, node);
    note();
}

static void
op_write(void)
{
    int e = random_entry(T_FILE);
    if (e < 0)
        return;
    struct cm_node *n = &cm.nodes[cm.names[e].node];
    uint32 have = n->size / 512, at = rnd_below(3) ? have : (uint32)rnd_below(have + 1);
    uint32 want = 1 + (uint32)rnd_below(rnd_below(3) ? 9 : 70), stamp = cm_stamp();
    if (rnd_below(3) == 0)
        at &= ~7U;
    if (at + want > CM_SECTORS)
        want = CM_SECTORS - at;
    cm_fill(buf, stamp, at, want);
    int64 done = want ? w_write(path_of(e), buf, at * 512, want * 512) : 0;
    CHECK(done >= 0 && done % 512 == 0);
    for (uint32 i = 0; i < done / 512; i++)
        n->stamp[at + i] = stamp;
    if (at * 512 + done > n->size)
        n->size = (uint32)(at * 512 + done);
    note();
}

static void
op_trunc(void)
{
    int e = random_entry(T_FILE);
    if (e < 0)
        return;
    struct cm_node *n = &cm.nodes[cm.names[e].node];
    uint32 size = rnd_below(2) ? 0 : (uint32)rnd_below(n->size / 512 + 1) * 512;
    CHECK_EQ(w_trunc(path_of(e), size), 0);
    n->size = size;
    memset(&n->stamp[size / 512], 0, (CM_SECTORS - size / 512) * sizeof n->stamp[0]);
    note();
}

static void
op_link(void)
{
    int from = random_entry(T_FILE), e = free_name(), dir = random_dir();
    const char *name = random_name();
    if (from < 0 || e < 0 || cm_find(dir, name) >= 0)
        return;
    CHECK_EQ(w_link(path_of(from), cm_path(dir, name)), 0);
    cm.nodes[cm.names[from].node].nlink++;
    enter(e, dir, name, cm.names[from].node);
    note();
}

static bool
is_empty(int dir)
{
    for (int i = 0; i < CM_NAMES; i++)
        if (cm.names[i].node && cm.names[i].dir == dir)
            return false;
    return true;
}

static void
remove_name(int e)
{
    int node = cm.names[e].node;
    bool dir = cm.nodes[node].type == T_DIR;
    cm.nodes[node].nlink -= dir ? 2 : 1;
    cm.nodes[cm.names[e].dir].nlink -= dir;
    cm.names[e].node = 0;
    drop(node);
}

static void
op_unlink(void)
{
    int e = random_entry(rnd_below(4) ? T_FILE : T_DIR);
    if (e < 0)
        return;
    int node = cm.names[e].node;
    if (cm.nodes[node].type == T_DIR && !is_empty(node))
        return;
    CHECK_EQ(w_unlink(path_of(e)), 0);
    remove_name(e);
    note();
}

static void
op_rename(void)
{
    int e = random_entry(rnd_below(3) ? T_FILE : T_DIR);
    if (e < 0)
        return;
    int node = cm.names[e].node, dir = cm.nodes[node].type == T_DIR ? 0 : random_dir();
    const char *name = random_name();
    int old = cm_find(dir, name);
    if (old == e || (old >= 0 && (cm.names[old].node == node ||
                                  cm.nodes[cm.names[old].node].type != cm.nodes[node].type)))
        return;
    if (old >= 0 && cm.nodes[node].type == T_DIR && !is_empty(cm.names[old].node))
        return;
    CHECK_EQ(w_rename(path_of(e), cm_path(dir, name)), 0);
    if (old >= 0)
        remove_name(old);
    enter(e, dir, name, node);
    note();
}

static void
op_open(void)
{
    int e = random_entry(rnd_below(4) ? T_FILE : T_DIR);
    if (e < 0 || opened[cm.names[e].node])
        return;
    opened[cm.names[e].node] = w_open(path_of(e));
    cm.nodes[cm.names[e].node].opened = true;
}

static void
op_close(void)
{
    for (int i = 0; i < CM_NODES; i++) {
        if (!opened[i] || rnd_below(3))
            continue;
        w_put(opened[i]);
        opened[i] = NULL;
        cm.nodes[i].opened = false;
        drop(i);
        note();
    }
}

static void
one_op(void)
{
    static void (*const ops[])(void) = {op_create, op_write,  op_link,   op_write, op_create,
                                        op_write,  op_write,  op_open,   op_trunc, op_unlink,
                                        op_unlink, op_rename, op_rename, op_close};
    // An operation that drops pages waits for the batch of writes for which an operation below us
    // on the stack waits.
    ops[rnd_below(journal.ordering ? 8 : NELEM(ops))]();
}

static void
ack(uint32 state)
{
    CHECK(nacks < NELEM(acks));
    acks[nacks].at = nevents;
    acks[nacks++].state = state;
}

// Calls fsync() or sync().
static void
make_safe(void)
{
    uint32 state = cm_count - 1;
    int e = random_entry(T_FILE);
    struct inode *ip = e >= 0 ? w_open(path_of(e)) : NULL;
    uint64 how = rnd_below(4);
    waiting = true;
    CHECK_EQ(how < 2 && ip ? fs_fsync(ip) : how < 3 ? fs_sync() : fs_writeback(), 0);
    waiting = false;
    if (how < 3)
        ack(state);
    if (ip)
        w_put(ip);
}

void
work(int ops)
{
    nacks = 0;
    log_blocks = journal.end;
    memcpy(log_map, journal.map, log_blocks * sizeof log_map[0]);
    cm_start();
    noted_at[0] = 0;
    for (int i = 0; i < ops; i++) {
        one_op();
        if (rnd_below(7) == 0)
            make_safe();
    }
}

void
work_end(void)
{
    for (int i = 0; i < CM_NODES; i++) {
        if (opened[i])
            w_put(opened[i]);
        opened[i] = NULL;
    }
    ext2_close(&rootfs);
}
