// SPDX-License-Identifier: MIT
// t_pipe.c - pipes: order of bytes, ends of file, blocking, kills, bad pointers, no memory.
//
// SOURCES: kernel/fs/file/pipe.c kernel/fs/file/file.c kernel/sync/spinlock.c kernel/sync/sleeplock.c
// SOURCES: kernel/sync/waitq.c tests/host/shim/host.c tests/host/shim/thread.c tests/host/shim/memory.c
// SOURCES: tests/host/shim/nofs.c
#include "test.h"

#include "abi/errno.h"
#include "noinode.h"
#include "readwrite.h"
#include "shim/memory.h"
#include "shim/thread.h"

#define MOST 20000

static struct file *rd, *wr;
static uint64 sent, received; // bytes; byte i of the stream is pattern(i)
static uint8 bytes[MOST];

static uint8
pattern(uint64 i)
{
    return (uint8)(i * 37 + (i >> 8));
}

static int64
put(size_t n)
{
    uint8 out[MOST];
    uint64 first = sent;
    sent += n; // before: a blocked write lets others read
    for (size_t i = 0; i < n; i++)
        out[i] = pattern(first + i);
    return filewrite(wr, iobuf_kernel(out), n);
}

static int64
take(size_t n)
{
    int64 got = fileread(rd, iobuf_kernel(bytes), n);
    for (int64 i = 0; i < got; i++)
        CHECK_EQ(bytes[i], pattern(received + (uint64)i));
    received += got > 0 ? (uint64)got : 0;
    return got;
}

static void
open_pipe(void)
{
    CHECK_EQ(pipe_open(&rd, &wr), 0);
    sent = received = 0;
    host_on_block = NULL;
    host_blocks = host_wakes = 0;
}

static void
close_pipe(void)
{
    fileclose(rd);
    fileclose(wr);
    CHECK_EQ(host_allocated, 0);
}

static void
test_basic(void)
{
    struct stat st;
    open_pipe();
    CHECK(rd->readable && !rd->writable && !wr->readable && wr->writable);
    CHECK_EQ(put(1), 1);
    CHECK_EQ(take(10), 1);
    CHECK_EQ(put(512), 512);
    CHECK_EQ(take(500), 500);
    CHECK_EQ(take(500), 12);
    CHECK_EQ(put(0), 0);
    CHECK_EQ(take(0), 0);
    CHECK_EQ(filewrite(rd, iobuf_kernel(bytes), 1), -EBADF);
    CHECK_EQ(fileread(wr, iobuf_kernel(bytes), 1), -EBADF);
    CHECK_EQ(filestat(rd, &st), -EINVAL);
    CHECK_EQ(rd->ip, NULL);
    CHECK_EQ(host_wakes, 0);
    close_pipe();
}

static void
test_ends(void)
{
    open_pipe();
    CHECK_EQ(put(5), 5);
    filedup(wr);
    fileclose(wr);
    CHECK_EQ(put(2), 2); // still a writer
    fileclose(wr);
    CHECK_EQ(take(100), 7);
    CHECK_EQ(take(100), 0);
    CHECK_EQ(take(100), 0);
    fileclose(rd);
    CHECK_EQ(host_allocated, 0);
    open_pipe();
    fileclose(rd);
    CHECK_EQ(put(1), -EPIPE);
    fileclose(wr);
    CHECK_EQ(host_allocated, 0);
}

static int
read_some(bool killable)
{
    CHECK(killable);
    CHECK(take(1 + rnd_below(5000)) > 0);
    return 0;
}

static int
write_some(bool killable)
{
    size_t n = 1 + rnd_below(300);
    CHECK(killable);
    CHECK_EQ(put(n), n);
    return 0;
}

// Writes larger than the ring and reads from an empty one block; the other side then goes on.
static void
test_stream(size_t largest)
{
    host_largest = largest;
    open_pipe();
    for (int i = 0; i < 3000; i++) {
        size_t n = rnd_below(3) ? rnd_below(600) : rnd_below(MOST);
        host_on_block = read_some;
        CHECK_EQ(put(n), n);
        host_on_block = write_some;
        while (received < sent && rnd_below(4))
            CHECK(take(1 + rnd_below(MOST)) > 0);
        if (received == sent)
            CHECK(take(1 + rnd_below(400)) > 0);
    }
    CHECK(host_blocks > 100);
    CHECK_EQ(host_wakes, host_blocks); // a wake for each that waited, no other
    close_pipe();
    host_largest = ~0UL;
}

static int
nothing_written(bool killable)
{
    CHECK(killable);
    CHECK_EQ(take(MOST), 256 * 63 + 100); // no part of the waiting bytes
    return 0;
}

// A small write waits until all of it fits, so that its bytes stay together.
static void
test_atomic(void)
{
    open_pipe();
    host_on_block = read_some;
    while (sent < 256 * 63)
        CHECK_EQ(put(256), 256);
    CHECK_EQ(put(100), 100);
    CHECK_EQ(host_blocks, 0);
    host_on_block = nothing_written;
    CHECK_EQ(put(256), 256);
    CHECK_EQ(host_blocks, 1);
    close_pipe();
}

static int
killed(bool killable)
{
    CHECK(killable);
    return -EINTR;
}

static void
test_kill(void)
{
    open_pipe();
    host_on_block = killed;
    CHECK_EQ(take(1), -EINTR);
    while (put(256) == 256)
        ;
    CHECK_EQ(put(256), -EINTR);
    sent -= 512;
    CHECK(sent >= 512);
    host_on_block = NULL;
    while (received < sent)
        CHECK(take(MOST) > 0);
    CHECK_EQ(put(3), 3);
    CHECK_EQ(take(3), 3);
    close_pipe();
}

static int
reader_leaves(bool killable)
{
    CHECK(killable);
    fileclose(rd);
    return 0;
}

static int
writer_leaves(bool killable)
{
    CHECK(killable);
    fileclose(wr);
    return 0;
}

static int
reader_is_woken(bool killable)
{
    CHECK(killable);
    CHECK_EQ(host_wakes, 1);
    host_on_block = read_some;
    return 0;
}

static int
write_much(bool killable)
{
    CHECK(killable);
    host_on_block = reader_is_woken;
    CHECK_EQ(put(MOST), MOST);
    return 0;
}

// A writer that has to wait first wakes readers for the bytes already written.
static void
test_waiting_reader(void)
{
    open_pipe();
    host_on_block = write_much;
    CHECK(take(1) == 1 && host_blocks >= 2);
    close_pipe();
}

static void
test_leaving(void)
{
    open_pipe();
    host_on_block = reader_leaves;
    CHECK_EQ(put(MOST), -EPIPE);
    CHECK_EQ(host_wakes, 1);
    fileclose(wr);
    open_pipe();
    host_on_block = writer_leaves;
    CHECK_EQ(take(1), 0);
    CHECK_EQ(host_wakes, 1);
    fileclose(rd);
    CHECK_EQ(host_allocated, 0);
}

static void
test_bad_pointers(void)
{
    struct aspace as = {calloc(1, 600), 600};
    struct iobuf good = {&as, 0}, bad = {&as, 4096};
    open_pipe();
    CHECK_EQ(filewrite(wr, bad, 10), -EFAULT);
    CHECK_EQ(filewrite(wr, (struct iobuf){&as, 595}, 10), -EFAULT);
    CHECK_EQ(put(10), 10);
    CHECK_EQ(fileread(rd, bad, 10), -EFAULT);
    CHECK_EQ(fileread(rd, (struct iobuf){&as, 595}, 10), -EFAULT);
    CHECK_EQ(take(4), 4);
    CHECK_EQ(fileread(rd, good, 4), 4);
    CHECK_EQ(as.memory[3], pattern(7));
    received += 4;
    CHECK_EQ(take(10), 2);
    CHECK_EQ(filewrite(wr, bad, 0), 0);
    close_pipe();
    free(as.memory);
}

// Where the ring wraps, the piece before a bad page counts and the one after stays.
static void
test_bad_pointer_at_wrap(void)
{
    struct aspace as = {calloc(1, 15), 15};
    open_pipe();
    CHECK_EQ(put(16380), 16380);
    CHECK_EQ(take(16370), 16370);
    CHECK_EQ(put(6), 6);
    CHECK_EQ(fileread(rd, (struct iobuf){&as, 0}, 16), 14);
    received += 14;
    CHECK_EQ(take(100), 2);
    close_pipe();
    free(as.memory);
}

static void
test_no_memory(void)
{
    long failures = 0;
    for (long n = 0;; n++) {
        struct file *none = NULL;
        rd = wr = none;
        host_fail_at = n;
        int error = pipe_open(&rd, &wr);
        if (error == 0 && host_fail_at >= 0)
            break;
        CHECK_EQ(error, -ENOMEM);
        CHECK(rd == NULL && wr == NULL);
        failures++;
        CHECK_EQ(host_allocated, 0);
        sent = received = 0;
    }
    host_fail_at = -1;
    CHECK_EQ(failures, 7); // the pipe, four pages, two files
    close_pipe();
}

int
main(void)
{
    file_init();
    test_basic();
    test_ends();
    test_stream(~0UL);
    test_stream(4096);
    test_atomic();
    test_kill();
    test_leaving();
    test_bad_pointers();
    test_bad_pointer_at_wrap();
    test_waiting_reader();
    test_no_memory();
    return test_done();
}
