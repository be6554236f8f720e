// SPDX-License-Identifier: MIT
// link.c - sub-tests of symbolic links, of appending and of fsync.
//
// Theory    A link holds a path, which is followed when the link is looked up. O_NOFOLLOW opens the
//           link itself; reading it gives the path.
// Next      name.c
#include "t.h"

#include "abi/errno.h"

// symlink: links to files, directories and nothing; calls that follow them and calls that do not.
static void
t_symlink(void)
{
    struct stat st;
    char buf[16];

    t_put("f", 100, 1);
    want(symlink("f", "l") == 0, "symlink");
    want(symlink("f", "l") == -1, "symlink over a name");
    want(symlink("", "m") == -1, "symlink to an empty name");
    t_get("l", 100, 1);
    want(mkdir("d") == 0 && symlink("../f", "d/up") == 0, "symlink in a directory");
    want(symlink("d", "dl") == 0, "symlink to a directory");
    t_get("dl/up", 100, 1);
    int fd = t_open("dl/up", O_RDONLY | O_NOFOLLOW);
    want(fstat(fd, &st) == 0 && st.type == T_SYMLINK && st.size == 4, "type %d", st.type);
    want(read(fd, buf, sizeof(buf)) == 4 && memcmp(buf, "../f", 4) == 0, "the target as contents");
    want(write(fd, "x", 1) == -1, "write to a link");
    close(fd);
    want(symlink("none", "dangling") == 0, "symlink to nothing");
    want(open("dangling", O_RDONLY) == -1, "open of a link to nothing");
    want(unlink("l") == 0 && stat("f", &st) == 0, "a link's target goes with it");
    t_remove("dl");
    t_remove("dangling");
    t_remove("d/up");
    t_remove("d");
    t_remove("f");
}

// symlinkloop: cycles and long chains fail on open; long targets work.
static void
t_symlinkloop(void)
{
    char name[4] = "c0", next[4] = "c1", target[121];

    want(symlink("b", "a") == 0 && symlink("a", "b") == 0, "symlink");
    want(open("a", O_RDONLY) == -1, "open of a cycle");
    t_remove("a");
    t_remove("b");
    t_put("c0", 10, 1);
    for (int i = 0; i < 12; i++) {
        name[1] = (char)('a' + i - 1);
        next[1] = (char)('a' + i);
        want(symlink(i ? name : "c0", next) == 0, "symlink %s", next);
    }
    t_get("cj", 10, 1); // ten links
    want(open("cl", O_RDONLY) == -1, "a chain of twelve");
    for (int i = 0; i < 12; i++) {
        next[1] = (char)('a' + i);
        t_remove(next);
    }
    memset(target, '/', sizeof(target));
    strcpy(target, "./");
    memset(target + 2, '/', 116);
    strcpy(target + 118, "c0");
    want(symlink(target, "long") == 0, "symlink of %d bytes", (int)strlen(target));
    t_get("long", 10, 1);
    t_remove("long");
    t_remove("c0");
}

// readlink: the target, truncated to the buffer; it fails on other files.
static void
t_readlink(void)
{
    char buf[8];

    t_put("f", 1, 1);
    want(symlink("../none", "l") == 0 && symlink("l", "m") == 0 && mkdir("d") == 0, "symlink");
    memset(buf, '?', sizeof(buf));
    want(readlink("l", buf, 8) == 7 && memcmp(buf, "../none?", 8) == 0, "readlink");
    want(readlink("m", buf, 3) == 1 && memcmp(buf, "l./none?", 8) == 0,
         "readlink of a link to a link");
    want(readlink("l", buf + 6, 2) == 2 && memcmp(buf, "l./non..", 8) == 0, "part of it");
    want(readlink("l", buf, 0) == 0 && readlink("l", buf, -1) == -1, "no room");
    want(readlink("f", buf, 8) == -1 && readlink("d", buf, 8) == -1, "readlink of what is no link");
    want(readlink("none", buf, 8) == -1 && readlink("f/l", buf, 8) == -1, "readlink of nothing");
    t_remove("l");
    t_remove("m");
    t_remove("d");
    t_remove("f");
}

#define WRITERS 3
#define RECORDS 200

static void
append_records(long me)
{
    int fd = t_open("f", O_WRONLY | O_APPEND);
    char record[16];

    for (int i = 0; i < RECORDS; i++) {
        memset(record, (int)('a' + me), sizeof(record));
        want(write(fd, record, sizeof(record)) == sizeof(record), "append");
    }
}

// append: each write of each process goes to the end, whole; the offset is behind it.
static void
t_append(void)
{
    char record[16];
    int seen[WRITERS] = {0}, fd = t_open("f", O_CREATE | O_RDWR | O_APPEND);

    for (long i = 0; i < WRITERS; i++)
        t_spawn(append_records, i);
    t_wait_ok(WRITERS);
    for (int i = 0; i < WRITERS * RECORDS; i++) {
        want(read(fd, record, sizeof(record)) == sizeof(record), "record %d", i);
        for (unsigned long k = 1; k < sizeof(record); k++)
            want(record[k] == record[0], "record %d: two writers", i);
        want(record[0] >= 'a' && record[0] < 'a' + WRITERS, "record %d: of no process", i);
        seen[record[0] - 'a']++;
    }
    for (int i = 0; i < WRITERS; i++)
        want(seen[i] == RECORDS, "writer %d: %d records", i, seen[i]);
    want(write(fd, "xy", 2) == 2 && read(fd, record, 16) == 0,
         "the offset behind what was written");
    int other = t_open("f", O_RDWR | O_APPEND);
    want(read(other, record, 2) == 2 && write(other, "z", 1) == 1 && read(other, record, 1) == 0,
         "append after a read");
    want(write(other, (void *)t_bad[0], 4) == -1 && write(other, "!", 1) == 1, "append of nothing");
    close(other);
    want(read(fd, record, 16) == 2 && record[0] == 'z' && record[1] == '!', "what was appended");
    close(fd);
    t_remove("f");
}

#define PIECE   300000 // more than one transaction takes
#define PIECES  4
#define WRITERS 3

// Appends PIECES writes of one letter each.
static void
append_pieces(long letter)
{
    char *piece = t_grow(PIECE);
    int fd = t_open("f", O_WRONLY | O_APPEND);

    memset(piece, (int)letter, PIECE);
    for (int i = 0; i < PIECES; i++)
        want(write(fd, piece, PIECE) == PIECE, "a short write");
}

// appendwhole: a write of any length is not interleaved with another process's.
static void
t_appendwhole(void)
{
    char *piece = t_grow(PIECE);
    int fd = t_open("f", O_CREATE | O_RDWR), count[WRITERS] = {0};

    for (int i = 0; i < WRITERS; i++)
        t_spawn(append_pieces, 'a' + i);
    t_wait_ok(WRITERS);
    for (int i = 0; i < WRITERS * PIECES; i++) {
        want(read(fd, piece, PIECE) == PIECE, "the file is too short");
        for (int at = 1; at < PIECE; at++)
            want(piece[at] == piece[0], "write %d is torn at byte %d", i, at);
        count[piece[0] - 'a']++;
    }
    for (int i = 0; i < WRITERS; i++)
        want(count[i] == PIECES, "writer %d has written %d times", i, count[i]);
    want(read(fd, piece, 1) == 0, "the file is too long");
    close(fd);
    t_remove("f");
}

// linklongest: a target may be as long as a path.
static void
t_linklongest(void)
{
    char target[MAXPATH + 1];

    t_put("f", 100, 1);
    for (int n = MAXPATH - 10; n < MAXPATH; n++) {
        memset(target, '/', sizeof(target));
        target[0] = '.';
        strcpy(target + n - 1, "f");
        t_get(target, 100, 1);
        want(symlink(target, "l") == 0, "symlink to a path of %d bytes", n);
        t_get("l", 100, 1);
        t_remove("l");
    }
    memset(target, 'x', MAXPATH);
    target[MAXPATH] = 0;
    want(symlink(target, "l") == -1, "symlink to more than a path");
    t_remove("f");
}

// linkcreate: a file is created through links that lead to nothing yet.
static void
t_linkcreate(void)
{
    want(mkdir("d") == 0 && symlink("d/two", "one") == 0 && symlink("../f", "d/two") == 0, "links");
    t_put("one", 100, 1);
    t_get("f", 100, 1);
    t_remove("f");
    want(open("one", O_RDWR) == -1 && mkdir("one") == -1, "a file comes to be by itself");
    t_remove("d/two");
    want(symlink("/", "d/two") == 0 && open("one", O_CREATE | O_RDWR) == -1, "the root is a file");
    t_remove("d/two");
    want(symlink("../one", "d/two") == 0 && open("one", O_CREATE | O_RDWR) == -1, "a cycle");
    t_remove("d/two");
    want(symlink("absent/x", "d/two") == 0 && open("one", O_CREATE | O_RDWR) == -1, "no directory");
    t_remove("d/two");
    t_remove("one");
    t_remove("d");
}

static void
want_error(int result, int why, const char *what)
{
    want(result == -1 && ((struct usyscall *)USYSCALL)->err == why, "%s", what);
}

// endslash: a path that ends in a slash names a directory, or fails.
static void
t_endslash(void)
{
    t_put("f", 100, 1);
    want(mkdir("d/") == 0 && symlink("f", "l") == 0 && symlink("d", "dl") == 0, "names");
    want_error(open("f/", O_RDONLY), ENOTDIR, "open f/");
    want_error(open("l//", O_RDONLY), ENOTDIR, "open l//");
    want_error(open("f/", O_CREATE | O_RDWR), EISDIR, "create f/");
    want_error(open("new/", O_CREATE | O_RDWR), EISDIR, "create new/");
    want_error(unlink("f/"), ENOTDIR, "unlink f/");
    want_error(unlink("dl/"), ENOTDIR, "unlink dl/");
    want_error(link("f", "g/"), ENOTDIR, "link to g/");
    want_error(rename("f/", "g"), ENOTDIR, "rename f/");
    want_error(rename("f", "g/"), ENOTDIR, "rename to g/");
    want_error(symlink("f", "m/"), ENOTDIR, "symlink m/");
    close(t_open("d/", O_RDONLY));
    close(t_open("dl/", O_RDONLY | O_NOFOLLOW));
    want(rename("d/", "e/") == 0 && unlink("e//") == 0, "a directory");
    want_error(mkdir("/"), EEXIST, "mkdir /");
    want_error(mkdir("."), EEXIST, "mkdir .");
    want_error(open("/", O_CREATE | O_RDWR), EISDIR, "create /");
    t_remove("l");
    t_remove("dl");
    t_remove("f");
}

// fsync: works on every kind of open descriptor, and on no other number.
static void
t_fsync(void)
{
    int fds[2], fd = t_open("f", O_CREATE | O_RDWR);

    want(write(fd, "abc", 3) == 3 && fsync(fd) == 0 && fsync(fd) == 0, "fsync");
    want(unlink("f") == 0 && fsync(fd) == 0, "fsync without a name");
    close(fd);
    want(fsync(fd) == -1 && fsync(-1) == -1 && fsync(1000) == -1, "fsync of nothing");
    want(pipe(fds) == 0 && fsync(fds[0]) == -1, "fsync of a pipe");
    close(fds[0]);
    close(fds[1]);
    fd = t_open(".", O_RDONLY);
    want(fsync(fd) == 0, "fsync of a directory");
    close(fd);
}

const struct test link_tests[] = {
    TEST(symlink, 0),     TEST(symlinkloop, 0),
    TEST(readlink, 0),    TEST(append, 0),
    TEST(fsync, 0),       TEST(appendwhole, 0),
    TEST(linklongest, 0), TEST(linkcreate, 0),
    TEST(endslash, 0),    {0, 0, 0},
};
