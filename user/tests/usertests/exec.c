// SPDX-License-Identifier: MIT
// exec.c - sub-tests of exec: arguments, errors, the state of the new program.
//
// Next      elf.c
#include "t.h"

#include "abi/errno.h"

// Runs path with argv, its output into file "out".
// Returns   its status, or 100 when exec failed.
static int
run_into_out(const char *path, char **argv)
{
    int pid = t_fork();

    if (pid == 0) {
        close(1);
        if (open("out", O_CREATE | O_TRUNC | O_RDWR) != 1)
            exit(101);
        exec(path, argv);
        exit(100);
    }
    return t_wait(pid);
}

static int
out_is(const char *text)
{
    char got[300];
    int fd = t_open("out", O_RDONLY);
    int n = read(fd, got, sizeof(got) - 1);

    close(fd);
    t_remove("out");
    if (n < 0)
        return 0;
    got[n] = 0;
    return strcmp(got, text) == 0;
}

// exectest: a program runs with our descriptors and the arguments we gave.
static void
t_exectest(void)
{
    char *argv[] = {"echo", "OK", "two  words", "", "end", 0};

    want(run_into_out("/echo", argv) == 0, "echo failed");
    want(out_is("OK two  words  end\n"), "echo wrote something else");
    want(chdir("/") == 0, "chdir failed");
    int pid = t_fork();
    if (pid == 0) {
        exec("bin/true", argv);
        exit(100);
    }
    want(t_wait(pid) == 0, "a path without a slash");
}

// bigargtest: the largest argument lists; one argument or one byte more is refused, and so are
// arguments that do not fit into the program's stack, which is one page for echo.
static void
t_bigargtest(void)
{
    static char big[PAGE + 10];
    char *argv[40];

    for (int i = 0; i < 40; i++)
        argv[i] = "a";
    argv[31] = 0;
    want(run_into_out("/bin/true", argv) == 0, "31 arguments");
    argv[31] = "a";
    argv[32] = 0;
    want(run_into_out("/bin/true", argv) == 100, "32 arguments are taken");
    memset(big, 'b', sizeof(big));
    argv[1] = big;
    argv[2] = 0;
    big[PAGE] = 0;
    want(run_into_out("/bin/true", argv) == 100, "an argument of 4096 bytes is taken");
    big[PAGE - 1] = 0;
    want(run_into_out("/bin/true", argv) == 0, "an argument of 4095 bytes");
    for (int i = 1; i < 31; i++)
        argv[i] = big;
    argv[31] = 0;
    want(run_into_out("/bin/true", argv) == 100, "120 KiB of arguments are taken");
    argv[3] = 0;
    want(run_into_out("/bin/true", argv) == 0, "8 KiB of arguments");
    want(run_into_out("/echo", argv) == 100, "8 KiB of arguments on a stack of one page");
    t_remove("out");
}

// badarg: arguments at bad addresses, many times.
static void
t_badarg(void)
{
    char *argv[3] = {0, 0, 0};

    for (int i = 0; i < 300; i++) {
        argv[0] = "echo";
        argv[1] = (char *)t_bad[i % 8];
        want(exec("/tests/die", argv) == -1, "an argument at %p is taken", argv[1]);
        argv[0] = (char *)-1L;
        argv[1] = 0;
        want(exec("/tests/die", argv) == -1, "an argument at -1 is taken");
    }
}

// Files that are no programs.
static void
t_notprogram(void)
{
    static char *argv[] = {"x", 0};

    t_put("text", 5000, 1);
    t_put("empty", 0, 0);
    want(exec("text", argv) == -1, "a text runs");
    want(exec("empty", argv) == -1, "an empty file runs");
    want(exec(".", argv) == -1, "a directory runs");
    want(exec("absent", argv) == -1, "nothing runs");
    want(exec("", argv) == -1, "an empty path runs");
    want(mknod("con", 1, 1) == 0 && exec("con", argv) == -1, "the console runs");
    t_remove("con");
    t_remove("text");
    t_remove("empty");
}

static void
copy_file(const char *from, const char *to)
{
    static char block[PAGE];
    int in = t_open(from, O_RDONLY), out = t_open(to, O_CREATE | O_WRONLY), n;

    while ((n = read(in, block, sizeof(block))) > 0)
        want(write(out, block, n) == n, "copy failed");
    close(in);
    close(out);
}

// Runs the program between its standard input and output, two pipes.
static void
run_between(const char *path, int in[2], int out[2])
{
    char *argv[] = {"between", 0};

    close(0);
    dup(in[0]);
    close(1);
    dup(out[1]);
    close(in[0]);
    close(in[1]);
    close(out[0]);
    close(out[1]);
    exec(path, argv);
    exit(100);
}

// A program whose file is removed while it runs runs on.
static void
t_execunlinked(void)
{
    int in[2], out[2];
    char c = 0;

    copy_file("/cat", "ours");
    want(pipe(in) == 0 && pipe(out) == 0, "pipe failed");
    int pid = t_fork();
    if (pid == 0)
        run_between("ours", in, out);
    for (int i = 0; i < 5; i++) {
        want(write(in[1], "abcde" + i, 1) == 1 && read(out[0], &c, 1) == 1, "the program is gone");
        want(c == 'a' + i, "the program says %d", c);
        if (i == 2)
            t_remove("ours");
    }
    close(in[1]);
    want(t_wait(pid) == 0, "the program did not end well");
}

static void
want_busy(int result, const char *what)
{
    want(result == -1 && ((struct usyscall *)USYSCALL)->err == ETXTBSY, "%s", what);
}

// The file of a program that runs cannot be written to; it can be read, and written to afterwards.
static void
t_execbusy(void)
{
    int in[2], out[2];
    char c = 0;

    copy_file("/cat", "ours");
    want(pipe(in) == 0 && pipe(out) == 0, "pipe failed");
    int pid = t_fork();
    if (pid == 0)
        run_between("ours", in, out);
    want(write(in[1], "a", 1) == 1 && read(out[0], &c, 1) == 1, "the program is gone");
    want_busy(open("ours", O_WRONLY), "a program that runs is opened for writing");
    want_busy(open("ours", O_RDWR | O_CREATE), "it is opened for reading and writing");
    want_busy(open("ours", O_CREATE | O_TRUNC | O_WRONLY), "it is opened and cut");
    want_busy(open("ours", O_RDONLY | O_TRUNC), "it is cut");
    want_busy(open("/init", O_WRONLY), "process 1's program is opened for writing");
    close(t_open("ours", O_RDONLY));
    want(link("ours", "too") == 0 && unlink("ours") == 0, "another name");
    want_busy(open("too", O_WRONLY), "it is opened by another name");
    close(in[1]);
    want(t_wait(pid) == 0, "the program did not end well");
    close(t_open("too", O_WRONLY | O_TRUNC));
    t_remove("too");
}

static void
exec_busy(long unused)
{
    char *argv[] = {"ours", 0};

    (void)unused;
    want_busy(exec("ours", argv), "exec fails for another reason");
    exit(5); // a status that the program does not use
}

// A file that is open for writing, or mapped shared and writable, cannot be run.
static void
t_busyexec(void)
{
    copy_file("/bin/true", "ours");
    int fd = t_open("ours", O_RDWR);
    want(t_status(exec_busy, 0) == 5, "a file runs that is open for writing");
    void *at = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    want(at != (void *)-1, "mmap failed");
    close(fd);
    want(t_status(exec_busy, 0) == 5, "a file runs that is mapped for writing");
    want(mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, t_open("ours", O_RDONLY), 0) !=
             (void *)-1,
         "mmap failed");
    want(munmap(at, PAGE) == 0, "munmap failed");
    char *argv[] = {"ours", 0};
    int pid = t_fork();
    if (pid == 0) {
        exec("ours", argv);
        exit(100);
    }
    want(t_wait(pid) == 0, "it cannot be run afterwards");
    t_remove("ours");
}

static void
exec_in_turn(long n)
{
    static char *argv[] = {"true", 0};

    for (int i = 0; i < n; i++) {
        int pid = t_fork();
        if (pid == 0) {
            exec("/bin/true", argv);
            exit(100);
        }
        want(t_wait(pid) == 0, "true failed");
    }
}

// Several processes exec the same program at the same time.
static void
t_execmany(void)
{
    for (int i = 0; i < 4; i++)
        t_spawn(exec_in_turn, 15);
    t_wait_ok(4);
}

// Arguments too large for the stack: exec notices that after it has loaded the program.
static void
fail_late(void)
{
    static char word[3000];
    char *argv[32] = {0};

    memset(word, 'x', sizeof(word) - 1);
    for (int i = 0; i < 31; i++)
        argv[i] = word;
    want(exec("/bin/true", argv) == -1, "93000 bytes of arguments fit into a stack of 64 KiB");
}

// A failed exec changes nothing: memory, also for the kernel's copies, descriptors, directory.
static void
t_execfail(void)
{
    static char *argv[] = {"absent", 0};
    char *page = t_grow(3 * PAGE), back[100];
    char *top = sbrk(0);
    int p[2];

    want(mkdir("d") == 0 && chdir("d") == 0, "mkdir or chdir failed");
    memset(page, 5, 3 * PAGE);
    for (int i = 0; i < 50; i++)
        want(exec("/absent", argv) == -1, "nothing runs");
    for (int i = 0; i < 10; i++)
        fail_late();
    want(pipe(p) == 0 && write(p[1], page + PAGE, 100) == 100, "the kernel cannot read our memory");
    want(read(p[0], back, 100) == 100 && memcmp(back, page, 100) == 0,
         "the kernel read other memory");
    close(p[0]);
    close(p[1]);
    for (int i = 0; i < 3 * PAGE; i += 100)
        want(page[i] == 5, "memory has changed");
    want(sbrk(0) == top, "the break has moved");
    want(chdir("..") == 0, "the directory has changed");
    t_remove("d");
    want(dup(0) == 3, "a descriptor is lost");
}

// Code in a file that is mapped: the instructions are those that the file held, also when another program was there
// before. The part of a page that the file has is copied, so the kernel has stored the instructions.
static void
t_mapcode(void)
{
    enum { RET = 0x8067, LI_A0 = 0x513 };
    for (int round = 0; round < 4; round++) {
        uint code[] = {LI_A0 | (uint)(40 + round) << 20, RET};
        int fd = open("code", O_CREATE | O_TRUNC | O_RDWR);
        want(write(fd, code, sizeof(code)) == sizeof(code), "write failed");
        char *p = mmap(0, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
        want(p != (char *)-1, "mmap failed");
        close(fd);
        int got = ((int (*)(void))p)();
        want(got == 40 + round, "the code in the file returns %d, not %d", got, 40 + round);
        want(munmap(p, PAGE) == 0, "munmap failed");
    }
    t_remove("code");
}

// Code on pages that are copied on write. The kernel copies the upper ones ahead, when those below have been written in
// a row; the process stores nothing there.
static void
t_copycode(void)
{
    enum { RET = 0x8067, LI_A0 = 0x513, PAGES = 10, WRITTEN = 5 };
    char *p = mmap(0, PAGES * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                   -1, 0);
    want(p != (char *)-1, "mmap failed");
    for (uint i = 0; i < PAGES; i++) {
        uint code[] = {LI_A0 | (40 + i) << 20, RET};
        memcpy(p + i * PAGE, code, sizeof(code));
    }
    asm volatile("fence.i" ::: "memory");
    int pid = t_fork();
    if (pid == 0) {
        for (int i = 0; i < WRITTEN; i++)
            p[i * PAGE + PAGE / 2] = 1;
        for (int i = WRITTEN; i < PAGES; i++) {
            int got = ((int (*)(void))(p + i * PAGE))();
            want(got == 40 + i, "the code on page %d returns %d", i, got);
        }
        exit(0);
    }
    want(t_wait(pid) == 0, "the child failed");
    want(munmap(p, PAGES * PAGE) == 0, "munmap failed");
}

const struct test exec_tests[] = {
    TEST(exectest, 0),     TEST(bigargtest, 0), TEST(badarg, 0),   TEST(notprogram, 0),
    TEST(execunlinked, 0), TEST(execmany, 0),   TEST(execfail, 0), TEST(execbusy, 0),
    TEST(busyexec, 0),     TEST(mapcode, 0),    TEST(copycode, 0), {0, 0, 0},
};
