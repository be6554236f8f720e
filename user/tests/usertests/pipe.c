// SPDX-License-Identifier: MIT
// pipe.c - sub-tests of pipes: order, size, ends that close, many at both ends.
//
// Next      exec.c
#include "t.h"

static char buf[3 * PAGE];

static void
send_odd_sizes(long fd)
{
    static char out[2000];
    uint at = 0;

    for (int i = 0; i < 40; i++) {
        int n = 1033 - i * 13;
        t_fill(out, n, 9, at);
        want(write(fd, out, n) == n, "write of %d bytes", n);
        at += n;
    }
}

// pipe1: bytes arrive in order, for all sizes of writes and reads.
static void
t_pipe1(void)
{
    int p[2], n, ask = 1;
    uint at = 0;

    want(pipe(p) == 0, "pipe failed");
    t_spawn(send_odd_sizes, p[1]);
    close(p[1]);
    while ((n = read(p[0], buf, ask)) > 0) {
        want(n <= ask, "more than asked for: %d of %d", n, ask);
        want(t_same(buf, n, 9, at), "wrong bytes after %u", at);
        at += n;
        ask = ask * 2 > (int)sizeof(buf) ? 1 : ask * 2;
    }
    want(n == 0, "the end of a pipe reads as %d", n);
    want(at == 40 * 1033 - 13 * 39 * 40 / 2, "%u bytes came", at);
    t_wait_ok(1);
}

// Ends: without writers read returns 0, without readers write fails, both at once.
static void
t_pipeends(void)
{
    int p[2];
    char c;

    want(pipe(p) == 0, "pipe failed");
    want(write(p[1], "ab", 2) == 2, "write failed");
    close(p[1]);
    want(read(p[0], &c, 1) == 1 && c == 'a', "the first byte");
    want(read(p[0], buf, 10) == 1 && buf[0] == 'b', "the second byte");
    want(read(p[0], buf, 10) == 0 && read(p[0], buf, 10) == 0, "the end, twice");
    want(write(p[0], "x", 1) == -1, "write to the reading end");
    close(p[0]);
    want(pipe(p) == 0, "pipe failed");
    close(p[0]);
    want(write(p[1], "x", 1) <= 0, "write without a reader");
    want(read(p[1], &c, 1) == -1, "read from the writing end");
}

static void
drain(long fd)
{
    char c;

    for (int i = 0; i < 3; i++)
        read(fd, &c, 1);
}

// A writer that waits for room learns that the last reader has gone.
static void
t_pipebreak(void)
{
    int p[2], n;

    want(pipe(p) == 0, "pipe failed");
    t_spawn(drain, p[0]);
    close(p[0]);
    while ((n = write(p[1], buf, sizeof(buf))) == sizeof(buf))
        ;
    want(n < (int)sizeof(buf), "write: %d", n);
    t_wait_ok(1);
}

// A pipe takes at least 512 bytes before a writer waits; one process may use both ends.
static void
t_pipesize(void)
{
    int p[2];

    want(pipe(p) == 0, "pipe failed");
    for (uint round = 0; round < 50; round++) {
        t_fill(buf, 512, round, 0);
        want(write(p[1], buf, 512) == 512, "write of 512 bytes");
        memset(buf, 0, 512);
        want(read(p[0], buf, 512) == 512 && t_same(buf, 512, round, 0), "read of 512 bytes");
    }
}

static void
send_records(long fd)
{
    char rec[64];

    for (int i = 0; i < 200; i++) {
        memset(rec, 'A' + getpid() % 26, sizeof(rec));
        want(write(fd, rec, sizeof(rec)) == sizeof(rec), "write of a record");
    }
}

// Several writers, one reader: nothing is lost.
static void
t_pipewriters(void)
{
    int p[2], n, total = 0;

    want(pipe(p) == 0, "pipe failed");
    for (int i = 0; i < 4; i++)
        t_spawn(send_records, p[1]);
    close(p[1]);
    while ((n = read(p[0], buf, 100)) > 0)
        total += n;
    want(total == 4 * 200 * 64, "%d bytes came", total);
    t_wait_ok(4);
}

static void
count_bytes(long fds)
{
    int total = 0, n;
    static char part[33];

    while ((n = read(fds & 0xff, part, sizeof(part))) > 0)
        total += n;
    want(write(fds >> 8, &total, sizeof(total)) == sizeof(total), "write of the sum");
}

// One writer, several readers: each byte goes to exactly one of them.
static void
t_pipereaders(void)
{
    int p[2], q[2], sum = 0, part;

    want(pipe(p) == 0 && pipe(q) == 0, "pipe failed");
    for (int i = 0; i < 3; i++) {
        if (t_fork() == 0) {
            close(p[1]);
            count_bytes(p[0] | q[1] << 8);
            exit(0);
        }
    }
    close(p[0]);
    for (int i = 0; i < 10; i++)
        want(write(p[1], buf, sizeof(buf)) == sizeof(buf), "write failed");
    close(p[1]);
    for (int i = 0; i < 3; i++) {
        want(read(q[0], &part, sizeof(part)) == sizeof(part), "read of a sum");
        sum += part;
    }
    want(sum == 10 * (int)sizeof(buf), "%d bytes came", sum);
    t_wait_ok(3);
}

// A ring of processes hands a number around; every one adds to it.
static void
t_pipering(void)
{
    enum { N = 8, ROUNDS = 50 };
    int first[2], in, value = 0;

    want(pipe(first) == 0, "pipe failed");
    in = first[0];
    for (int i = 0; i < N; i++) {
        int p[2];
        want(pipe(p) == 0, "pipe failed");
        if (t_fork() == 0) {
            close(first[1]);
            close(p[0]);
            while (read(in, &value, sizeof(value)) == sizeof(value)) {
                value++;
                write(p[1], &value, sizeof(value));
            }
            exit(0);
        }
        close(in);
        close(p[1]);
        in = p[0];
    }
    for (int i = 0; i < ROUNDS; i++) {
        want(write(first[1], &value, sizeof(value)) == sizeof(value), "write failed");
        want(read(in, &value, sizeof(value)) == sizeof(value), "read failed");
    }
    want(value == N * ROUNDS, "the sum is %d", value);
    close(first[1]);
    t_wait_ok(N);
}

// Hundreds of pipes, made and closed in turn.
static void
t_pipemany(void)
{
    for (int i = 0; i < 300; i++) {
        int p[2];
        want(pipe(p) == 0, "pipe %d failed", i);
        want(write(p[1], "x", 1) == 1, "write failed");
        close(p[i & 1]);
        close(p[~i & 1]);
    }
}

const struct test pipe_tests[] = {
    TEST(pipe1, 0),    TEST(pipeends, 0),    TEST(pipebreak, 0),
    TEST(pipesize, 0), TEST(pipewriters, 0), TEST(pipereaders, 0),
    TEST(pipering, 0), TEST(pipemany, 0),    {0, 0, 0},
};
