// SPDX-License-Identifier: MIT
// dir.c - sub-tests of directories: making, removing, walking, and dying inside them.
//
// Next      name.c, share.c
#include "t.h"

static void
make(const char *dir)
{
    want(mkdir(dir) == 0, "mkdir %s failed", dir);
}

static void
enter(const char *dir)
{
    want(chdir(dir) == 0, "chdir %s failed", dir);
}

// subdir: paths through directories, and removal of empty directories only.
static void
t_subdir(void)
{
    make("d");
    t_put("d/f", 3, 1);
    want(unlink("d") == -1, "a directory with a file in it is removed");
    make("/utest.d/d/dd");
    t_put("d/dd/f", 7, 2);
    enter("d");
    t_get("dd/../f", 3, 1);
    t_get("dd/../../d/dd/./f", 7, 2);
    t_get("//utest.d///d//dd//f", 7, 2);
    want(link("dd/f", "dd/g") == 0, "link inside a directory");
    t_remove("dd/f");
    t_get("dd/g", 7, 2);
    enter("dd");
    t_get("../f", 3, 1);
    enter("./..");
    enter("..");
    want(open("d/f/x", O_RDONLY) == -1, "a path through a file");
    want(open("d/f/", O_CREATE | O_RDWR) == -1 || t_count("d") == 2, "a file as directory");
    want(unlink("d/dd") == -1, "a directory with a link in it is removed");
    t_remove("d/dd/g");
    t_remove("d/dd");
    t_remove("d/f");
    t_remove("d");
    want(chdir("d") == -1 && open("d", O_RDONLY) == -1, "a removed directory is there");
}

// rmdot: `.` and `..` cannot be removed by any path.
static void
t_rmdot(void)
{
    make("d");
    want(unlink("d/.") == -1, "d/. removed");
    want(unlink("d/..") == -1, "d/.. removed");
    enter("d");
    want(unlink(".") == -1, ". removed");
    want(unlink("..") == -1, ".. removed");
    want(unlink("/") == -1 && unlink("/.") == -1 && unlink("/..") == -1, "/ removed");
    enter("..");
    t_remove("d");
}

// dirfile: a file is no directory, for any call.
static void
t_dirfile(void)
{
    t_put("f", 4, 4);
    want(chdir("f") == -1, "chdir");
    want(open("f/x", O_RDONLY) == -1, "open below it");
    want(open("f/x", O_CREATE | O_RDWR) == -1, "create below it");
    want(mkdir("f/x") == -1, "mkdir below it");
    want(unlink("f/x") == -1, "unlink below it");
    want(link("/echo", "f/x") == -1, "link below it");
    want(mknod("f/x", 1, 1) == -1, "mknod below it");
    want(mkdir("f") == -1, "mkdir over it");
    t_get("f", 4, 4);
    t_remove("f");
    int fd = t_open(".", O_RDONLY);
    want(write(fd, "x", 1) == -1, "write to a directory");
    close(fd);
}

// iref: calls with empty names deep in directories keep no reference to an inode.
static void
t_iref(void)
{
    enum { DEPTH = 50 };

    for (int i = 0; i < DEPTH; i++) {
        make("down");
        enter("down");
        want(mkdir("") == -1, "mkdir of an empty name");
        want(link("/echo", "") == -1, "link to an empty name");
        want(open("", O_CREATE) == -1, "open of an empty name");
        int fd = open("xx", O_CREATE);
        want(fd >= 0, "open with O_CREATE alone");
        close(fd);
        t_remove("xx");
    }
    for (int i = 0; i < DEPTH; i++) {
        enter("..");
        t_remove("down");
    }
}

// iput: the current directory is removed; it is freed when the process leaves it.
static void
t_iput(void)
{
    make("d");
    enter("d");
    t_remove("../d");
    want(open("x", O_CREATE | O_RDWR) == -1, "a file made in a removed directory");
    want(mkdir("x") == -1, "a directory made in a removed directory");
    enter("/utest.d");
    make("d");
    t_remove("d");
}

static void
stand_and_remove(long unused)
{
    (void)unused;
    make("d");
    enter("d");
    t_remove("../d");
}

// exitiput: as iput, but the process exits.
static void
t_exitiput(void)
{
    want(t_status(stand_and_remove, 0) == 0, "the child died");
    want(open("d", O_RDONLY) == -1, "the directory is still there");
}

static void
open_again_and_again(long unused)
{
    (void)unused;
    for (int i = 0; i < 200; i++) {
        int fd = open("d", O_RDWR);
        want(fd == -1, "a directory opened for writing");
    }
}

// openiput: a directory is removed while another process is opening it.
static void
t_openiput(void)
{
    for (int i = 0; i < 10; i++) {
        make("d");
        t_spawn(open_again_and_again, 0);
        sleep(i % 3 == 0);
        t_remove("d");
        t_wait_ok(1);
    }
}

// bigdir: a directory of several blocks, filled with links, emptied, and found again each time.
static void
t_bigdir(void)
{
    enum { N = 500 };
    char name[16];
    struct stat st;

    t_put("f", 1, 1);
    for (int i = 0; i < N; i++)
        want(link("f", t_name(name, "x", i)) == 0, "link %s failed", name);
    want(t_count(".") == N + 1, "%d entries", t_count("."));
    int fd = t_open("x77", O_RDONLY);
    want(fstat(fd, &st) == 0 && st.nlink == N + 1, "nlink %d, not %d", st.nlink, N + 1);
    close(fd);
    t_remove("f");
    for (int i = 0; i < N; i++) {
        want(link("f", t_name(name, "x", i)) == -1, "a link to what is not there");
        t_remove(name);
    }
    want(t_count(".") == 0, "%d entries left", t_count("."));
}

// read() of a directory gives records of 16 bytes, with `.` and `..` and the right inode numbers.
static void
t_dirread(void)
{
    struct dirent de;
    struct stat st;
    int dots = 0, files = 0, n;

    t_put("f", 1, 1);
    int fd = t_open("f", O_RDONLY);
    want(fstat(fd, &st) == 0, "fstat failed");
    close(fd);
    fd = t_open(".", O_RDONLY);
    while ((n = read(fd, &de, sizeof(de))) == sizeof(de)) {
        dots += de.inum && (strcmp(de.name, ".") == 0 || strcmp(de.name, "..") == 0);
        files += de.inum == (ushort)st.ino && strcmp(de.name, "f") == 0;
    }
    want(n == 0, "read of a directory ends with %d", n);
    want(dots == 2 && files == 1, "%d dots, %d times f", dots, files);
    want(fstat(fd, &st) == 0 && st.type == T_DIR, "type %d", st.type);
    close(fd);
    t_remove("f");
}

// Link counts: a directory counts its subdirectories, a file its names; directories have no links.
static void
t_linkcounts(void)
{
    struct stat st;

    make("d");
    make("d/e");
    want(stat("d", &st) == 0 && st.nlink == 3 && st.type == T_DIR, "d has nlink %d", st.nlink);
    t_remove("d/e");
    want(stat("d", &st) == 0 && st.nlink == 2, "d has nlink %d, not 2", st.nlink);
    want(link("d", "l") == -1, "a link to a directory");
    want(link(".", "l") == -1, "a link to .");
    t_remove("d");
    want(stat("d", &st) == -1, "stat of what is not there");
}

// A deep tree, walked down by chdir and removed upwards.
static void
t_deepdirs(void)
{
    enum { DEPTH = 150 };

    for (int i = 0; i < DEPTH; i++) {
        make("deep");
        enter("deep");
    }
    t_put("f", 10, 10);
    t_get("../deep/f", 10, 10);
    t_remove("f");
    for (int i = 0; i < DEPTH; i++) {
        enter("..");
        t_remove("deep");
    }
}

// fchdir() accepts any open directory and no other descriptor.
static void
t_fchdir(void)
{
    int pipes[2], file, start = open(".", O_RDONLY);
    struct stat here, st;

    make("d");
    want(stat(".", &here) == 0 && pipe(pipes) == 0, "stat or pipe");
    t_put("f", 1, 1);
    file = open("f", O_RDONLY);
    want(fchdir(file) == -1 && fchdir(pipes[0]) == -1 && fchdir(0) == -1, "fchdir to no directory");
    want(fchdir(-1) == -1 && fchdir(32) == -1, "fchdir of no descriptor");
    want(stat(".", &st) == 0 && st.ino == here.ino, "a failed fchdir changed the directory");
    enter("d");
    t_remove("../d");
    want(fchdir(start) == 0, "fchdir back");
    want(stat(".", &st) == 0 && st.ino == here.ino, "fchdir led elsewhere");
    close(start);
    close(file);
    close(pipes[0]);
    close(pipes[1]);
    t_get("f", 1, 1);
    t_remove("f");
}

const struct test dir_tests[] = {
    TEST(subdir, 0),   TEST(rmdot, 0),    TEST(dirfile, 0), TEST(iref, 0),    TEST(iput, 0),
    TEST(exitiput, 0), TEST(openiput, 0), TEST(bigdir, 0),  TEST(dirread, 0), TEST(linkcounts, 0),
    TEST(deepdirs, 0), TEST(fchdir, 0),   {0, 0, 0},
};
