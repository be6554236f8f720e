// SPDX-License-Identifier: MIT
// t_fs_harts.c - several harts use one file system at once: each in files of its own, all in shared directories,
// while the disk answers in any order and one more thread writes back. Memory is short. At the end
// e2fsck must find nothing and all contents must be there. Three disks in turn: without a journal,
// with one, and with one that has the contents of files, too.
//
// SOURCES: tests/host/fs/help/fsworld.c tests/host/fs/help/fsops.c kernel/fs/cache/*.c kernel/fs/journal/*.c
// SOURCES: kernel/lib/bitmap.c kernel/fs/ext2/*.c kernel/fs/dir/*.c kernel/dev/disk/blk.c kernel/mm/frame/frame*.c
// SOURCES: kernel/mm/frame/ledger.c kernel/mm/frame/buddy.c kernel/mm/frame/kmem.c kernel/mm/frame/failnth.c
// SOURCES: kernel/lib/page.c kernel/sync/*.c kernel/checked/lockcheck.c tests/host/shim/host.c
// CFLAGS: -DDEBUG
#include "fsworld.h"
#include "test.h"

#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>

#include "fs/journal/journal.h"
#include "mm/aspace/pager.h"
#include "mm/frame/failnth.h"
#include "rv/cpu.h"
#include "sync/thread.h"
#include "sync/waitq.h"

pid_t fork(void); // <unistd.h> has a sleep() beside the kernel's

enum { WORKERS = 4, DISK = WORKERS, FLUSHER, THREADS, FILES = 6, QUEUE = 1024, TURNS = 100 };

struct proc {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool blocking, woken;
    struct waiter w;
};

int (*host_on_block)(bool killable); // the single-threaded world's way; not used here

static struct proc procs[THREADS];
static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static struct blk_req *queue[QUEUE];
static uint32 queued;
static bool stop, power_off; // the flusher; the disk
static int steps;

struct proc *
thread_self(void)
{
    return &procs[host_hart];
}

struct waiter *
thread_waiter(struct proc *self)
{
    return &self->w;
}

void
thread_prepare_block(struct proc *p)
{
    pthread_mutex_lock(&p->lock);
    p->blocking = true;
    p->woken = false;
    pthread_mutex_unlock(&p->lock);
}

int
thread_block(bool killable)
{
    struct proc *p = thread_self();
    (void)killable;
    pthread_mutex_lock(&p->lock);
    while (!p->woken)
        pthread_cond_wait(&p->cond, &p->lock);
    p->blocking = false;
    pthread_mutex_unlock(&p->lock);
    return 0;
}

void
thread_wake(struct proc *p)
{
    pthread_mutex_lock(&p->lock);
    if (p->blocking) {
        p->woken = true;
        pthread_cond_signal(&p->cond);
    }
    pthread_mutex_unlock(&p->lock);
}

int
preempt_point(void)
{
    return 0;
}

static void
submit(struct blkdev *d, struct list *reqs)
{
    (void)d;
    pthread_mutex_lock(&queue_lock);
    for (struct list *node; (node = list_pop_front(reqs));) {
        CHECK(queued < QUEUE);
        queue[queued++] = list_entry(node, struct blk_req, link);
    }
    pthread_mutex_unlock(&queue_lock);
}

static struct blk_req *
next_request(uint32 *seed)
{
    struct blk_req *r = NULL;
    pthread_mutex_lock(&queue_lock);
    if (queued) {
        uint32 i = (*seed = *seed * 1664525 + 1013904223) / 65536 % queued;
        r = queue[i];
        queue[i] = queue[--queued];
    }
    pthread_mutex_unlock(&queue_lock);
    return r;
}

static void *
disk(void *arg)
{
    uint32 seed = (uint32)(uint64)arg;
    host_hart = DISK;
    while (!__atomic_load_n(&power_off, __ATOMIC_RELAXED)) {
        struct blk_req *r = next_request(&seed);
        if (!r) {
            sched_yield();
            continue;
        }
        uint8 *at = world_image + r->block * BLKSIZE;
        if (r->op == BLK_READ)
            memcpy(p2v(r->pa), at, BLKSIZE);
        else if (r->op == BLK_WRITE)
            memcpy(at, p2v(r->pa), BLKSIZE);
        r->status = 0;
        r->done(r);
    }
    return NULL;
}

static void *
flusher(void *arg)
{
    (void)arg;
    host_hart = FLUSHER;
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        CHECK_EQ(fs_sync(), 0);
        sched_yield();
    }
    return NULL;
}

static uint32
random_of(uint32 *seed, uint32 n)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed / 256 % n;
}

static uint8
pattern(int worker, uint32 version, uint64 at)
{
    return (uint8)((uint64)worker * 31 + version * 7 + at + at / 4096);
}

// Does an operation as a system call does: for want of memory it writes pages and tries again.
// Other workers may take the memory that this gains, so it has more turns than a system call.
#define RELIEVED(operation)                                                                        \
    ({                                                                                             \
        int64 result_ = operation;                                                                 \
        for (int turn_ = 0; result_ == -ENOMEM && turn_ < TURNS && fs_relieve(); turn_++)          \
            result_ = operation;                                                                   \
        result_;                                                                                   \
    })

// A worker's files: name, size and the version of their contents.
struct mine {
    uint64 size;
    uint32 version;
    bool there;
    int dir;
};

static void
path_for(char *path, int worker, int file, int dir)
{
    snprintf(path, 40, "d%d/w%df%d", dir, worker, file);
}

static void
write_file(int worker, int i, struct mine *m, uint8 *buf, uint32 *seed)
{
    char path[40];
    path_for(path, worker, i, m->dir);
    if (!m->there)
        CHECK_EQ(RELIEVED(w_create(path, T_FILE)), 0);
    else
        CHECK_EQ(RELIEVED(w_trunc(path, 0)), 0);
    m->there = true;
    m->version++;
    m->size = random_of(seed, 60000);
    for (uint64 k = 0; k < m->size; k++)
        buf[k] = pattern(worker, m->version, k);
    for (uint64 off = 0; off < m->size;) {
        uint64 n = m->size - off < 7000 ? m->size - off : 7000;
        int64 done =
            RELIEVED(w_write(path, buf + off, off, n)); // fewer when the transaction is full
        if (done <= 0 || done > (int64)n)
            CHECK_EQ(done, n);
        off += (uint64)done;
    }
}

static void
read_file(int worker, int i, const struct mine *m, uint8 *buf)
{
    char path[40];
    path_for(path, worker, i, m->dir);
    int64 n = 0, more;
    do { // fewer bytes than asked for where memory ended
        more = RELIEVED(w_read(path, buf + n, (uint64)n, 65536 - (size_t)n));
        n += more > 0 ? more : 0;
    } while (more > 0);
    CHECK_EQ(more, m->there ? 0 : -ENOENT);
    if (!m->there)
        return;
    CHECK_EQ(n, m->size);
    for (int64 k = 0; k < n; k++)
        if (buf[k] != pattern(worker, m->version, (uint64)k))
            CHECK_EQ(k, -1);
}

static void
shared_names(uint32 *seed)
{
    char p[40], q[40];
    static const int fine[] = {0,       -ENOENT,  -EEXIST, -ENOTEMPTY, -EINVAL,
                               -EISDIR, -ENOTDIR, -EPERM,  -EMLINK};
    int results[4];
    bool deep = random_of(seed, 2); // files below directories that others move and remove
    for (int i = 0; i < 2; i++) {
        char *path = i ? q : p;
        uint32 top = random_of(seed, 3), mid = random_of(seed, 4), leaf = random_of(seed, 4);
        if (deep)
            snprintf(path, sizeof p, "d%u/s%u/s%u", top, mid, leaf);
        else
            snprintf(path, sizeof p, "d%u/s%u", top, mid);
    }
    int type = !deep && random_of(seed, 2) ? T_DIR : T_FILE;
    results[0] = (int)RELIEVED(w_create(p, type));
    results[1] = (int)RELIEVED(w_rename(p, q));
    results[2] = random_of(seed, 2) ? (int)RELIEVED(w_unlink(q)) : 0;
    results[3] = (int)RELIEVED(w_link(q, "d0/shared-link"));
    if (results[3] == 0)
        (void)RELIEVED(w_unlink("d0/shared-link"));
    for (int i = 0; i < 4; i++) {
        bool known = false;
        for (size_t k = 0; k < NELEM(fine); k++)
            known |= results[i] == fine[k];
        if (!known)
            CHECK_EQ(results[i], 0);
    }
}

static void
step(int worker, struct mine *files, uint8 *buf, uint32 *seed)
{
    char path[40], to[40];
    int i = (int)random_of(seed, FILES);
    struct mine *m = &files[i];
    switch (random_of(seed, 6)) {
    case 0:
        write_file(worker, i, m, buf, seed);
        break;
    case 1:
        path_for(path, worker, i, m->dir);
        CHECK_EQ(RELIEVED(w_unlink(path)), m->there ? 0 : -ENOENT);
        m->there = false;
        break;
    case 2:
        path_for(path, worker, i, m->dir);
        int dir = (int)random_of(seed, 3);
        path_for(to, worker, i, dir);
        CHECK_EQ(RELIEVED(w_rename(path, to)), m->there ? 0 : -ENOENT);
        m->dir = m->there ? dir : m->dir;
        break;
    case 3:
        shared_names(seed);
        break;
    default:
        read_file(worker, i, m, buf);
    }
}

static void *
worker(void *arg)
{
    int me = (int)((uint64)arg % WORKERS);
    uint32 seed = (uint32)(uint64)arg * 1000 + 1;
    struct mine files[FILES] = {0};
    uint8 *buf = malloc(65536);
    host_hart = me;
    for (int i = 0; i < steps; i++)
        step(me, files, buf, &seed);
    for (int i = 0; i < FILES; i++)
        read_file(me, i, &files[i], buf);
    free(buf);
    return NULL;
}

static void
boot(uint64 kib)
{
    world_boot(kib << 10);
    failnth_hook = NULL; // fs_relieve() does nothing while allocations fail on purpose
    for (int i = 0; i < THREADS; i++) {
        pthread_mutex_init(&procs[i].lock, NULL);
        pthread_cond_init(&procs[i].cond, NULL);
    }
}

// All harts on one disk.
static void
use_disk(uint64 seed)
{
    pthread_t threads[THREADS];
    struct fs_stats st;
    world_disk.submit = submit;
    pthread_create(&threads[DISK], NULL, disk, (void *)seed);
    world_mount();
    CHECK_EQ(w_create("d0", T_DIR) | w_create("d1", T_DIR) | w_create("d2", T_DIR), 0);
    for (uint64 i = 0; i < WORKERS; i++)
        pthread_create(&threads[i], NULL, worker, (void *)(seed * WORKERS + i));
    pthread_create(&threads[FLUSHER], NULL, flusher, NULL);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    fs_stats(&st);
    printf("%lu hits, %lu reads, %lu writes, %lu commits, %lu turns lost\n", st.hits, st.reads,
           st.writes, st.commits, st.contended);
    CHECK(st.reads > 100 || fs_journals_data); // else memory was not short
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    pthread_join(threads[FLUSHER], NULL);
    world_unmount();
    __atomic_store_n(&power_off, true, __ATOMIC_RELAXED);
    pthread_join(threads[DISK], NULL);
}

// A machine of its own, so that each starts with the memory that it is to have.
static void
machine(const char *options, bool data, uint64 kib, uint64 seed)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        boot(kib);
        world_format(4096, options, NULL);
        fs_journals_data = data;
        printf("%lu KiB, mke2fs %s: ", kib, options);
        use_disk(seed);
        exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
}

// Usage     program [STEPS [SEED [EXTRA_KIBIBYTES]]]
int
main(int argc, char **argv)
{
    steps = argc > 1 ? atoi(argv[1]) : 1400;
    uint64 seed = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
    uint64 more = argc > 3 ? strtoul(argv[3], NULL, 0) : 0;
    machine("-N 512", false, 400 + more, seed);
    machine("-N 512 -j", false, 540 + more, seed + 1);
    machine("-N 512 -j -J size=4", true, 1200 + more, seed + 2);
    return test_done();
}
