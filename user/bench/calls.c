// SPDX-License-Identifier: MIT
// calls.c - rows for single calls and pipes.
//
// Rows      null      getpid()
//           pipe1     write 1 byte into a pipe and read it back, in one process
//           pipe512   write 512 bytes into a pipe and read them back
//           pingpong  a byte to another process through one pipe and back through a second
//           stream    4096 bytes read from a pipe that another process fills, 4096 a write
// Next      procs.c
#include "bench.h"

static char buf[4096];
static int to[2], from[2];
static int child;

static int
op_null(int n)
{
    while (n-- > 0)
        getpid();
    return 0;
}

static int
setup_pipe(void)
{
    return pipe(to);
}

static void
end_pipe(void)
{
    close(to[0]);
    close(to[1]);
}

static int
through_pipe(int n, int size)
{
    while (n-- > 0) {
        if (write(to[1], buf, size) != size || read(to[0], buf, size) != size)
            return -1;
    }
    return 0;
}

static int
op_pipe1(int n)
{
    return through_pipe(n, 1);
}

static int
op_pipe512(int n)
{
    return through_pipe(n, 512);
}

static int
setup_pingpong(void)
{
    char c;

    if (pipe(to) < 0 || pipe(from) < 0)
        return -1;
    child = fork();
    if (child == 0) {
        close(to[1]);
        while (read(to[0], &c, 1) == 1)
            write(from[1], &c, 1);
        exit(0);
    }
    return child;
}

static int
op_pingpong(int n)
{
    char c = 0;

    while (n-- > 0) {
        if (write(to[1], &c, 1) != 1 || read(from[0], &c, 1) != 1)
            return -1;
    }
    return 0;
}

static void
end_pingpong(void)
{
    end_pipe();
    close(from[0]);
    close(from[1]);
    wait(0);
}

static int
setup_stream(void)
{
    if (pipe(to) < 0)
        return -1;
    child = fork();
    if (child == 0) {
        close(to[0]);
        while (write(to[1], buf, sizeof(buf)) == sizeof(buf))
            ;
        exit(0);
    }
    close(to[1]);
    return child;
}

static int
op_stream(int n)
{
    for (long left = (long)n * sizeof(buf); left > 0;) {
        int got = read(to[0], buf, left < (long)sizeof(buf) ? left : (long)sizeof(buf));
        if (got <= 0)
            return -1;
        left -= got;
    }
    return 0;
}

static void
end_stream(void)
{
    close(to[0]);
    wait(0);
}

const struct row call_rows[] = {
    {"null", "null system call", 10000, 100, 1, 0, op_null, 0},
    {"pipe1", "1-byte pipe write + read", 2000, 50, 1, setup_pipe, op_pipe1, end_pipe},
    {"pipe512", "512-byte pipe write + read", 2000, 50, 1, setup_pipe, op_pipe512, end_pipe},
    {"pingpong", "pipe ping-pong round trip", 1000, 50, 1, setup_pingpong, op_pingpong,
     end_pingpong},
    {"stream", "pipe stream, per 4 KiB", 500, 20, 1, setup_stream, op_stream, end_stream},
    {0, 0, 0, 0, 0, 0, 0, 0},
};
